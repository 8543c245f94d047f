import PawlCore
import PawlGitHub
import PawlLoopback
import Testing

/// `1 ← 2 ← 3 (main)`, `1 ← 4 (side)`, and `9` with no common history.
private func branched() throws -> Stage {
    let stage = try Stage()
    stage.github.commit(sha("1"))
    stage.github.commit(sha("2"), parents: [sha("1")])
    stage.github.commit(sha("3"), parents: [sha("2")])
    stage.github.commit(sha("4"), parents: [sha("1")])
    stage.github.commit(sha("9"))
    stage.github.branch("main", at: sha("3"))
    stage.github.branch("side", at: sha("4"))
    stage.github.branch("orphan", at: sha("9"))
    return stage
}

@Suite("The log of a branch")
struct LogTests {
    @Test("One page, tip first, with parents and times")
    func page() async throws {
        let stage = try branched()
        stage.github.commit(sha("5"), parents: [sha("3"), sha("4")])
        stage.github.branch("main", at: sha("5"))
        let log = try await stage.host.log(of: BranchName("main"))
        #expect(log.commits.map(\.id.hex) == ["5", "4", "3", "2", "1"].map(sha))
        #expect(log.commits.first?.parents.map(\.hex) == [sha("3"), sha("4")])
        #expect(log.commits.last?.parents == [])
        #expect(log.commits.last?.committedAt == GitHubDouble.beginning + .seconds(60))
        #expect(stage.lines == ["GET /repos/acme/app/commits?sha=main&per_page=100"])
        #expect(try log.ancestry(of: commit("5"), from: commit("4")) == .ahead)
    }

    @Test("A long branch gives its newest hundred")
    func long() async throws {
        let stage = try Stage()
        let ids = (1...150).map { number in sha("abc\(1000 + number)") }
        stage.github.setHistory(
            branch: "main",
            commits: ids.indices.reversed().map { place in
                (sha: ids[place], parents: place == 0 ? [] : [ids[place - 1]])
            })
        let log = try await stage.host.log(of: BranchName("main"))
        #expect(log.commits.count == 100)
        #expect(log.tip?.hex == ids.last)
        #expect(stage.lines.count == 1)
    }

    @Test("A branch with slashes and signs is escaped")
    func escapedBranch() async throws {
        let stage = try branched()
        stage.github.branch("release/1.2+#&%é", at: sha("2"))
        let log = try await stage.host.log(of: BranchName("release/1.2+#&%é"))
        #expect(log.tip?.hex == sha("2"))
        #expect(stage.lines.first?.contains("sha=release%2F1.2%2B%23%26%25%C3%A9&") == true)
    }

    @Test("A branch that is not there and an empty repository are missing, in words")
    func missing() async throws {
        let stage = try branched()
        let gone = await failure { try await stage.host.log(of: BranchName("gone")) }
        #expect(gone?.code == .missing)
        #expect(gone?.detail.contains("no branch gone") == true)
        let empty = try Stage()
        let failure = await failure { try await empty.host.log(of: BranchName("main")) }
        #expect(failure?.code == .missing)
        #expect(failure?.detail == "acme/app is empty")
    }

    @Test(
        "Ids that are none, and an empty log, are garbled; SHA-256 ids are named as such",
        arguments: [
            ("\"sha\":\"\(sha("3"))\"", "\"sha\":\"3\"", PortFailure.Code.garbled),
            ("\"sha\":\"\(sha("2"))\",\"url\"", "\"sha\":\"main\",\"url\"", .garbled),
            ("\"parents\":", "\"p\":", .garbled),
            (
                "\"sha\":\"\(sha("3"))\"",
                "\"sha\":\"\(String(repeating: "a", count: 64))\"", .unsupported
            ),
        ])
    func badIDs(old: String, new: String, code: PortFailure.Code) async throws {
        let stage = try branched()
        stage.github.fault(.changed { $0.replacing(old, new) }, on: "commits")
        #expect(await failure { try await stage.host.log(of: BranchName("main")) }?.code == code)
    }

    @Test("An empty log of a branch is garbled")
    func emptyLog() async throws {
        let stage = try branched()
        stage.github.fault(.answer(.json("[]")), on: "commits")
        let failure = await failure { try await stage.host.log(of: BranchName("main")) }
        #expect(failure?.code == .garbled)
    }
}

@Suite("How commits stand to each other")
struct CompareTests {
    @Test(
        "GitHub's four words",
        arguments: [
            ("3", "1", Ancestry.ahead), ("1", "3", .behind), ("3", "4", .diverged),
            ("2", "2", .identical),
        ])
    func words(of: String, from: String, expected: Ancestry) async throws {
        let stage = try branched()
        #expect(try await stage.host.ancestry(of: commit(of), from: commit(from)) == expected)
        #expect(
            stage.lines == [
                "GET /repos/acme/app/compare/\(sha(from))...\(sha(of))?per_page=1&page=1"
            ])
    }

    @Test("No common ancestor is GitHub's word for diverged, though its status is 404")
    func unrelated() async throws {
        let stage = try branched()
        #expect(try await stage.host.ancestry(of: commit("9"), from: commit("1")) == .diverged)
        #expect(
            try await stage.host.position(of: commit("9"), on: BranchName("main")) == .elsewhere)
    }

    @Test(
        "Any other error is no answer about ancestry",
        arguments: [
            (GitHubFault.error(404, "Not Found"), PortFailure.Code.missing),
            (.error(404, ""), .missing), (.html(404), .missing),
            (.error(422, "Validation Failed"), .garbled),
            (
                .error(500, "Server Error: Sorry, this diff is taking too long to generate."),
                .serverFailed
            ),
            (.error(503, "Service Unavailable"), .serverFailed), (.html(502), .serverFailed),
            (.answer(.json("{\"status\":\"No common ancestor\"}", status: 404)), .missing),
            (.dropped, .unreachable), (.silent, .timedOut), (.truncated, .garbled),
        ])
    func errors(fault: GitHubFault, code: PortFailure.Code) async throws {
        let stage = try branched()
        stage.github.fault(fault, on: "compare")
        #expect(
            await failure { try await stage.host.ancestry(of: commit("3"), from: commit("1")) }?
                .code == code)
        #expect(
            await failure {
                try await stage.host.position(of: commit("1"), on: BranchName("main"))
            }?.code == code)
    }

    @Test("A commit that GitHub does not know is missing, and never diverged")
    func unknown() async throws {
        let stage = try branched()
        #expect(
            await failure { try await stage.host.ancestry(of: commit("3"), from: commit("8")) }?
                .code == .missing)
        #expect(
            await failure {
                try await stage.host.position(of: commit("3"), on: BranchName("gone"))
            }?.code == .missing)
    }

    @Test(
        "An unknown word, or one that the counts or the base contradict, is garbled",
        arguments: [
            ("\"status\":\"ahead\"", "\"status\":\"forward\""),
            ("\"status\":\"ahead\"", "\"status\":\"AHEAD\""),
            ("\"status\":\"ahead\"", "\"status\":null"),
            ("\"status\":\"ahead\"", "\"status\":\"behind\""),
            ("\"status\":\"ahead\"", "\"status\":\"identical\""),
            ("\"status\":\"ahead\"", "\"status\":\"diverged\""),
            ("\"behind_by\":0", "\"behind_by\":4"), ("\"ahead_by\":2", "\"ahead_by\":0"),
            ("\"base_commit\":", "\"b\":"), (sha("1"), sha("7")),
        ])
    func contradictions(old: String, new: String) async throws {
        let stage = try branched()
        stage.github.fault(.changed { $0.replacing(old, new) }, on: "compare")
        #expect(
            await failure { try await stage.host.ancestry(of: commit("3"), from: commit("1")) }?
                .code == .garbled)
    }

    @Test(
        "On the branch are its tip and its ancestors alone",
        arguments: [
            ("3", "main", Facts.Position.onBranch), ("1", "main", .onBranch),
            ("4", "main", .elsewhere), ("3", "side", .elsewhere),
        ])
    func position(of: String, branch: String, expected: Facts.Position) async throws {
        let stage = try branched()
        #expect(
            try await stage.host.position(of: commit(of), on: BranchName(branch)) == expected)
        #expect(
            stage.lines == ["GET /repos/acme/app/compare/\(sha(of))...\(branch)?per_page=1"])
    }

    @Test("A branch with a slash stays one segment of the path")
    func slash() async throws {
        let stage = try branched()
        stage.github.branch("release/1.2", at: sha("2"))
        #expect(
            try await stage.host.position(of: commit("1"), on: BranchName("release/1.2"))
                == .onBranch)
        #expect(stage.lines.first?.contains("...release%2F1.2?") == true)
    }
}

@Suite("Resolving the name of a commit")
struct ResolveTests {
    @Test("A short and a full name give the full id")
    func resolve() async throws {
        let stage = try branched()
        stage.github.commit(sha("1a2b3c4d"), parents: [sha("3")])
        #expect(
            try await stage.host.resolve(CommitName("1a2b3c4"))?.hex == sha("1a2b3c4d"))
        #expect(try await stage.host.resolve(.full(commit("3")))?.hex == sha("3"))
        #expect(stage.lines.first == "GET /repos/acme/app/commits/1a2b3c4")
        #expect(stage.github.requests[0].header("Accept") == "application/vnd.github.sha")
    }

    @Test("A name that GitHub says no commit has is nil")
    func none() async throws {
        let stage = try branched()
        #expect(try await stage.host.resolve(CommitName("1a2b3c4")) == nil)
        #expect(try await stage.host.resolve(.full(commit("8"))) == nil)
    }

    @Test("Two commits that begin alike are ambiguous, whatever status says so")
    func ambiguous() async throws {
        let stage = try branched()
        stage.github.commit(sha("1a2b3c4d"))
        stage.github.commit(sha("1a2b3c4e"))
        let failed = await failure { try await stage.host.resolve(CommitName("1a2b3c4")) }
        #expect(failed?.code == .ambiguous)
        stage.github.fault(.error(409, "Short SHA1 1a2b3c4 is ambiguous."), on: "commits")
        let conflict = await failure { try await stage.host.resolve(CommitName("1a2b3c4")) }
        #expect(conflict?.code == .ambiguous)
    }

    @Test("A branch that is called like the digits does not stand in for a commit")
    func branchName() async throws {
        let stage = try branched()
        stage.github.branch("deadbee", at: sha("3"))
        let failed = await failure { try await stage.host.resolve(CommitName("deadbee")) }
        #expect(failed?.code == .garbled)
    }

    @Test(
        "No usable answer is never nil",
        arguments: [
            (GitHubFault.error(404, "Not Found"), PortFailure.Code.missing),
            (.error(409, "Git Repository is empty."), .missing),
            (.error(422, "Validation Failed"), .garbled),
            (.error(500, "oops"), .serverFailed), (.html(), .garbled),
            (.answer(CannedResponse(status: 200)), .garbled),
            (.answer(CannedResponse(status: 204)), .garbled),
            (.answer(.json("{\"sha\":\"\(sha("1a2b3c4"))\"}")), .garbled),
            (.truncated, .garbled),
        ])
    func unusable(fault: GitHubFault, code: PortFailure.Code) async throws {
        let stage = try branched()
        stage.github.commit(sha("1a2b3c4d"))
        stage.github.fault(fault, on: "commits")
        let failed = await failure { try await stage.host.resolve(CommitName("1a2b3c4")) }
        #expect(failed?.code == code)
    }
}
