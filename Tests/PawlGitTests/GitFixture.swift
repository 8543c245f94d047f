import FoundationEssentials
import PawlCore
import PawlGit
import PawlPorts
import Subprocess
import Synchronization

/// A git repository in a temporary folder, whose commits have fixed authors and dates and which no
/// user's settings reach. Removed when the last reference goes.
final class GitFixture: Sendable {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// Search path and home are the process's own; git's settings are none.
    static let environment = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_CEILING_DIRECTORIES": FileManager.default.temporaryDirectory.path,
    ]

    /// A clock whose sleeps last until they are cancelled: git is never too late.
    static let patience = PawlPorts.Clock(
        now: { Instant(millisecondsSinceEpoch: 0) },
        sleep: { _ throws(CancellationError) in
            let (endless, end) = AsyncStream<Void>.makeStream()
            for await _ in endless {}
            withExtendedLifetime(end) {}
            throw CancellationError()
        })

    let folder: String
    private let parent: String
    private let seconds = Mutex<Int>(1_700_000_000)

    private init(parent: String, folder: String) {
        self.parent = parent
        self.folder = folder
    }

    deinit { try? FileManager.default.removeItem(atPath: parent) }

    /// A new folder that is no repository.
    static func emptyFolder(named name: String = "clone") throws -> GitFixture {
        let parent = FileManager.default.temporaryDirectory
            .appendingPathComponent("pawl-git-\(UUID().uuidString)").path
        let folder = parent + "/" + name
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        return GitFixture(parent: parent, folder: folder)
    }

    /// A new repository without commits.
    static func repository(named name: String = "clone") async throws -> GitFixture {
        let fixture = try emptyFolder(named: name)
        try await fixture.git("init", "--quiet", "--initial-branch=main")
        return fixture
    }

    /// A clone of this repository, by git's own transport so that `--depth` counts.
    func cloned(_ options: String...) async throws -> GitFixture {
        let fixture = try Self.emptyFolder()
        _ = try await git(["clone", "--quiet"] + options + ["file://" + folder, fixture.folder])
        return fixture
    }

    /// A history that looks into this folder, which stays as long as the history does.
    func history(
        environment: [String: String] = GitFixture.environment,
        clock: PawlPorts.Clock = GitFixture.patience
    ) -> GitHistory {
        let holding = PawlPorts.Clock(
            now: { withExtendedLifetime(self) { clock.now() } }, sleep: clock.sleep)
        return GitHistory(folder: folder, environment: environment, clock: holding)
    }

    /// A commit a minute after the one before, of the empty tree unless a tree is named.
    func commit(
        _ message: String, parents: [CommitID] = [], tree: String? = nil
    ) async throws -> CommitID {
        let empty = try await git(["hash-object", "-w", "-t", "tree", "--stdin"])
        let date = seconds.withLock { seconds in
            seconds += 60
            return "\(seconds) +0000"
        }
        let id = try await git(
            ["commit-tree", tree ?? empty] + parents.flatMap { ["-p", $0.hex] } + ["-m", message],
            dated: date)
        return try CommitID(id)
    }

    /// A commit of exactly these files.
    func commit(
        _ message: String, files: [String: String], parents: [CommitID] = []
    ) async throws -> CommitID {
        var entries: [Entry] = []
        for (path, text) in files {
            entries.append(Entry("100644", try await blob(text), Array(path.utf8)))
        }
        return try await commit(message, parents: parents, tree: try await tree(entries))
    }

    /// One entry of a tree, of any mode and any name.
    struct Entry {
        let mode: String
        let object: String
        let path: [UInt8]

        init(_ mode: String, _ object: String, _ path: [UInt8]) {
            self.mode = mode
            self.object = object
            self.path = path
        }

        init(_ mode: String, _ object: String, _ path: String) {
            self.init(mode, object, Array(path.utf8))
        }

        /// As `update-index --index-info` reads it, every byte of the name in octal.
        var line: String {
            let name = path.map { byte in
                let octal = String(byte, radix: 8)
                return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
            }
            return "\(mode) \(object)\t\"\(name.joined())\"\n"
        }
    }

    /// Stores a file's contents.
    func blob(_ text: String) async throws -> String {
        try await git("hash-object", "-w", "--stdin", input: text)
    }

    /// Stores a tree, with the trees in it.
    func tree(_ entries: [Entry]) async throws -> String {
        try await git("read-tree", "--empty")
        try await git("update-index", "--index-info", input: entries.map(\.line).joined())
        return try await git("write-tree", "--missing-ok")
    }

    /// A line of commits, oldest first.
    func line(_ messages: String..., from parent: CommitID? = nil) async throws -> [CommitID] {
        var line: [CommitID] = []
        for message in messages {
            let parents = (line.last ?? parent).map { [$0] } ?? []
            line.append(try await commit(message, parents: parents))
        }
        return line
    }

    /// Points a ref at a commit, whatever it pointed at before.
    func point(_ ref: String, at commit: CommitID) async throws {
        try await git("update-ref", ref, commit.hex)
    }

    /// Puts a shell script in the folder as another git, for who searches in `ownPath`.
    func replaceGit(_ script: String) throws {
        let program = folder + "/git"
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    }

    /// The environment of who searches for programs in this folder alone.
    var ownPath: [String: String] {
        Self.environment.merging(["PATH": folder]) { _, own in own }
    }

    @discardableResult
    func git(_ arguments: String..., input: String = "") async throws -> String {
        try await git(arguments, input: input)
    }

    /// Runs git in the folder; its output without the last line break.
    func git(
        _ arguments: [String], input: String = "", dated date: String = "1700000000 +0000"
    ) async throws -> String {
        var variables: [Environment.Key: String] = [
            "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date,
        ]
        for (name, value) in Self.environment {
            variables[Environment.Key(stringLiteral: name)] = value
        }
        let result = try await Subprocess.run(
            .name("git"), arguments: Arguments(["-C", folder] + arguments),
            environment: .custom(variables), input: .string(input),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            throw Failed(description: "git \(arguments): \(result.standardError)")
        }
        return String(result.standardOutput.split(separator: "\n").joined(separator: "\n"))
    }
}

/// The code of the failure that asking throws; `nil` if it answers.
func failure(_ ask: () async throws(PortFailure) -> Void) async -> PortFailure? {
    do throws(PortFailure) {
        try await ask()
        return nil
    } catch {
        return error
    }
}
