import PawlLoopback
import Testing

@Suite("pawl action, as the runner sees it")
struct ActionTests {
    let commits = ActionWorld.commits

    @Test("a build that ended well moves both images, and says so in every place")
    func promotes() async throws {
        try await ActionWorld.with { world in
            let run = world.built(commits[1])
            let digests = world.publish(commits[1])
            let step = try await world.step(after: run)

            #expect(step.status == 0, "\(step)")
            #expect(world.live == ActionWorld.both(at: commits[1]))
            let outputs = try step.outputs()
            let result = outputs["result"]
            #expect(
                outputs.filter { $0.key != "result" } == [
                    "verdict": "promote", "promoted": "true", "reason": "", "sha": commits[1],
                    "short_sha": "2a2a2a2", "previous": commits[0], "channel": "latest",
                ])
            #expect(result?.contains("\n") == false)
            let document = try step.result()
            #expect(document.images.map(\.digest) == digests.map { "\($0)" })
            #expect(document.images.allSatisfy { $0.moved })
            #expect(step.summary.hasPrefix("## `latest` promoted to `2a2a2a2`\n"))
            #expect(Set(step.commands.map(\.name)) == ["notice"], "\(step)")
            #expect(step.commands.first?.message == "Promoted to 2a2a2a2.", "\(step)")
        }
    }

    @Test("outputs and summary are appended to what earlier steps wrote")
    func appends() async throws {
        try await ActionWorld.with { world in
            let run = world.built(commits[1])
            let output = try world.folder.write("earlier=1\n", to: "output-of-two")
            let summary = try world.folder.write("# Earlier\n\n", to: "summary-of-two")
            let step = try await world.step(
                after: run, ["GITHUB_OUTPUT": output, "GITHUB_STEP_SUMMARY": summary])

            #expect(step.status == 0, "\(step)")
            let entries = try ActionCommandFile.entries(of: ActionFolder.text(of: output))
            #expect(entries.first == ActionCommandFile.Entry(name: "earlier", value: "1"))
            #expect(entries.count == 9)
            #expect(try ActionFolder.text(of: summary).hasPrefix("# Earlier\n\n## "))
        }
    }

    @Test("the candidate is the event's commit, not GITHUB_SHA, and a look finds nothing newer")
    func candidateIsTheEvents() async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            let run = world.github.run(ActionWorld.gate, at: commits[1])
            let step = try await world.step(after: run, ["GITHUB_SHA": commits[2]])
            #expect(step.status == 0, "\(step)")
            #expect(try step.outputs()["sha"] == commits[1])
            #expect(world.live == ActionWorld.both(at: commits[1]))
        }
    }

    @Test("a build that ends before its gate waits, and the gate's own completion promotes")
    func gateLater() async throws {
        try await ActionWorld.with { world in
            let build = world.built(commits[1])
            let running = world.github.run(
                ActionWorld.gate, at: commits[1], status: "in_progress")
            let early = try await world.step(after: build)
            #expect(early.status == 0, "\(early)")
            #expect(try early.outputs()["verdict"] == "hold")
            #expect(try early.outputs()["reason"] == "gate-running")
            #expect(world.live == ActionWorld.both(at: commits[0]))

            let ended = world.github.change(running) {
                $0.status = "completed"
                $0.conclusion = "success"
            }
            let late = try await world.step(after: ended)
            #expect(late.status == 0, "\(late)")
            #expect(try late.outputs()["promoted"] == "true")
            #expect(world.live == ActionWorld.both(at: commits[1]))
        }
    }

    @Test("the second of two completions finds the group settled and writes nothing")
    func settled() async throws {
        try await ActionWorld.with { world in
            let build = world.built(commits[1])
            let gate = world.github.run(ActionWorld.gate, at: commits[1])
            _ = try await world.step(after: build)
            let writes = world.writes
            let step = try await world.step(after: gate)
            #expect(step.status == 0, "\(step)")
            #expect(try step.outputs()["verdict"] == "settled")
            #expect(try step.outputs()["promoted"] == "false")
            #expect(world.writes == writes)
        }
    }

    @Test("the completion of a red gate is ignored without a question to anybody")
    func redGateEvent() async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            let gate = world.github.run(ActionWorld.gate, at: commits[1], conclusion: "failure")
            let step = try await world.step(after: gate)
            #expect(step.status == 0, "\(step)")
            #expect(try step.outputs()["verdict"] == "ignore")
            #expect(try step.outputs()["reason"] == "upstream-not-green")
            #expect(world.live == ActionWorld.both(at: commits[0]))
            #expect(world.github.requests.isEmpty)
            #expect(world.registry.log.isEmpty)
        }
    }

    @Test("a build whose gate is red is rejected, with exit 1 and an error beside the run")
    func redGate() async throws {
        try await ActionWorld.with { world in
            let build = world.built(commits[1])
            world.github.run(ActionWorld.gate, at: commits[1], conclusion: "failure")
            let step = try await world.step(after: build)
            #expect(step.status == 1, "\(step)")
            #expect(try step.outputs()["reason"] == "gate-failed")
            #expect(step.commands.first?.name == "error")
            #expect(world.live == ActionWorld.both(at: commits[0]))
        }
    }

    @Test("an event for a commit older than the live one is rejected and moves nothing")
    func behind() async throws {
        try await ActionWorld.with { world in
            let late = world.built(commits[1])
            world.built(commits[2])
            world.makeLive(commits[2])
            let step = try await world.step(after: late)
            #expect(step.status == 1, "\(step)")
            #expect(try step.outputs()["reason"] == "behind")
            #expect(try step.outputs()["previous"] == commits[2])
            #expect(world.live == ActionWorld.both(at: commits[2]))
            #expect(world.writes == 0)
        }
    }

    @Test("where the event's commit may not go, the look after it may promote a newer one: exit 0")
    func lookPromotes() async throws {
        try await ActionWorld.with { world in
            let build = world.built(commits[1])
            world.github.run(ActionWorld.gate, at: commits[1], conclusion: "failure")
            world.built(commits[2])
            let step = try await world.step(after: build)
            #expect(step.status == 0, "\(step)")
            #expect(world.live == ActionWorld.both(at: commits[2]))
            let outputs = try step.outputs()
            #expect(outputs["promoted"] == "true")
            #expect(outputs["verdict"] == "promote")
            #expect(world.live.first == outputs["sha"])
            #expect(!step.commands.contains { $0.name == "error" }, "\(step)")
            #expect(step.summary.contains("Then looked for a newer commit"))
        }
    }

    @Test("schedule is a look, and so is a dispatch without a commit", arguments: [true, false])
    func looks(isScheduled: Bool) async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            world.built(commits[2])
            let step =
                isScheduled
                ? try await world.step("schedule", Array(#"{"schedule":"17 * * * *"}"#.utf8))
                : try await world.step(dispatched: [("sha", ""), ("reason", "")])
            #expect(step.status == 0, "\(step)")
            #expect(try step.outputs()["sha"] == commits[2])
            #expect(try step.result().override == nil)
            #expect(world.live == ActionWorld.both(at: commits[2]))
        }
    }

    @Test("a dispatch with a commit is an order by the actor, and may go back")
    func dispatchedCommit() async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            world.github.run(ActionWorld.gate, at: commits[1], conclusion: "failure")
            world.built(commits[2])
            world.makeLive(commits[2])
            let step = try await world.step(
                dispatched: [("sha", "2a2a2a2"), ("reason", "login is broken")],
                ["GITHUB_ACTOR": "hubot"])
            #expect(step.status == 0, "\(step)")
            #expect(
                try step.result().override
                    == ActionResult.Override(actor: "hubot", reason: "login is broken"))
            #expect(world.live == ActionWorld.both(at: commits[1]))
            #expect(step.summary.contains("By order of hubot"))
        }
    }

    @Test("an order without a reason says where it was given")
    func orderWithoutReason() async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            let step = try await world.step(dispatched: [("sha", commits[1])])
            #expect(step.status == 0, "\(step)")
            #expect(
                try step.result().override?.reason
                    == "manual dispatch https://github.example/acme/platform/actions/runs/77")
        }
    }

    @Test("a dry run judges the same and writes nothing")
    func dryRun() async throws {
        try await ActionWorld.with { world in
            let run = world.built(commits[1])
            let step = try await world.step(after: run, ["PAWL_DRY_RUN": "true"])
            #expect(step.status == 0, "\(step)")
            #expect(try step.outputs()["verdict"] == "promote")
            #expect(try step.outputs()["promoted"] == "false")
            #expect(world.live == ActionWorld.both(at: commits[0]))
            #expect(world.writes == 0)
        }
    }
}
