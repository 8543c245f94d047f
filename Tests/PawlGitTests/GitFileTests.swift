import FoundationEssentials
import PawlCore
import PawlGit
import PawlPorts
import Testing

@Suite("A clone tells what stands in a file of a commit")
struct GitFileTests {
    private func refusal(
        _ clone: GitFixture, _ path: String, _ commit: CommitID
    ) async -> PortFailure? {
        await failure { () throws(PortFailure) in
            _ = try await clone.history().file(at: path, of: commit)
        }
    }

    @Test("bytes are given as they are, and only a tree without such an entry means absent")
    func bytes() async throws {
        let clone = try await GitFixture.repository()
        let text = "on: push\r\n\0\u{FEFF}no line break at the end"
        let tree = try await clone.tree([
            .init("100755", try await clone.blob(text), ".github/workflows/e2e.yml"),
            .init("100644", try await clone.blob(""), "void.yml"),
        ])
        let commit = try await clone.commit("one", tree: tree)
        let history = clone.history()
        #expect(
            try await history.file(at: ".github/workflows/e2e.yml", of: commit) == Array(text.utf8))
        #expect(try await history.file(at: "void.yml", of: commit) == [])
        for path in [
            "e2e.yml", ".github/workflows/e2e.yaml", ".github/workflows/E2E.yml",
            ".github/workflows/*", ":(glob)**/e2e.yml", ":/void.yml", "void.yml/part",
            ".github/workflows/e2e.yml ", "--long", "-r",
        ] {
            #expect(try await history.file(at: path, of: commit) == nil, "\(path)")
        }
    }

    @Test("what is there but is no regular file is neither absent nor read")
    func otherEntries() async throws {
        let clone = try await GitFixture.repository()
        let blob = try await clone.blob("e2e.yml")
        let tree = try await clone.tree([
            .init("120000", blob, "link.yml"), .init("100644", blob, "folder/file"),
            .init("160000", String(repeating: "1", count: 40), "module"),
        ])
        let commit = try await clone.commit("one", tree: tree)
        for (path, kind) in [
            ("link.yml", "a symbolic link"), ("folder", "a folder"), ("module", "a submodule"),
        ] {
            let failed = await refusal(clone, path, commit)
            #expect(failed?.code == .unsupported)
            #expect(failed?.detail == "it is \(kind), not a file")
            #expect(failed?.subject == "\(path) of \(commit.short)")
        }
        #expect(try await clone.history().file(at: "module/file", of: commit) == nil)
    }

    @Test(
        "a path that git would read as another one is refused",
        arguments: ["", "/a", "a/", "a//b", "./a", "a/.", "../a", "a/../b", "..", "a\0"])
    func notPlain(path: String) async throws {
        let clone = try await GitFixture.repository()
        let commit = try await clone.commit("one", files: ["a": "1", "b": "2"])
        #expect(await refusal(clone, path, commit)?.code == .unsupported)
    }

    @Test("a file at the bound is read, and one byte more is too large")
    func bound() async throws {
        let clone = try await GitFixture.repository()
        let text = String(repeating: "#", count: Limits.workflowBytesMax)
        let commit = try await clone.commit("one", files: ["fits": text, "large": text + "#"])
        #expect(try await clone.history().file(at: "fits", of: commit)?.count == text.utf8.count)
        let failed = await refusal(clone, "large", commit)
        #expect(failed?.code == .tooLarge)
        #expect(failed?.detail == "the file has 1048577 bytes, more than 1048576")
    }

    @Test("a file of a commit that the clone lacks is not absent")
    func unknownCommit() async throws {
        let clone = try await GitFixture.repository()
        _ = try await clone.commit("one")
        let unknown = try CommitID("0123456789abcdef0123456789abcdef01234567")
        let failed = await refusal(clone, "a", unknown)
        #expect(failed?.code == .missing)
        #expect(failed?.advice == "Fetch it (git fetch origin).")
    }

    @Test("contents that are lost are a failure")
    func lostContents() async throws {
        let clone = try await GitFixture.repository()
        let commit = try await clone.commit("one", files: ["a": "1"])
        let hex = try await clone.git("rev-parse", "\(commit.hex):a")
        try FileManager.default.removeItem(
            atPath: clone.folder + "/.git/objects/\(hex.prefix(2))/\(hex.dropFirst(2))")
        #expect(await refusal(clone, "a", commit)?.code == .missing)
    }

    @Test(
        "an answer that git never gives is refused",
        arguments: [
            "100644 blob", "100644 blob 1234 5\\ta", "100644 blob 1234\\ta\\0",
            "100666 blob 1234 5\\ta\\0", "a\\0", "100644 blob 1234 -5\\ta\\0",
        ])
    func garbled(output: String) async throws {
        let clone = try await GitFixture.repository()
        let commit = try await clone.commit("one")
        try clone.replaceGit("printf '\(output)'")
        let failed = await failure { () throws(PortFailure) in
            _ = try await clone.history(environment: clone.ownPath).file(at: "a", of: commit)
        }
        #expect(failed != nil)
    }
}
