import FoundationEssentials
import PawlCore
import PawlGit
import PawlPorts
import Testing

@Suite("Where a clone cannot tell, it says why and what to do")
struct GitFailureTests {
    private let main: BranchName
    private let unknown: CommitID

    init() throws {
        main = try BranchName("main")
        unknown = try CommitID("0123456789abcdef0123456789abcdef01234567")
    }

    /// A repository with a line of five commits, and a shallow clone of its newest two.
    private func shallow() async throws -> (line: [CommitID], clone: GitFixture) {
        let origin = try await GitFixture.repository()
        let line = try await origin.line("1", "2", "3", "4", "5")
        try await origin.point("refs/heads/main", at: line[4])
        return (line, try await origin.cloned("--depth=2"))
    }

    @Test("a shallow clone proves, but rules nothing out")
    func shallowAncestry() async throws {
        let (line, clone) = try await shallow()
        let history = clone.history()
        #expect(try await history.ancestry(of: line[4], from: line[3]) == .ahead)
        #expect(try await history.ancestry(of: line[3], from: line[4]) == .behind)
        #expect(try await history.position(of: line[3], on: main) == .onBranch)
        #expect(try await history.resolve(.full(line[3])) == line[3])

        let orphan = try await clone.commit("orphan")
        let asked: [(String, PortFailure?)] = [
            (
                "ancestry",
                await failure { () throws(PortFailure) in
                    _ = try await history.ancestry(of: line[4], from: orphan)
                }
            ),
            (
                "ancestry of what was cut off",
                await failure { () throws(PortFailure) in
                    _ = try await history.ancestry(of: line[4], from: line[0])
                }
            ),
            (
                "position",
                await failure { () throws(PortFailure) in
                    _ = try await history.position(of: orphan, on: main)
                }
            ),
            (
                "position of what was cut off",
                await failure { () throws(PortFailure) in
                    _ = try await history.position(of: line[0], on: main)
                }
            ),
            (
                "resolution",
                await failure { () throws(PortFailure) in
                    _ = try await history.resolve(.full(line[0]))
                }
            ),
            (
                "short resolution",
                await failure { () throws(PortFailure) in
                    _ = try await history.resolve(.short(line[0].short))
                }
            ),
        ]
        for (question, failed) in asked {
            #expect(
                failed?.advice == "Fetch the whole history (git fetch --unshallow).",
                "\(question)")
        }
    }

    @Test("the commit where a shallow clone was cut keeps its parents in the log")
    func shallowLog() async throws {
        let (line, clone) = try await shallow()
        #expect(try await clone.git("rev-list", "--parents", "-1", line[3].hex) == line[3].hex)
        let graph = try await clone.history().log(of: main)
        #expect(graph.commits.map(\.id) == [line[4], line[3]])
        #expect(graph.commits.map(\.parents) == [[line[3]], [line[2]]])
        #expect(graph.ancestry(of: line[4], from: line[0]) == nil)
        #expect(graph.ancestry(of: line[4], from: unknown) == nil)
    }

    @Test("a clone of depth one still shows its tip")
    func depthOne() async throws {
        let origin = try await GitFixture.repository()
        let line = try await origin.line("1", "2")
        try await origin.point("refs/heads/main", at: line[1])
        let clone = try await origin.cloned("--depth=1")
        let graph = try await clone.history().log(of: main)
        #expect(graph.tip == line[1])
        #expect(graph.ancestry(of: line[1], from: unknown) == nil)
    }

    @Test("a commit that was not fetched is no answer about ancestry")
    func notFetched() async throws {
        let clone = try await GitFixture.repository()
        let commit = try await clone.commit("one")
        try await clone.point("refs/heads/main", at: commit)
        let history = clone.history()
        for failed in [
            await failure { () throws(PortFailure) in
                _ = try await history.ancestry(of: commit, from: unknown)
            },
            await failure { () throws(PortFailure) in
                _ = try await history.ancestry(of: unknown, from: commit)
            },
            await failure { () throws(PortFailure) in
                _ = try await history.position(of: unknown, on: main)
            },
        ] {
            #expect(failed?.code == .missing)
            #expect(failed?.detail.hasPrefix("the clone lacks a commit that is needed") == true)
            #expect(failed?.advice == "Fetch it (git fetch origin).")
        }
    }

    @Test("a history with a hole in it is unreadable, not short")
    func hole() async throws {
        let clone = try await GitFixture.repository()
        let line = try await clone.line("1", "2", "3", "4")
        let other = try await clone.commit("other")
        try await clone.point("refs/heads/main", at: line[3])
        let hex = line[1].hex
        try FileManager.default.removeItem(
            atPath: clone.folder + "/.git/objects/\(hex.prefix(2))/\(hex.dropFirst(2))")
        let history = clone.history()
        let position = await failure { () throws(PortFailure) in
            _ = try await history.position(of: other, on: main)
        }
        let said = "error: Could not read \(hex)"
        #expect(position?.detail == "git ended with status 1 and said: \(said)")
        let ancestry = await failure { () throws(PortFailure) in
            _ = try await history.ancestry(of: line[3], from: line[0])
        }
        #expect(ancestry?.detail.hasPrefix("git ended with status 1 and said: \(said)") == true)
        let log = await failure { () throws(PortFailure) in _ = try await history.log(of: main) }
        #expect(log?.detail.hasPrefix("git ended with status 128 and said: \(said)") == true)
    }

    @Test("a partial clone is asked for what it has, and fetches nothing")
    func partialClone() async throws {
        let origin = try await GitFixture.repository()
        let line = try await origin.line("1", "2")
        try await origin.point("refs/heads/main", at: line[1])
        try await origin.git("config", "uploadpack.allowFilter", "true")
        try await origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
        let clone = try await origin.cloned("--filter=tree:0", "--no-checkout")
        #expect(try await clone.git("config", "remote.origin.promisor") == "true")
        let history = clone.history()
        #expect(try await history.ancestry(of: line[1], from: line[0]) == .ahead)

        let later = try await origin.commit("later", parents: [line[1]])
        try await origin.point("refs/heads/main", at: later)
        let failed = await failure { () throws(PortFailure) in
            _ = try await history.ancestry(of: later, from: line[0])
        }
        #expect(failed?.code == .missing)
        #expect(try await history.log(of: main).tip == line[1])
    }

    @Test("a folder that is no clone, or is not there")
    func noRepository() async throws {
        let folder = try GitFixture.emptyFolder()
        let noClone = await failure { () throws(PortFailure) in
            _ = try await folder.history().log(of: main)
        }
        #expect(noClone?.code == .missing)
        #expect(noClone?.detail == "\(folder.folder) is not in a git repository")
        #expect(noClone?.advice == "Run pawl in a clone of the repository.")

        try FileManager.default.removeItem(atPath: folder.folder)
        let gone = await failure { () throws(PortFailure) in
            _ = try await folder.history().log(of: main)
        }
        #expect(gone?.detail == "the folder \(folder.folder) cannot be entered")
    }

    @Test("a branch that the clone does not have")
    func noBranch() async throws {
        let clone = try await GitFixture.repository()
        let commit = try await clone.commit("one")
        let branch = try BranchName("release/9")
        for failed in [
            await failure { () throws(PortFailure) in
                _ = try await clone.history().log(of: branch)
            },
            await failure { () throws(PortFailure) in
                _ = try await clone.history().position(of: commit, on: branch)
            },
        ] {
            #expect(failed?.code == .missing)
            #expect(failed?.detail == "the clone has no branch release/9, fetched or its own")
        }
    }

    @Test("a ref that git cannot read is not one that is absent")
    func brokenRef() async throws {
        let clone = try await GitFixture.repository()
        try await clone.point("refs/heads/main", at: try await clone.commit("one"))
        let remote = clone.folder + "/.git/refs/remotes/origin"
        try FileManager.default.createDirectory(
            atPath: remote, withIntermediateDirectories: true)
        try Data("garbage\n".utf8).write(to: URL(filePath: remote + "/main"))
        let failed = await failure { () throws(PortFailure) in
            _ = try await clone.history().log(of: main)
        }
        #expect(failed?.code == .garbled)
    }

    @Test("without git on the PATH it says so")
    func noGit() async throws {
        let clone = try await GitFixture.repository()
        var environment = GitFixture.environment
        environment["PATH"] = clone.folder
        let failed = await failure { () throws(PortFailure) in
            _ = try await clone.history(environment: environment).log(of: main)
        }
        #expect(failed?.code == .missing)
        #expect(failed?.detail == "there is no git command on the PATH")
        #expect(failed?.advice == "Install git, or name its folder in PATH.")
    }

    @Test("a git that does not answer is ended at the time limit")
    func hangingGit() async throws {
        let clone = try await GitFixture.repository()
        try clone.replaceGit("exec /bin/sleep 1000")
        let impatient = PawlPorts.Clock(
            now: { Instant(millisecondsSinceEpoch: 0) },
            sleep: { _ throws(CancellationError) in })
        let failed = await failure { () throws(PortFailure) in
            _ = try await clone.history(environment: clone.ownPath, clock: impatient).log(of: main)
        }
        #expect(failed?.code == .timedOut)
    }

    @Test("a git that prints without end is stopped at the limit")
    func endlessGit() async throws {
        let clone = try await GitFixture.repository()
        try clone.replaceGit("exec /usr/bin/yes")
        let failed = await failure { () throws(PortFailure) in
            _ = try await clone.history(environment: clone.ownPath).log(of: main)
        }
        #expect(failed?.code == .tooLarge)
    }

    @Test("a repository with SHA-256 ids is refused in words")
    func sha256() async throws {
        let folder = try GitFixture.emptyFolder()
        try await folder.git("init", "--quiet", "--object-format=sha256", "--initial-branch=main")
        let tree = try await folder.git("hash-object", "-w", "-t", "tree", "--stdin")
        let id = try await folder.git("commit-tree", tree, "-m", "one")
        try await folder.git("update-ref", "refs/heads/main", id)
        let failed = await failure { () throws(PortFailure) in
            _ = try await folder.history().log(of: main)
        }
        #expect(failed?.code == .unsupported)
        #expect(
            failed?.detail == "the repository has SHA-256 ids, which Pawl does not handle yet")
    }
}
