import PawlLoopback
import Synchronization
import Testing

@Suite("Hooks, told by commands")
struct HookTests {
    private static let commits = ActionWorld.commits
    private static let secret = "a-secret-of-the-hook-0123456789"

    /// A receiver of messages that remembers them.
    private final class Receiver: Sendable {
        private let seen = Mutex<[RecordedRequest]>([])
        private let status = Mutex(204)

        var messages: [RecordedRequest] { seen.withLock { $0 } }

        func answer(with status: Int) { self.status.withLock { $0 = status } }

        func take(_ request: RecordedRequest) -> CannedResponse {
            seen.withLock { $0.append(request) }
            return CannedResponse(status: status.withLock { $0 })
        }
    }

    /// A channel whose moves are told to a webhook and start a workflow.
    private struct Told {
        let ledger: LedgerWorld
        let receiver: Receiver
        let variables: [String: String?]

        var world: ActionWorld { ledger.world }
    }

    private func with(_ work: (Told) async throws -> Void) async throws {
        let receiver = Receiver()
        let server = try await LoopbackServer.start { receiver.take($0) }
        let outcome: Result<Void, any Error>
        do {
            try await LedgerWorld.with { ledger in
                let world = ledger.world
                let after = """
                        after:
                          - webhook: ${HOOK}
                            secret: ${HOOK_SECRET}
                          - dispatch: redeploy.yml
                            inputs: { sha: "{sha}", key: "{entry}" }

                    """
                try world.folder.write(try world.policy() + after, to: "pawl.yaml")
                world.github.dispatchable("redeploy.yml", inputs: ["sha", "key"])
                try await work(
                    Told(
                        ledger: ledger, receiver: receiver,
                        variables: [
                            "HOOK": "\(server.url)/a-path-that-is-a-password",
                            "HOOK_SECRET": Self.secret,
                        ]))
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await server.stop()
        try outcome.get()
    }

    @Test("a move is told once, to each, after the tags are there")
    func told() async throws {
        try await with { told in
            let world = told.world
            world.built(Self.commits[1])
            let promoted = try await told.ledger.well(["promote"], told.variables)
            #expect(!promoted.contains("hook-failed"), "\(promoted)")
            #expect(told.receiver.messages.count == 1)
            let message = told.receiver.messages.first
            #expect(message?.header("X-Pawl-Event") == "promote")
            #expect(message?.header("X-Hub-Signature-256")?.hasPrefix("sha256=") == true)
            let dispatched = world.github.dispatches
            #expect(dispatched.map(\.file) == ["redeploy.yml"])
            #expect(dispatched.first?.inputs["sha"] == Self.commits[1])
            #expect(dispatched.first?.inputs["key"] == message?.header("X-Pawl-Delivery"))

            for command in [["promote"], ["hold"], ["status"], ["explain"]] {
                _ = try await told.ledger.well(command, told.variables)
            }
            #expect(told.receiver.messages.count == 1)
            #expect(world.github.dispatches.count == 1)
        }
    }

    @Test("a hook that refuses is a dead letter in the history, and undoes nothing")
    func deadLetter() async throws {
        try await with { told in
            let world = told.world
            world.built(Self.commits[1])
            told.receiver.answer(with: 410)
            let promoted = try await told.ledger.well(["promote"], told.variables)
            #expect(promoted.hasPrefix("promoted  latest  to 2a2a2a2"), "\(promoted)")
            #expect(promoted.contains("hook-failed: webhook 127.0.0.1:"), "\(promoted)")
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))
            #expect(world.github.dispatches.count == 1)

            let history = try await told.ledger.well(["history"], told.variables)
            #expect(history.contains("dead letter  entry 2"), "\(history)")
            #expect(history.contains("webhook 127.0.0.1:"), "\(history)")
            #expect(history.contains("410"), "\(history)")
            let status = try await told.ledger.well(["status"], told.variables)
            #expect(status.contains("could not be told"), "\(status)")
            let document = try await told.ledger.well(["history", "--json"], told.variables)
            #expect(document.contains(#""outcome": {"failed": ""#), "\(document)")
            for text in [promoted, history, status, document] {
                #expect(!text.contains("a-path-that-is-a-password"), "\(text)")
                #expect(!text.contains(Self.secret), "\(text)")
            }
        }
    }

    @Test("a look at what would be done tells nobody")
    func dryRun() async throws {
        try await with { told in
            told.world.built(Self.commits[1])
            _ = try await told.ledger.well(["promote", "--dry-run"], told.variables)
            #expect(told.receiver.messages.isEmpty)
            #expect(told.world.github.dispatches.isEmpty)
        }
    }
}
