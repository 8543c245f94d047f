import PawlLoopback
import Testing

@Suite("Events that concern no channel, one, or several")
struct ActionConcernTests {
    let commits = ActionWorld.commits

    private func expectIgnored(
        _ step: ActionStep, in world: ActionWorld, because reason: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(step.status == 0, "\(step)", sourceLocation: location)
        #expect(try step.outputs()["verdict"] == "ignore", sourceLocation: location)
        #expect(try step.outputs()["reason"] == reason, sourceLocation: location)
        #expect(step.commands.map(\.name) == ["notice"], "\(step)", sourceLocation: location)
        #expect(world.writes == 0, sourceLocation: location)
        #expect(world.live == ActionWorld.both(at: commits[0]), sourceLocation: location)
    }

    @Test(
        "a run from a fork whose branch is called main is ignored",
        arguments: [
            GitHubRun.Head.fork("eve/platform", id: 9), .gone,
        ])
    func fork(head: GitHubRun.Head) async throws {
        try await ActionWorld.with { world in
            world.publish(commits[1])
            let run = world.github.run(
                ActionWorld.build, at: commits[1], event: "pull_request", head: head)
            try expectIgnored(try await world.step(after: run), in: world, because: "from-fork")
        }
    }

    @Test("a run on another branch, or on none, is ignored", arguments: ["release", nil])
    func otherBranch(branch: String?) async throws {
        try await ActionWorld.with { world in
            world.publish(commits[1])
            let run = world.github.run(ActionWorld.build, at: commits[1], branch: branch)
            try expectIgnored(try await world.step(after: run), in: world, because: "other-branch")
        }
    }

    @Test("a run of a workflow that is neither build nor gate is ignored")
    func otherWorkflow() async throws {
        try await ActionWorld.with { world in
            world.publish(commits[1])
            let run = world.github.run("lint.yml", at: commits[1])
            try expectIgnored(try await world.step(after: run), in: world, because: "not-concerned")
        }
    }

    @Test("an event about another repository is ignored, though it has the same commits")
    func otherRepository() async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            let other = GitHubDouble("eve/platform")
            let run = other.run(ActionWorld.build, at: commits[1])
            let step = try await world.step("workflow_run", other.event(for: run))
            try expectIgnored(step, in: world, because: "not-concerned")
        }
    }

    @Test("a dispatch with another repository's payload is not an order here")
    func otherRepositorysDispatch() async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            let other = GitHubDouble("eve/platform")
            let step = try await world.step(
                "workflow_dispatch", other.dispatchEvent(inputs: [("sha", commits[1])]))
            #expect(world.live == ActionWorld.both(at: commits[0]), "\(step)")
            #expect(world.writes == 0)
        }
    }

    @Test("a run that has only begun is ignored")
    func requested() async throws {
        try await ActionWorld.with { world in
            let run = world.github.run(ActionWorld.build, at: commits[1], status: "in_progress")
            try expectIgnored(
                try await world.step(after: run), in: world, because: "upstream-not-green")
        }
    }

    @Test("an event of any other kind is a look")
    func anyOtherEvent() async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            let step = try await world.step("push", Array(#"{"ref":"refs/heads/main"}"#.utf8))
            #expect(step.status == 0, "\(step)")
            #expect(world.live == ActionWorld.both(at: commits[1]))
        }
    }

    /// A second channel, moved by the same build and no gate.
    private func addNightly(to world: ActionWorld) throws {
        try world.folder.write(
            try world.policy() + """

                  nightly:
                    images: ["\(world.registry.host)/acme/platform"]
                    from: "staging-{short_sha}"
                    build: \(ActionWorld.build)

                """, to: "pawl.yaml")
    }

    @Test("several channels: each is judged, the worst one is told, all are in the result")
    func severalChannels() async throws {
        try await ActionWorld.with { world in
            try addNightly(to: world)
            let build = world.built(commits[1])
            world.github.run(ActionWorld.gate, at: commits[1], conclusion: "failure")
            let step = try await world.step(after: build)

            #expect(step.status == 1, "\(step)")
            let outputs = try step.outputs()
            #expect(outputs["channel"] == "latest")
            #expect(outputs["verdict"] == "reject")
            #expect(outputs["promoted"] == "true")
            #expect(outputs["result"]?.hasPrefix("[{") == true)
            #expect(world.live == ActionWorld.both(at: commits[0]))
            #expect(
                world.registry.store.digest(of: "nightly", in: "acme/platform")
                    == world.registry.store.digest(of: "staging-2a2a2a2", in: "acme/platform"))
            #expect(Set(step.commands.map(\.name)) == ["error", "notice"])
        }
    }

    @Test("a channel that the event does not concern is left out of the result")
    func oneOfSeveral() async throws {
        try await ActionWorld.with { world in
            try addNightly(to: world)
            world.built(commits[1])
            let gate = world.github.run(ActionWorld.gate, at: commits[1])
            let step = try await world.step(after: gate)
            #expect(step.status == 0, "\(step)")
            #expect(try step.result().channel == "latest")
            #expect(world.registry.store.digest(of: "nightly", in: "acme/platform") == nil)
        }
    }

    @Test("the input channel chooses one")
    func chosenChannel() async throws {
        try await ActionWorld.with { world in
            try addNightly(to: world)
            let step = try await world.step(
                after: world.built(commits[1]), ["PAWL_CHANNEL": "nightly"])
            #expect(step.status == 0, "\(step)")
            #expect(try step.result().channel == "nightly")
            #expect(world.live == ActionWorld.both(at: commits[0]))
        }
    }

    @Test("an order names no channel where there are two: exit 2, nothing moved")
    func orderWithoutChannel() async throws {
        try await ActionWorld.with { world in
            try addNightly(to: world)
            world.built(commits[1])
            let step = try await world.step(dispatched: [("sha", commits[1])])
            #expect(step.status == 2, "\(step)")
            #expect(step.ran.stderr.contains("channel"))
            #expect(world.writes == 0)
        }
    }
}
