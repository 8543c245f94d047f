import FoundationEssentials
import PawlCore
import PawlGit
import PawlPorts
import PawlTesting
import Testing

@Suite("A clone tells how commits stand to each other")
struct GitHistoryTests {
    private let main: BranchName

    init() throws { main = try BranchName("main") }

    @Test("it keeps the contract of a history")
    func contract() async throws {
        let clone = try await GitFixture.repository()
        var ids: [String: CommitID] = [:]
        for commit in HistoryContract.commits {
            ids[commit.name] = try await clone.commit(
                commit.name, files: commit.files,
                parents: commit.parents.compactMap { ids[$0] })
        }
        for branch in HistoryContract.branches {
            let commit = try #require(ids[branch.commit])
            try await clone.point("refs/heads/\(branch.name)", at: commit)
        }
        #expect(await HistoryContract(clone.history(), ids: ids).breaches() == [])
    }

    @Test("a subject that answers wrongly breaks the contract")
    func contractHasTeeth() async throws {
        let clone = try await GitFixture.repository()
        let line = try await clone.line("1", "2", "3", "4", "5", "6", "7", "8")
        try await clone.point("refs/heads/main", at: line[7])
        let names = HistoryContract.commits.map(\.name)
        let ids = Dictionary(zip(names, line), uniquingKeysWith: { first, _ in first })
        let breaches = await HistoryContract(clone.history(), ids: ids).breaches()
        #expect(breaches.contains("b from side: behind, not diverged"))
        #expect(breaches.contains("x on main: onBranch, not elsewhere"))
        #expect(breaches.contains("log of main: the tip is not first"))
        #expect(breaches.contains("changes from a to b: [], whole, not [\"src/app.swift\"], whole"))
        #expect(breaches.contains("x.txt at x: no such file, not \"x\n\""))
    }

    @Test("histories without a common root diverge")
    func unrelated() async throws {
        let clone = try await GitFixture.repository()
        let one = try await clone.commit("one")
        let other = try await clone.commit("other")
        try await clone.point("refs/heads/main", at: one)
        let history = clone.history()
        #expect(try await history.ancestry(of: other, from: one) == .diverged)
        #expect(try await history.position(of: other, on: main) == .elsewhere)
    }

    @Test("what others can see counts: the fetched branch goes before the clone's own")
    func fetchedBranch() async throws {
        let clone = try await GitFixture.repository()
        let line = try await clone.line("pushed", "not pushed yet")
        try await clone.point("refs/heads/main", at: line[1])
        let history = clone.history()
        #expect(try await history.log(of: main).tip == line[1])

        try await clone.point("refs/remotes/origin/main", at: line[0])
        #expect(try await history.log(of: main).tip == line[0])
        #expect(try await history.position(of: line[1], on: main) == .elsewhere)
    }

    @Test("a commit that a forced push took away is there, but not on the branch")
    func forcedPush() async throws {
        let clone = try await GitFixture.repository()
        let line = try await clone.line("root", "old")
        try await clone.point("refs/heads/main", at: line[1])
        let new = try await clone.commit("new", parents: [line[0]])
        try await clone.point("refs/heads/main", at: new)
        let history = clone.history()
        #expect(try await history.resolve(.full(line[1])) == line[1])
        #expect(try await history.position(of: line[1], on: main) == .elsewhere)
        #expect(try await history.ancestry(of: new, from: line[1]) == .diverged)
        #expect(try await history.log(of: main).shows(line[1]) == false)
    }

    @Test("the log has a hundred commits with times, and says nothing of what lies beyond")
    func longLog() async throws {
        let clone = try await GitFixture.repository()
        var stream = ""
        for number in 1...150 {
            stream += "commit refs/heads/main\nmark :\(number)\n"
            stream += "committer Ada <ada@example.org> \(1_700_000_000 + number) +0000\n"
            stream += "data 1\nx\n" + (number == 1 ? "" : "from :\(number - 1)\n") + "\n"
        }
        try await clone.git("fast-import", "--quiet", input: stream)
        let graph = try await clone.history().log(of: main)
        #expect(graph.commits.count == 100)
        let tip = try #require(graph.commits.first)
        #expect(tip.committedAt == Instant(millisecondsSinceEpoch: 1_700_000_150_000))
        let root = try CommitID(try await clone.git("rev-list", "--max-parents=0", "main"))
        #expect(graph.ancestry(of: tip.id, from: root) == nil)
        #expect(graph.ancestry(of: tip.id, from: graph.commits[99].id) == .ahead)
    }

    @Test("a child stands before its parents, whatever the clocks said")
    func skewedClocks() async throws {
        let clone = try await GitFixture.repository()
        // By dates git shows `early` last, although `late` and `root` are its ancestors.
        let root = try await clone.commit("root")
        let late = try CommitID(try await committed(in: clone, at: 1_900_000_000, parents: [root]))
        let early = try CommitID(try await committed(in: clone, at: 1_600_000_000, parents: [late]))
        let tip = try CommitID(
            try await committed(in: clone, at: 1_950_000_000, parents: [late, early]))
        try await clone.point("refs/heads/main", at: tip)
        let plain = try await clone.git("rev-list", "main").split(separator: "\n").map(String.init)
        #expect(plain == [tip, late, root, early].map(\.hex))

        let graph = try await clone.history().log(of: main)
        #expect(graph.commits.map(\.id) == [tip, early, late, root])
        #expect(graph.commits.map(\.parents) == [[late, early], [late], [root], []])
    }

    private func committed(
        in clone: GitFixture, at seconds: Int, parents: [CommitID]
    ) async throws -> String {
        let tree = try await clone.git(["hash-object", "-w", "-t", "tree", "--stdin"])
        return try await clone.git(
            ["commit-tree", tree] + parents.flatMap { ["-p", $0.hex] } + ["-m", "x"],
            dated: "\(seconds) +0000")
    }

    @Test(
        "branches with odd names are found",
        arguments: [
            "release/1.2", "a'b\"c", "äöü", "x;rm,-rf$IFS", "h--help", "$(id)", "a&b|c", "🚀",
            "feature/#1", "HEAD",
        ])
    func oddBranch(name: String) async throws {
        let clone = try await GitFixture.repository()
        let commit = try await clone.commit("one")
        try await clone.point("refs/heads/\(name)", at: commit)
        #expect(try await clone.history().log(of: try BranchName(name)).tip == commit)
    }

    @Test("the remote's pointer HEAD is not taken for a branch")
    func remoteHead() async throws {
        let origin = try await GitFixture.repository()
        try await origin.point("refs/heads/main", at: try await origin.commit("one"))
        let clone = try await origin.cloned()
        #expect(try await clone.git("rev-parse", "refs/remotes/origin/HEAD") != "")
        let branch = try BranchName("HEAD")
        let failed = await failure { () throws(PortFailure) in
            _ = try await clone.history().log(of: branch)
        }
        #expect(failed?.code == .missing)
    }

    @Test(
        "a folder may be called anything",
        arguments: ["--upload-pack=touch pwned", "-C", "a b", "$(id)", "x\ny", "ä'\""])
    func oddFolder(name: String) async throws {
        let clone = try await GitFixture.repository(named: name)
        let commit = try await clone.commit("one")
        try await clone.point("refs/heads/main", at: commit)
        #expect(try await clone.history().log(of: main).tip == commit)
    }

    @Test("replaced and grafted parents do not change what is told")
    func replaced() async throws {
        let clone = try await GitFixture.repository()
        let line = try await clone.line("root", "a", "b")
        let foreign = try await clone.commit("foreign")
        try await clone.point("refs/heads/main", at: line[2])
        try await clone.git("replace", "--graft", line[2].hex, foreign.hex)
        try await clone.git(
            "config", "advice.graftFileDeprecated", "false")
        let history = clone.history()
        #expect(try await clone.git("rev-parse", "main^") == foreign.hex)
        #expect(try await history.ancestry(of: line[2], from: line[0]) == .ahead)
        #expect(try await history.log(of: main).commits.map(\.id) == line.reversed())
    }

    @Test("settings of the clone start no program and change no answer")
    func hostileSettings() async throws {
        let clone = try await GitFixture.repository()
        let line = try await clone.line("root", "a")
        try await clone.point("refs/heads/main", at: line[1])
        for (key, value) in [
            ("core.fsmonitor", "touch \(clone.folder)/pwned"), ("log.showSignature", "true"),
            ("gpg.program", "\(clone.folder)/gpg"), ("core.pager", "touch \(clone.folder)/pwned"),
            ("core.alternateRefsCommand", "touch \(clone.folder)/pwned"),
            ("alias.rev-list", "!touch pwned"), ("core.abbrev", "4"), ("color.ui", "always"),
        ] {
            try await clone.git("config", key, value)
        }
        let history = clone.history()
        #expect(try await history.log(of: main).commits.map(\.id) == [line[1], line[0]])
        #expect(try await history.position(of: line[0], on: main) == .onBranch)
        #expect(!FileManager.default.fileExists(atPath: clone.folder + "/pwned"))
    }

    @Test("git's own variables in the environment do not point it elsewhere")
    func environment() async throws {
        let clone = try await GitFixture.repository()
        let commit = try await clone.commit("one")
        try await clone.point("refs/heads/main", at: commit)
        var environment = GitFixture.environment
        environment["GIT_DIR"] = "/nonexistent"
        environment["GIT_OBJECT_DIRECTORY"] = "/nonexistent"
        environment["GIT_CONFIG_PARAMETERS"] = "'core.bare=maybe'"
        #expect(try await clone.history(environment: environment).log(of: main).tip == commit)
    }
}
