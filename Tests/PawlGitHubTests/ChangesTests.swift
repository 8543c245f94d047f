import PawlCore
import PawlGitHub
import PawlLoopback
import PawlTesting
import Testing

/// `1 ← 2 ← 3`, `1 ← 4`, and `9` with no common history; each with its files.
private func stage() throws -> Stage {
    let stage = try Stage()
    stage.github.commit(sha("1"), files: ["a": "1", "old/b": "same", "gone": "x"])
    stage.github.commit(
        sha("2"), parents: [sha("1")], files: ["a": "2", "old/b": "same", "gone": "x"])
    stage.github.commit(
        sha("3"), parents: [sha("2")],
        files: ["a": "2", "new/b": "same", ".github/workflows/e2e.yml": "on: push\n"])
    stage.github.commit(sha("4"), parents: [sha("1")], files: ["a": "4"])
    stage.github.commit(sha("9"), files: ["a": "9"])
    stage.github.branch("main", at: sha("3"))
    return stage
}

private func file(_ path: String, _ previous: String? = nil) -> ChangedFiles.File {
    ChangedFiles.File(path: path, previousPath: previous)
}

@Suite("The files that differ")
struct ChangesTests {
    @Test("Added, changed, removed and renamed files, with both names of the last")
    func kinds() async throws {
        let stage = try stage()
        let changes = try await stage.host.changes(from: commit("1"), to: commit("3"))
        #expect(changes.isWhole)
        #expect(
            changes.files == [
                file(".github/workflows/e2e.yml"), file("a"), file("gone"), file("new/b", "old/b"),
            ])
        #expect(changes.paths.contains("old/b"))
    }

    @Test("It is the very request that ancestry makes")
    func sameRequest() async throws {
        let stage = try stage()
        _ = try await stage.host.changes(from: commit("1"), to: commit("3"))
        _ = try await stage.host.ancestry(of: commit("3"), from: commit("1"))
        #expect(
            stage.lines
                == Array(
                    repeating:
                        "GET /repos/acme/app/compare/\(sha("1"))...\(sha("3"))?per_page=1&page=1",
                    count: 2))
    }

    @Test("The same commit differs in nothing, and that is known whole")
    func same() async throws {
        let changes = try await stage().host.changes(from: commit("2"), to: commit("2"))
        #expect(changes == ChangedFiles([], isWhole: true))
    }

    @Test(
        "The files since another commit than an ancestor are not told",
        arguments: [("3", "1"), ("3", "4"), ("4", "2"), ("9", "3")])
    func noAncestor(base: String, of: String) async throws {
        let stage = try stage()
        let failed = await failure {
            try await stage.host.changes(from: commit(base), to: commit(of))
        }
        #expect(failed?.code == .missing)
        #expect(failed?.detail.contains("is not an ancestor") == true)
    }

    @Test("299 files are all there are; 300 may be cut", arguments: [(299, true), (300, false)])
    func manyFiles(count: Int, isWhole: Bool) async throws {
        let stage = try stage()
        stage.github.commit(
            sha("5"), parents: [sha("4")], files: (0..<count).map { "f\($0)" })
        let changes = try await stage.host.changes(from: commit("4"), to: commit("5"))
        #expect(changes.files.count == count)
        #expect(changes.isWhole == isWhole)
    }

    @Test("600 files are listed as 300, and not whole")
    func cut() async throws {
        let stage = try stage()
        stage.github.commit(sha("5"), parents: [sha("4")], files: (0..<600).map { "f\($0)" })
        let changes = try await stage.host.changes(from: commit("4"), to: commit("5"))
        #expect(changes.files.count == 300)
        #expect(!changes.isWhole)
    }

    @Test("Over 260 commits the files are still all told")
    func manyCommits() async throws {
        let stage = try stage()
        var parent = sha("4")
        for number in 0..<260 {
            let next = sha("abc\(1000 + number)")
            stage.github.commit(
                next, parents: [parent], files: number % 100 == 0 ? ["f\(number)"] : [])
            parent = next
        }
        let changes = try await stage.host.changes(from: commit("4"), to: CommitID(parent))
        #expect(changes == ChangedFiles([file("f0"), file("f100"), file("f200")], isWhole: true))
    }

    @Test("A word for a file that nobody knows changes nothing; its names count")
    func unknownWord() async throws {
        let stage = try stage()
        stage.github.fault(
            .changed {
                $0.replacing("\"status\":\"modified\"", "\"status\":\"transmogrified\"")
                    .replacing("\"status\":\"renamed\"", "\"status\":null")
            }, on: "compare")
        let changes = try await stage.host.changes(from: commit("1"), to: commit("3"))
        #expect(changes.files.count == 4)
        #expect(changes.paths.contains("old/b"))
    }

    @Test(
        "Other answers are no list of files",
        arguments: [
            (GitHubFault.error(404, "Not Found"), PortFailure.Code.missing),
            (.error(422, "Validation Failed"), .garbled),
            (
                .error(500, "Server Error: Sorry, this diff is taking too long to generate."),
                .serverFailed
            ),
            (.error(503, "Service Unavailable"), .serverFailed), (.html(), .garbled),
            (.truncated, .garbled), (.dropped, .unreachable), (.silent, .timedOut),
            (.answer(CannedResponse(status: 304)), .garbled),
        ])
    func errors(fault: GitHubFault, code: PortFailure.Code) async throws {
        let stage = try stage()
        stage.github.fault(fault, on: "compare")
        let failed = await failure {
            try await stage.host.changes(from: commit("1"), to: commit("3"))
        }
        #expect(failed?.code == code)
    }

    @Test(
        "An answer that lacks something or contradicts itself is garbled",
        arguments: [
            ("\"files\":", "\"f\":"), ("\"files\":[", "\"files\":null,\"f\":["),
            ("\"merge_base_commit\":{\"url\":\"", "\"merge_base_commit\":{\"sha\":\"7\",\"x\":\""),
            ("\"merge_base_commit\":", "\"m\":"), ("\"base_commit\":", "\"b\":"),
            ("\"filename\":\"a\"", "\"filename\":\"\""), ("\"filename\":\"a\"", "\"filename\":7"),
            ("\"previous_filename\":\"old/b\"", "\"previous_filename\":\"\""),
            ("\"previous_filename\":", "\"p\":"), ("\"ahead_by\":2", "\"ahead_by\":0"),
            ("\"ahead_by\":2", "\"ahead_by\":-2"), ("\"behind_by\":0", "\"behind_by\":-1"),
            ("\"behind_by\":0", "\"behind_by\":1"), ("\"status\":\"ahead\"", "\"status\":\"new\""),
            ("\"status\":\"ahead\"", "\"status\":\"identical\""),
        ])
    func contradictions(old: String, new: String) async throws {
        let stage = try stage()
        stage.github.fault(
            .changed { answer in
                // The row of the merge base writes its address before its id.
                let changed = answer.replacing(old, new)
                return old.hasPrefix("\"merge_base_commit\":{")
                    ? changed.replacing("\"sha\":\"\(sha("1"))\"", "\"s\":\"\"")
                        .replacing(
                            "\"base_commit\":{\"url\"",
                            "\"base_commit\":{\"sha\":\"\(sha("1"))\",\"u\"")
                    : changed
            }, on: "compare")
        let failed = await failure {
            try await stage.host.changes(from: commit("1"), to: commit("3"))
        }
        #expect(failed?.code == .garbled, "\(failed?.detail ?? "")")
    }
}

@Suite("A file of a commit")
struct FileTests {
    @Test("The bytes are the commit's own, and asked for as bytes")
    func bytes() async throws {
        let stage = try stage()
        let path = ".github/workflows/e2e.yml"
        let bytes = try await stage.host.file(at: path, of: commit("3"))
        #expect(bytes == Array("on: push\n".utf8))
        #expect(stage.lines == ["GET /repos/acme/app/contents/\(path)?ref=\(sha("3"))"])
        #expect(
            stage.github.requests.first?.header("Accept") == "application/vnd.github.raw+json")
        #expect(try await stage.host.file(at: "a", of: commit("1")) == Array("1".utf8))
        #expect(try await stage.host.file(at: "a", of: commit("2")) == Array("2".utf8))
    }

    @Test("An empty file is a file")
    func empty() async throws {
        let stage = try stage()
        stage.github.commit(sha("6"), files: ["e": ""])
        #expect(try await stage.host.file(at: "e", of: commit("6")) == [])
    }

    @Test("Signs in a path are escaped, its slashes are not")
    func escaped() async throws {
        let stage = try stage()
        stage.github.commit(sha("6"), files: ["d e/ü#?&%20+.yml": "x"])
        let bytes = try await stage.host.file(at: "d e/ü#?&%20+.yml", of: commit("6"))
        #expect(bytes == Array("x".utf8))
        #expect(
            stage.lines.first?.contains("/contents/d%20e/%C3%BC%23%3F%26%2520%2B.yml?ref=") == true)
    }

    @Test("No such file is said only of a commit that can be seen")
    func absent() async throws {
        let stage = try stage()
        #expect(try await stage.host.file(at: "nowhere.yml", of: commit("3")) == nil)
        #expect(stage.lines.last == "GET /repos/acme/app/commits/\(sha("3"))")
        #expect(stage.lines.count == 2)

        let unknown = await failure { try await stage.host.file(at: "a", of: commit("8")) }
        #expect(unknown?.code == .missing)
        let stranger = try Stage(repository: "acme/other")
        let invisible = await failure { try await stranger.host.file(at: "a", of: commit("3")) }
        #expect(invisible?.code == .missing)
        stage.github.fault(.error(500, "oops"), on: "commits/")
        let failed = await failure { try await stage.host.file(at: "nowhere", of: commit("3")) }
        #expect(failed?.code == .serverFailed)
    }

    @Test("A file of 1 MiB is read, one of 2 MB is not")
    func large() async throws {
        let stage = try stage()
        let most = String(repeating: "x", count: Limits.workflowBytesMax)
        stage.github.commit(
            sha("6"), files: ["fits": most, "more": most + "x", "most": most + most])
        #expect(
            try await stage.host.file(at: "fits", of: commit("6"))?.count
                == Limits.workflowBytesMax)
        for path in ["more", "most"] {
            let failed = await failure { try await stage.host.file(at: path, of: commit("6")) }
            #expect(failed?.code == .tooLarge)
        }
    }

    @Test("A folder is not a file, and not absent either")
    func folder() async throws {
        let stage = try stage()
        let failed = await failure { try await stage.host.file(at: ".github", of: commit("3")) }
        #expect(failed?.code == .unsupported)
        #expect(failed?.detail == "it is a folder, a submodule or a broken link")
    }

    @Test(
        "What is no path from the root is not asked for",
        arguments: ["", "/a", "a/", "a//b", "../a", "a/./b"])
    func noPath(path: String) async throws {
        let stage = try stage()
        let failed = await failure { try await stage.host.file(at: path, of: commit("3")) }
        #expect(failed?.code == .unsupported)
        #expect(stage.lines.isEmpty)
    }

    @Test(
        "Other answers are neither a file nor its absence",
        arguments: [
            (GitHubFault.html(), PortFailure.Code.garbled), (.html(404), .serverFailed),
            (.error(500, "oops"), .serverFailed), (.error(403, "Forbidden"), .denied),
            (.answer(.json("{\"type\":\"submodule\"}")), .unsupported),
            (.answer(CannedResponse(status: 200)), .garbled),
            (
                .answer(
                    CannedResponse(
                        status: 200, contentType: "application/vnd.github.object+json",
                        text: "{}")),
                .garbled
            ),
            (.answer(CannedResponse(status: 204)), .garbled),
            (.answer(CannedResponse(status: 304)), .garbled), (.dropped, .unreachable),
        ])
    func errors(fault: GitHubFault, code: PortFailure.Code) async throws {
        let stage = try stage()
        stage.github.fault(fault, on: "contents")
        stage.github.fault(.error(500, "oops"), on: "commits/")
        let failed = await failure { try await stage.host.file(at: "a", of: commit("3")) }
        #expect(failed?.code == code)
    }

    @Test("A missing permission is named")
    func denied() async throws {
        let stage = try stage()
        stage.github.revoke("contents")
        let failed = await failure { try await stage.host.file(at: "a", of: commit("3")) }
        #expect(failed?.code == .denied)
        #expect(failed?.advice?.contains("contents: read") == true)
    }
}
