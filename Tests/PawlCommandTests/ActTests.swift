import PawlLoopback
import Testing

@Suite("The published workflow and action, run by act")
struct ActTests {
    let commits = ActionWorld.commits

    @Test("the build's success moves both images, with outputs, a notice and a summary")
    func promotes() async throws {
        try await ActionWorld.with { world in
            let build = world.built(commits[1])
            let outcome = try await ActJob(in: world).run(after: build)

            #expect(outcome.ran.status == 0, "\(outcome)")
            #expect(outcome.result == "success", "\(outcome)")
            for image in ActionWorld.images {
                let digest = world.registry.store.digest(of: "latest", in: image)
                #expect(digest != nil)
                #expect(digest == world.registry.store.digest(of: "staging-2a2a2a2", in: image))
            }
            #expect(outcome.outputs.count == 8, "\(outcome)")
            #expect(outcome.outputs["verdict"] == "promote")
            #expect(outcome.outputs["promoted"] == "true")
            #expect(outcome.outputs["sha"] == commits[1])
            #expect(outcome.outputs["short_sha"] == "2a2a2a2")
            #expect(outcome.outputs["previous"] == commits[0])
            #expect(outcome.outputs["channel"] == "latest")
            #expect(outcome.outputs["reason"]?.isEmpty == true)
            #expect(outcome.outputs["result"]?.hasPrefix("{\"schema\": 1, ") == true)
            #expect(outcome.summary.hasPrefix("## `latest` promoted to `2a2a2a2`"), "\(outcome)")
            #expect(outcome.commands.keys.sorted() == ["notice"], "\(outcome)")
        }
    }

    @Test("the gate's success promotes too, whichever comes last")
    func gateLast() async throws {
        try await ActionWorld.with { world in
            let build = world.built(commits[1])
            let gate = world.github.run(ActionWorld.gate, at: commits[1], status: "queued")
            let job = try await ActJob(in: world)
            let early = try await job.run(after: build)
            #expect(early.result == "success", "\(early)")
            #expect(early.outputs["reason"] == "gate-running", "\(early)")
            #expect(world.live == ActionWorld.both(at: commits[0]))

            let ended = world.github.change(gate) {
                $0.status = "completed"
                $0.conclusion = "success"
            }
            let late = try await job.run(after: ended)
            #expect(late.result == "success", "\(late)")
            #expect(world.live == ActionWorld.both(at: commits[1]))
        }
    }

    @Test("the completion of a red gate is ignored, and the job stays green")
    func redGate() async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            let gate = world.github.run(ActionWorld.gate, at: commits[1], conclusion: "failure")
            let outcome = try await ActJob(in: world).run(after: gate)
            #expect(outcome.result == "success", "\(outcome)")
            #expect(outcome.outputs["verdict"] == "ignore", "\(outcome)")
            #expect(outcome.outputs["promoted"] == "false")
            #expect(world.live == ActionWorld.both(at: commits[0]))
            #expect(world.writes == 0)
        }
    }

    @Test("a late event for an older commit fails the job with exit 1, and its outputs are there")
    func behind() async throws {
        try await ActionWorld.with { world in
            let late = world.built(commits[1])
            world.built(commits[2])
            world.makeLive(commits[2])
            let outcome = try await ActJob(in: world).run(after: late)
            #expect(outcome.ran.status != 0, "\(outcome)")
            #expect(outcome.result == "failure", "\(outcome)")
            #expect(outcome.ran.stdout.contains("exit status 1\""), "\(outcome)")
            #expect(outcome.outputs["verdict"] == "reject", "\(outcome)")
            #expect(outcome.outputs["reason"] == "behind", "\(outcome)")
            #expect(outcome.summary.contains("is rejected"), "\(outcome)")
            #expect(world.live == ActionWorld.both(at: commits[2]))
            #expect(world.writes == 0)
        }
    }

    @Test("a dispatch with a commit promotes it by order of the person who dispatched")
    func order() async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            world.github.run(ActionWorld.gate, at: commits[1], conclusion: "failure")
            let outcome = try await ActJob(in: world).run(
                dispatched: [("sha", "2a2a2a2"), ("reason", "the gate is broken")],
                actor: "hubot")
            #expect(outcome.result == "success", "\(outcome)")
            #expect(outcome.outputs["promoted"] == "true", "\(outcome)")
            #expect(
                outcome.outputs["result"]?.contains(
                    #""override": {"actor": "hubot", "reason": "the gate is broken"}"#) == true,
                "\(outcome)")
            #expect(world.live == ActionWorld.both(at: commits[1]))
        }
    }

    @Test("schedule is a look that finds what an event missed")
    func schedule() async throws {
        try await ActionWorld.with { world in
            world.built(commits[2])
            let outcome = try await ActJob(in: world).run(
                "schedule", Array(#"{"schedule": "17,47 * * * *"}"#.utf8))
            #expect(outcome.result == "success", "\(outcome)")
            #expect(world.live == ActionWorld.both(at: commits[2]))
        }
    }

    @Test("where pawl cannot be found the job fails and asks nobody")
    func noPawl() async throws {
        try await ActionWorld.with { world in
            let build = world.built(commits[1])
            let outcome = try await ActJob(in: world).run(
                after: build, variables: ["PAWL_BINARY": "/nowhere/pawl"])
            #expect(outcome.result == "failure", "\(outcome)")
            #expect(outcome.ran.stdout.contains("exit status 3\""), "\(outcome)")
            #expect(world.registry.log.isEmpty)
        }
    }

    @Test("the token is masked by the runner and never printed by pawl")
    func token() async throws {
        try await ActionWorld.with { world in
            let outcome = try await ActJob(in: world).run(after: world.built(commits[1]))
            #expect(outcome.result == "success", "\(outcome)")
            #expect(!outcome.ran.stdout.contains(ActionWorld.token))
            #expect(!outcome.printed.contains("***"), "\(outcome)")
        }
    }
}
