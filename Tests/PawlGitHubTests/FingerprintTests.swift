import PawlCore
import PawlGitHub
import PawlLoopback
import Testing

@Suite("Whether anything changed at the host")
struct FingerprintTests {
    @Test("is told by the branch's tip and by the newest runs of the branch")
    func changes() async throws {
        let stage = try Stage()
        let main = try BranchName("main")
        stage.github.commit(sha("1"))
        stage.github.branch("main", at: sha("1"))
        let first = try await stage.host.fingerprint(of: main)
        #expect(try await stage.host.fingerprint(of: main) == first)

        let run = stage.github.run("e2e.yml", at: sha("1"))
        let second = try await stage.host.fingerprint(of: main)
        #expect(second != first)

        stage.github.change(run) { $0.conclusion = "failure" }
        let third = try await stage.host.fingerprint(of: main)
        #expect(third != second)

        stage.github.commit(sha("2"), parents: [sha("1")])
        stage.github.branch("main", at: sha("2"))
        #expect(try await stage.host.fingerprint(of: main) != third)

        stage.github.revoke("actions")
        await #expect(throws: PortFailure.self) { try await stage.host.fingerprint(of: main) }
    }
}
