import PawlLoopback
import Testing

@Suite("pawl action, where a person says what to do")
struct ActionCommandTests {
    private static let commits = ActionWorld.commits

    @Test("each command, by name, with the actor of the run and its address for a reason")
    func commands() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            for (inputs, sentence) in [
                ([("command", "adopt")], "Adopted: 1a1a1a1, as found (entry 1)."),
                ([("command", "promote")], "Promoted to 2a2a2a2."),
                ([("command", "hold"), ("reason", "lunch")], "Held: nothing moves by itself"),
                ([("command", "resume"), ("sha", "2a2a2a2")], "Resumed: 2a2a2a2 and what"),
                ([("command", "quarantine"), ("sha", "3a3a3a3")], "Quarantined: 3a3a3a3 does"),
                ([("command", "follow")], "Settled at 2a2a2a2."),
                (
                    [("command", "rollback"), ("sha", "1a1a1a1"), ("reason", "broken")],
                    "Rolled back: to 1a1a1a1, was at 2a2a2a2 (entry 7). By order of mona: broken."
                ),
            ] {
                let step = try await ledger.step(dispatched: inputs)
                #expect(step.status == 0, "\(inputs): \(step)")
                #expect(
                    step.commands.contains { $0.message.hasPrefix(sentence) },
                    "\(inputs): \(step.commands)")
            }
            let entries = try await ledger.entries()
            #expect(entries.first { $0.kind == "hold" }?.reason == "lunch")
            #expect(
                entries.first { $0.kind == "adopt" }?.reason
                    == "manual dispatch https://github.example/acme/platform/actions/runs/77")
            #expect(world.live == ActionWorld.both(at: Self.commits[0]))
        }
    }

    @Test(
        "what cannot be meant is wrong use, and nothing is asked of anybody",
        arguments: [
            [("command", "deploy")], [("command", "rollback")], [("command", "quarantine")],
            [("command", "hold"), ("sha", "2a2a2a2")], [("command", "adopt"), ("sha", "2a2a2a2")],
            [("command", "follow"), ("sha", "2a2a2a2")],
            [("command", "rollback"), ("sha", "$(touch x)")],
            [("command", "resume"), ("sha", "main")],
            [("command", "hold"), ("reason", String(repeating: "x", count: 1001))],
        ])
    func wrongUse(inputs: [(String, String)]) async throws {
        try await LedgerWorld.with { ledger in
            let step = try await ledger.step(dispatched: inputs)
            #expect(step.status == 2, "\(step)")
            #expect(try step.outputs()["reason"] == "wrong-use")
            #expect(ledger.world.github.requests.isEmpty)
            #expect(!ledger.world.folder.has("ledger.db"))
            ledger.world.expectUntouched(step.ran)
        }
    }

    @Test("a command that needs a ledger is wrong use without one")
    func withoutLedger() async throws {
        try await ActionWorld.with { world in
            let step = try await world.step(
                dispatched: [("sha", Self.commits[0])], ["PAWL_COMMAND": "rollback"])
            #expect(step.status == 2, "\(step)")
            #expect(step.ran.description.contains("needs a ledger"), "\(step)")
            world.expectUntouched(step.ran)
        }
    }

    @Test("a dry run says what a command would do, and records nothing")
    func dryRun() async throws {
        try await LedgerWorld.with { ledger in
            _ = try await ledger.well(["adopt"])
            for (command, sha, words) in [
                ("hold", "", "would hold"), ("resume", "", "would resume"),
                ("quarantine", "2a2a2a2", "would quarantine"),
            ] {
                let step = try await ledger.step(
                    dispatched: [("command", command), ("sha", sha)], ["PAWL_DRY_RUN": "true"])
                #expect(step.status == 0, "\(step)")
                #expect(step.ran.stdout.hasPrefix(words), "\(step)")
            }
            #expect(try await ledger.kinds() == ["adopt"])
        }
    }
}
