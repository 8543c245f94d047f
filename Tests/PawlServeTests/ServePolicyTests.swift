import FoundationEssentials
import PawlLoopback
import Testing

@Suite("pawl serve reads a policy as every command does", .serialized)
struct ServePolicyTests {
    @Test("a hold by command, in a ledger beside the policy, holds the server")
    func hold() async throws {
        try await ServeWorld.with { world in
            try FileManager.default.createDirectory(
                atPath: "\(world.folder.path)/deploy", withIntermediateDirectories: true)
            try world.folder.write(
                world.policy + "\nledger: sqlite:ledger.db\n", to: "deploy/pawl.yaml")
            let held = try await world.command([
                "hold", "--reason", "the database", "--config", "deploy/pawl.yaml",
            ])
            #expect(held.status == 0, "\(held)")

            _ = world.proved(ServeWorld.commits[2])
            let server = try await world.serve(files: ["--config", "deploy/pawl.yaml"])
            try await eventually("the hold is seen: \(server.log)") {
                let answer = try await server.ask("/api/v1/channels/latest", by: world.client)
                return answer.text.contains("the database")
            }
            #expect(world.live == ServeWorld.commits[0])
            try await server.end()
            let resumed = try await world.command([
                "resume", "--from", ServeWorld.commits[2], "--config", "deploy/pawl.yaml",
            ])
            #expect(resumed.status == 0, "\(resumed)")
            let next = try await world.serve(files: ["--config", "deploy/pawl.yaml"])
            try await eventually("the tag moves: \(next.log)") {
                world.live == ServeWorld.commits[2]
            }
            try await next.end()
            #expect(!FileManager.default.fileExists(atPath: "\(world.folder.path)/ledger.db"))
        }
    }

    @Test("a policy with hooks and without a ledger is not warned of: a server always keeps one")
    func hooks() async throws {
        try await ServeWorld.with { world in
            try world.folder.write(
                world.policy + "\n    after: [{webhook: \"http://127.0.0.1:9/x\"}]\n",
                to: "pawl.yaml")
            let server = try await world.serve(files: [])
            #expect(!server.log.contains("names no ledger"), "\(server.log)")
            try await server.end()
        }
    }

    @Test("a start with bad files says of each once what is wrong")
    func badFiles() async throws {
        try await ServeWorld.with { world in
            try world.folder.write("version: 2", to: "pawl.yaml")
            try world.folder.write(world.policy + "\nnonsense: 1\n", to: "other.yaml")
            let ran = try await world.command([
                "serve", "--listen", "127.0.0.1:0", "--config", "pawl.yaml", "--config",
                "other.yaml", "--config", "none.yaml",
            ])
            #expect(ran.status == 2, "\(ran)")
            for text in ["nonsense", "none.yaml", "Correct pawl.yaml", "Correct other.yaml"] {
                #expect(ran.text.components(separatedBy: text).count == 2, "\(text): \(ran)")
            }
        }
    }
}
