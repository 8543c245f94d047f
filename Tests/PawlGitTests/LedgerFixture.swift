import FoundationEssentials
import PawlCore
import PawlGit
import PawlPorts
import PawlTesting
import Subprocess

/// A bare remote and a clone of it, which knows it as `origin`.
struct LedgerFixture: Sendable {
    let remote: GitFixture
    let clone: GitFixture

    static let latest = LedgerContract.latest
    static let ref = "refs/pawl/latest"

    /// The time of every test; nobody's git is too late, and pauses are over at once.
    static let clock = PawlPorts.Clock(
        now: { ManualClock.start },
        sleep: { duration throws(CancellationError) in
            if duration >= Limits.requestTimeout { try await GitFixture.patience.sleep(duration) }
        })

    /// An empty remote.
    init() async throws {
        remote = try GitFixture.emptyFolder(named: "remote.git")
        try await remote.git("init", "--quiet", "--bare", "--initial-branch=main")
        clone = try await GitFixture.repository()
        try await clone.git("remote", "add", "origin", "file://" + remote.folder)
    }

    /// A ledger as one process has it.
    func ledger(
        _ name: String = "origin", from folder: String? = nil,
        environment: [String: String] = GitFixture.environment, clock: PawlPorts.Clock = clock,
        timeLimit: Duration = Limits.requestTimeout
    ) -> GitLedger {
        GitLedger(
            remote: name, clone: folder ?? clone.folder, environment: environment, clock: clock,
            timeLimit: timeLimit)
    }

    /// The commit that the ref is at.
    func tip(_ ref: String = ref) async throws -> String {
        try await remote.git("rev-parse", ref)
    }

    /// A line that is added for sure.
    func add(
        _ text: String, to ledger: GitLedger, after tip: LedgerLine?, title: String = "a line"
    ) async throws -> LedgerLine {
        let answer = try await ledger.append(
            title: title, text: text, to: Self.latest, after: tip)
        guard case .added(let line) = answer else {
            throw GitFixture.Failed(description: "\(text) was not added: \(answer)")
        }
        return line
    }

    /// Lines `1` to `count`, oldest first.
    func fill(_ count: Int) async throws -> [LedgerLine] {
        let ledger = ledger()
        var lines: [LedgerLine] = []
        for number in 1...count {
            lines.append(try await add("{\"n\":\(number)}", to: ledger, after: lines.last))
        }
        return lines
    }

    /// A path in the remote's folder.
    func path(_ name: String) -> String { remote.folder + "/" + name }

    /// The file of an object of the remote that is not packed.
    func object(_ id: String) -> String {
        path("objects/\(id.prefix(2))/\(id.dropFirst(2))")
    }

    /// A program as the remote's hook.
    func hook(_ name: String, _ script: String) throws {
        let hooks = path("hooks")
        try FileManager.default.createDirectory(
            atPath: hooks, withIntermediateDirectories: true)
        try Self.program(hooks + "/" + name, script)
    }

    /// Writes a shell script that can be run.
    static func program(_ path: String, _ script: String) throws {
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    /// The environment of who finds another git first, which tells what it was asked in `log`.
    func countedGit(_ log: String) throws -> [String: String] {
        let folder = path("bin")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let search = GitFixture.environment["PATH"] ?? ""
        try Self.program(
            folder + "/git",
            """
            for word; do
                case "$word" in
                init|config|rev-parse|fetch|push|ls-remote|cat-file|hash-object|mktree|rev-list|\\
            merge-base)
                    echo "$word" >> '\(log)'; break ;;
                esac
            done
            PATH='\(search)' exec git "$@"
            """)
        return GitFixture.environment.merging(["PATH": folder + ":" + search]) { _, new in new }
    }

    /// Every file below a folder with its contents.
    static func contents(_ folder: String) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            found[name] = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
        }
        return found
    }
}
