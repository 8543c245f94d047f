import PawlLoopback
import Testing

@Suite("The published workflow with a ledger in the repository itself, run by act")
struct ActLedgerTests {
    let commits = ActionWorld.commits

    @Test("promote, rollback, an event that does not undo it, and resume, from CI steps alone")
    func walkThrough() async throws {
        try await ActionWorld.with { world in
            let job = try await ActJob(in: world, example: "promote-with-ledger.yml")
            world.built(commits[1])
            let newer = world.built(commits[2])

            let promoted = try await job.run(after: newer)
            #expect(promoted.result == "success", "\(promoted)")
            #expect(promoted.outputs["promoted"] == "true", "\(promoted)")
            #expect(
                promoted.summary.hasPrefix("## `latest` promoted to `3a3a3a3` (entry 2)"),
                "\(promoted)")
            #expect(world.live == ActionWorld.both(at: commits[2]))
            let status = world.github.statuses(at: commits[2]).last
            #expect(status?.context == "pawl/latest")
            #expect(status?.state == "success")

            let back = try await job.run(
                dispatched: [
                    ("command", "rollback"), ("sha", "2a2a2a2"),
                    ("reason", "login is broken; $(touch x) ${{ github.token }}"),
                ], actor: "hubot")
            #expect(back.result == "success", "\(back)")
            #expect(
                back.summary.hasPrefix(
                    "## `latest` rolled back: to 2a2a2a2, was at 3a3a3a3 \\(entry 4\\)"), "\(back)")
            #expect(world.live == ActionWorld.both(at: commits[1]))

            let event = try await job.run(after: newer)
            #expect(event.outputs["promoted"] == "false", "\(event)")
            #expect(world.live == ActionWorld.both(at: commits[1]))

            world.built(commits[3])
            let resumed = try await job.run(
                dispatched: [("command", "resume"), ("sha", commits[3]), ("reason", "")])
            #expect(resumed.result == "success", "\(resumed)")
            #expect(resumed.summary.contains("### What goes next"), "\(resumed)")
            #expect(world.live == ActionWorld.both(at: commits[1]))

            let look = try await job.run("schedule", Array(#"{"schedule": "17,47 * * * *"}"#.utf8))
            #expect(look.outputs["sha"] == commits[3], "\(look)")
            #expect(world.live == ActionWorld.both(at: commits[3]))

            let messages = world.github.commits(from: "refs/pawl/latest").map(\.message)
            let titles = messages.compactMap { $0.split(separator: "\n").first }
            #expect(
                titles == [
                    "followed 7", "promote 4a4a4a4 to latest", "resume latest from 4a4a4a4",
                    "followed 4", "rollback 2a2a2a2 to latest", "followed 2",
                    "promote 3a3a3a3 to latest", "adopt 1a1a1a1 to latest",
                ])
            #expect(messages[4].contains(#""by": "hubot""#), "\(messages[4])")
            #expect(!messages.joined().contains(ActionWorld.token))
        }
    }

    @Test("hold and adopt need no commit; a rollback without one is wrong use")
    func inputs() async throws {
        try await ActionWorld.with { world in
            let job = try await ActJob(in: world, example: "promote-with-ledger.yml")
            let held = try await job.run(dispatched: [("command", "hold"), ("sha", "")])
            #expect(held.result == "success", "\(held)")
            #expect(held.outputs["verdict"] == "hold", "\(held)")
            #expect(held.summary.hasPrefix("## `latest` held: nothing moves by itself"), "\(held)")
            let wrong = try await job.run(dispatched: [("command", "rollback"), ("sha", "")])
            #expect(wrong.result == "failure", "\(wrong)")
            #expect(wrong.outputs["reason"] == "wrong-use", "\(wrong)")
            #expect(world.writes == 0)
        }
    }
}
