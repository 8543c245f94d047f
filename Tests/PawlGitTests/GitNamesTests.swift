import PawlCore
import PawlGit
import PawlPorts
import Testing

@Suite("A clone tells which commit a name means")
struct GitNamesTests {
    @Test("seven digits are enough where one commit has them")
    func short() async throws {
        let clone = try await GitFixture.repository()
        let commit = try await clone.commit("one")
        let history = clone.history()
        #expect(try await history.resolve(try CommitName(commit.short)) == commit)
        #expect(try await history.resolve(.full(commit)) == commit)
    }

    /// Two commits of the empty tree whose ids begin with the same seven digits, found by trying.
    private static let twins = ["35738", "38350"]

    @Test("digits that two commits have are ambiguous, and one digit more settles it")
    func ambiguous() async throws {
        let clone = try await GitFixture.repository()
        let tree = try await clone.git("hash-object", "-w", "-t", "tree", "--stdin")
        var ids: [CommitID] = []
        for message in Self.twins {
            let who = "Ada <ada@example.org> 1700000000 +0000"
            let object = "tree \(tree)\nauthor \(who)\ncommitter \(who)\n\n\(message)\n"
            let id = try await clone.git(
                "hash-object", "-w", "-t", "commit", "--stdin", input: object)
            ids.append(try CommitID(id))
        }
        #expect(ids.map(\.short) == ["e43831f", "e43831f"])
        let name = try CommitName("e43831f")
        let failed = await failure { () throws(PortFailure) in
            _ = try await clone.history().resolve(name)
        }
        #expect(failed?.code == .ambiguous)
        #expect(failed?.detail == "2 commits of the clone begin with e43831f")
        for id in ids {
            #expect(try await clone.history().resolve(try CommitName(id.hex.prefix(8))) == id)
        }
    }

    @Test("a name that no commit has is not there")
    func unknown() async throws {
        let clone = try await GitFixture.repository()
        _ = try await clone.commit("one")
        let history = clone.history()
        #expect(try await history.resolve(try CommitName("0123456")) == nil)
        let full = try CommitID(String(repeating: "0", count: 39) + "1")
        #expect(try await history.resolve(.full(full)) == nil)
    }

    @Test("trees and tags are not commits, and refs that look like digits are not looked at")
    func otherObjects() async throws {
        let clone = try await GitFixture.repository()
        let line = try await clone.line("one", "two")
        let tree = try CommitID(try await clone.git("rev-parse", line[0].hex + "^{tree}"))
        try await clone.git("tag", "-a", "-m", "release", "v1", line[0].hex)
        let tag = try CommitID(try await clone.git("rev-parse", "refs/tags/v1"))
        let history = clone.history()
        #expect(try await history.resolve(.full(tree)) == nil)
        #expect(try await history.resolve(.full(tag)) == nil)

        try await clone.point("refs/heads/\(line[0].short)", at: line[1])
        try await clone.point("refs/tags/0123456", at: line[1])
        #expect(try await history.resolve(try CommitName(line[0].short)) == line[0])
        #expect(try await history.resolve(try CommitName("0123456")) == nil)
    }
}
