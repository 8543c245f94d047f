import FoundationEssentials
import PawlCore
import PawlGit
import PawlPorts
import Testing

@Suite("A clone tells which files differ")
struct GitChangesTests {
    private static let text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n"

    private func changes(
        _ clone: GitFixture, _ base: CommitID, _ commit: CommitID
    ) async throws -> [ChangedFiles.File] {
        let changes = try await clone.history().changes(from: base, to: commit)
        #expect(changes.isWhole)
        return changes.files
    }

    private func isRefused(
        _ clone: GitFixture, _ base: CommitID, _ commit: CommitID
    ) async -> PortFailure? {
        await failure { () throws(PortFailure) in
            _ = try await clone.history().changes(from: base, to: commit)
        }
    }

    @Test(
        "a file may be called anything that is text",
        arguments: [
            "a b.md", " ", "ä🚀.md", "line\nbreak", "tab\tand\r", "\"quoted\\\"", "-M", "--", "*",
            ":(top)x", "R100", "deep/er/and/deeper.md", "$(id)", "e\u{301}.md", "\u{1B}[31m",
        ])
    func oddNames(name: String) async throws {
        let clone = try await GitFixture.repository()
        let root = try await clone.commit("root", files: ["plain": "x"])
        let added = try await clone.commit(
            "added", files: ["plain": "x", name: Self.text], parents: [root])
        let renamed = try await clone.commit(
            "renamed", files: ["plain": "x", "new/\(name)": Self.text], parents: [added])
        #expect(try await changes(clone, root, added) == [ChangedFiles.File(path: name)])
        let rename = try #require(try await changes(clone, added, renamed).first)
        // Scalars, because strings that only look alike are equal.
        #expect(rename.path.unicodeScalars.elementsEqual("new/\(name)".unicodeScalars))
        #expect(rename.previousPath?.unicodeScalars.elementsEqual(name.unicodeScalars) == true)
        #expect(try await changes(clone, root, renamed).map(\.path) == ["new/\(name)"])
        let file = try await clone.history().file(at: name, of: added)
        #expect(file == Array(Self.text.utf8))
        #expect(try await clone.history().file(at: name, of: renamed) == nil)
    }

    @Test("a name that is no text makes the whole answer unusable, and is not left out")
    func notText() async throws {
        let clone = try await GitFixture.repository()
        let root = try await clone.commit("root", files: ["a": "x"])
        let blob = try await clone.blob("x")
        let tree = try await clone.tree([
            .init("100644", blob, "a"), .init("100644", blob, Array("caf".utf8) + [0xE9]),
        ])
        let odd = try await clone.commit("odd", parents: [root], tree: tree)
        let failed = await isRefused(clone, root, odd)
        #expect(failed?.code == .garbled)
        #expect(failed?.detail == "a file's name is not UTF-8: caf\u{FFFD}")
        #expect(await isRefused(clone, odd, root)?.code == .garbled)
        // One whose name is text can still be read beside it.
        #expect(try await clone.history().file(at: "a", of: odd) == Array("x".utf8))
    }

    @Test("a file that was renamed and edited shows both its names")
    func renamedAndEdited() async throws {
        let clone = try await GitFixture.repository()
        let root = try await clone.commit("root", files: ["docs/a.md": Self.text])
        let commit = try await clone.commit(
            "edit", files: ["src/a.md": Self.text + "nine\n"], parents: [root])
        let paths = ChangedFiles(try await changes(clone, root, commit), isWhole: true).paths
        #expect(paths.sorted() == ["docs/a.md", "src/a.md"])
    }

    @Test("a merge is compared with the commit that is asked about, not with its parents")
    func merge() async throws {
        let clone = try await GitFixture.repository()
        let root = try await clone.commit("root", files: ["a": "1", "b": "1"])
        let one = try await clone.commit("one", files: ["a": "2", "b": "1"], parents: [root])
        let other = try await clone.commit("other", files: ["a": "1", "b": "2"], parents: [root])
        // The merge takes neither side's word for `a`.
        let merge = try await clone.commit(
            "merge", files: ["a": "3", "b": "2"], parents: [one, other])
        #expect(try await changes(clone, root, merge).map(\.path) == ["a", "b"])
        #expect(try await changes(clone, one, merge).map(\.path) == ["a", "b"])
        #expect(try await changes(clone, other, merge).map(\.path) == ["a"])
    }

    @Test("a revert differs from the reverted commit, and from what was before not at all")
    func revert() async throws {
        let clone = try await GitFixture.repository()
        let good = try await clone.commit("good", files: ["a": "1"])
        let bad = try await clone.commit("bad", files: ["a": "2"], parents: [good])
        let revert = try await clone.commit("revert", files: ["a": "1"], parents: [bad])
        let empty = try await clone.commit("empty", files: ["a": "1"], parents: [revert])
        #expect(try await changes(clone, good, revert).isEmpty)
        #expect(try await changes(clone, bad, revert).map(\.path) == ["a"])
        #expect(try await changes(clone, revert, empty).isEmpty)
    }

    @Test("after a forced push the two ends are compared, whatever was between them")
    func forcedPush() async throws {
        let clone = try await GitFixture.repository()
        let root = try await clone.commit("root", files: ["a": "1"])
        let old = try await clone.commit("old", files: ["a": "1", "old": "1"], parents: [root])
        let new = try await clone.commit("new", files: ["a": "2"], parents: [root])
        try await clone.point("refs/heads/main", at: new)
        #expect(try await changes(clone, old, new).map(\.path) == ["a", "old"])
        #expect(try await changes(clone, root, new).map(\.path) == ["a"])
    }

    @Test("submodules, links, rights and empty files count as changed")
    func otherChanges() async throws {
        let clone = try await GitFixture.repository()
        let blob = try await clone.blob("target")
        let one = String(repeating: "1", count: 40)
        let two = String(repeating: "2", count: 40)
        let modules = try await clone.blob(
            "[submodule \"lib\"]\n\tpath = lib\n\turl = https://git.example/lib\n\tignore = all\n")
        let rest: [GitFixture.Entry] = [.init("100644", modules, ".gitmodules")]
        let before = try await clone.commit(
            "before",
            tree: try await clone.tree(
                rest + [
                    .init("160000", one, "lib"), .init("100644", blob, "link"),
                    .init("100644", blob, "tool"),
                ]))
        let after = try await clone.commit(
            "after", parents: [before],
            tree: try await clone.tree(
                rest + [
                    .init("160000", two, "lib"), .init("120000", blob, "link"),
                    .init("100755", blob, "tool"),
                    .init("100644", try await clone.blob(""), "void"),
                ]))
        try await clone.git("config", "submodule.lib.ignore", "all")
        try await clone.git("config", "diff.ignoreSubmodules", "all")
        #expect(
            try await changes(clone, before, after).map(\.path) == ["lib", "link", "tool", "void"])
    }

    @Test("settings and attributes of the clone hide no change and start no program")
    func hostileSettings() async throws {
        let clone = try await GitFixture.repository()
        let root = try await clone.commit("root", files: ["a": "1", "sub/b": "1", "z": Self.text])
        let commit = try await clone.commit(
            "changed", parents: [root],
            tree: try await clone.tree([
                .init("100644", try await clone.blob("2"), "a"),
                .init("100644", try await clone.blob("2"), "sub/b"),
                .init("100644", try await clone.blob(Self.text), "y"),
                .init(
                    "100644", try await clone.blob("* diff=evil filter=evil -text export-ignore\n"),
                    ".gitattributes"),
            ]))
        let pwned = "touch \(clone.folder)/pwned; echo"
        for (key, value) in [
            ("diff.external", pwned), ("diff.evil.command", pwned), ("diff.evil.textconv", pwned),
            ("filter.evil.smudge", pwned), ("filter.evil.clean", pwned), ("diff.relative", "true"),
            ("diff.renames", "false"), ("diff.noprefix", "true"), ("color.ui", "always"),
            ("diff.orderFile", clone.folder + "/nowhere"), ("core.ignoreCase", "true"),
        ] {
            try await clone.git("config", key, value)
        }
        try FileManager.default.createDirectory(
            atPath: clone.folder + "/sub", withIntermediateDirectories: true)
        let inside = GitHistory(
            folder: clone.folder + "/sub", environment: GitFixture.environment,
            clock: GitFixture.patience)
        let seen = try await inside.changes(from: root, to: commit)
        #expect(
            seen.files == [
                ChangedFiles.File(path: ".gitattributes"), ChangedFiles.File(path: "a"),
                ChangedFiles.File(path: "sub/b"),
                ChangedFiles.File(path: "y", previousPath: "z"),
            ])
        #expect(try await inside.file(at: "sub/b", of: commit) == Array("2".utf8))
        #expect(try await inside.file(at: "b", of: commit) == nil)
        #expect(!FileManager.default.fileExists(atPath: clone.folder + "/pwned"))
    }

    @Test("thousands of files are all listed")
    func manyFiles() async throws {
        let clone = try await GitFixture.repository()
        let root = try await clone.commit("root")
        let blob = try await clone.blob("x")
        let tree = try await clone.tree(
            (0..<5000).map { .init("100644", blob, "files/\($0).md") })
        let commit = try await clone.commit("many", parents: [root], tree: tree)
        #expect(try await changes(clone, root, commit).count == 5000)
    }

    @Test("a list longer than the bound is no whole list")
    func endless() async throws {
        let clone = try await GitFixture.repository()
        let commit = try await clone.commit("one")
        try clone.replaceGit("exec /usr/bin/yes")
        let seen = try await clone.history(environment: clone.ownPath)
            .changes(from: commit, to: commit)
        #expect(seen == ChangedFiles([], isWhole: false))
    }

    @Test(
        "an answer that git never gives is refused",
        arguments: [
            #"M\0"#, #"M\0a"#, #"R100\0a\0"#, #"X\0a\0"#, #"\0a\0"#, #"M\0\0"#, #"U\0a\0"#,
            #"M\0a\0b\0"#,
        ])
    func garbled(output: String) async throws {
        let clone = try await GitFixture.repository()
        let commit = try await clone.commit("one")
        try clone.replaceGit("printf '\(output)'")
        let failed = await failure { () throws(PortFailure) in
            _ = try await clone.history(environment: clone.ownPath)
                .changes(from: commit, to: commit)
        }
        #expect(failed?.code == .garbled)
    }

    @Test("a shallow clone compares what it has, and what it lacks is unreadable")
    func shallow() async throws {
        let origin = try await GitFixture.repository()
        var line: [CommitID] = []
        for number in 1...4 {
            line.append(
                try await origin.commit(
                    "\(number)", files: ["a": "\(number)"], parents: line.last.map { [$0] } ?? []))
        }
        try await origin.point("refs/heads/main", at: line[3])
        let clone = try await origin.cloned("--depth=2")
        #expect(try await changes(clone, line[2], line[3]).map(\.path) == ["a"])
        for failed in [
            await isRefused(clone, line[1], line[3]), await isRefused(clone, line[3], line[1]),
            await failure { () throws(PortFailure) in
                _ = try await clone.history().file(at: "a", of: line[1])
            },
        ] {
            #expect(failed?.code == .missing)
            #expect(failed?.advice == "Fetch the whole history (git fetch --unshallow).")
        }
    }

    @Test("a partial clone without contents still tells names")
    func partialClone() async throws {
        let origin = try await GitFixture.repository()
        let root = try await origin.commit("root", files: ["a": Self.text, "b": "1"])
        let commit = try await origin.commit(
            "edit", files: ["c": Self.text + "nine\n", "b": "2"], parents: [root])
        try await origin.point("refs/heads/main", at: commit)
        try await origin.git("config", "uploadpack.allowFilter", "true")
        try await origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
        let clone = try await origin.cloned("--filter=blob:none", "--no-checkout")
        #expect(try await changes(clone, root, commit).map(\.path) == ["a", "b", "c"])
        let failed = await failure { () throws(PortFailure) in
            _ = try await clone.history().file(at: "b", of: commit)
        }
        #expect(failed?.code == .missing)
        #expect(try await clone.history().file(at: "d", of: commit) == nil)

        let bare = try await origin.cloned("--filter=tree:0", "--no-checkout")
        #expect(await isRefused(bare, root, commit)?.code == .missing)
        let file = await failure { () throws(PortFailure) in
            _ = try await bare.history().file(at: "d", of: commit)
        }
        #expect(file?.code == .missing)
    }

    @Test("a tree that is lost is a failure, neither an empty list nor an absent file")
    func lostTree() async throws {
        let clone = try await GitFixture.repository()
        let root = try await clone.commit("root", files: ["a/b": "1"])
        let commit = try await clone.commit("edit", files: ["a/b": "2"], parents: [root])
        let hex = try await clone.git("rev-parse", "\(commit.hex):a")
        try FileManager.default.removeItem(
            atPath: clone.folder + "/.git/objects/\(hex.prefix(2))/\(hex.dropFirst(2))")
        #expect(await isRefused(clone, root, commit) != nil)
        for path in ["a/b", "a/nowhere"] {
            let failed = await failure { () throws(PortFailure) in
                _ = try await clone.history().file(at: path, of: commit)
            }
            #expect(failed != nil, "\(path)")
        }
    }
}
