import FoundationEssentials
import PawlLoopback
import Testing

/// Where a test's ledger is kept.
enum Kept: String, CaseIterable, CustomTestStringConvertible {
    /// One file.
    case sqlite
    /// A bare repository on this machine, by the git command.
    case gitRemote
    /// The repository at GitHub, by its API.
    case gitHub

    var testDescription: String { rawValue }
}

/// The world with a ledger, named by `PAWL_LEDGER` as a job's step names it.
struct LedgerWorld: Sendable {
    let world: ActionWorld
    let ledger: String

    /// Commits of the world, by their first digit but one.
    static let commits = ActionWorld.commits

    static func with<Value>(
        _ kept: Kept = .sqlite, _ work: (LedgerWorld) async throws -> Value
    ) async throws -> Value {
        try await ActionWorld.with { world in
            let ledger: String =
                switch kept {
                case .sqlite: "sqlite:\(world.folder.path(of: "ledger.db"))"
                case .gitRemote: "git:\(world.folder.path(of: "ledger.git"))"
                case .gitHub: "git"
                }
            let new = LedgerWorld(world: world, ledger: ledger)
            if kept == .gitRemote { try await new.git(["init", "--quiet", "--bare", bare]) }
            return try await work(new)
        }
    }

    static let bare = "ledger.git"

    /// Runs `pawl` with the ledger.
    func pawl(
        _ arguments: [String], _ changes: [String: String?] = [:]
    ) async throws -> Ran {
        try await world.pawl(
            arguments, ["PAWL_LEDGER": ledger].merging(changes) { _, given in given })
    }

    /// Runs a command that shall end well.
    func well(
        _ arguments: [String], _ changes: [String: String?] = [:],
        _ place: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let ran = try await pawl(arguments, changes)
        #expect(ran.status == 0, "\(arguments): \(ran)", sourceLocation: place)
        return ran.stdout
    }

    /// A step of `pawl action` with the ledger.
    func step(after run: GitHubRun, _ changes: [String: String?] = [:]) async throws -> ActionStep {
        try await world.step(
            after: run, ["PAWL_LEDGER": ledger].merging(changes) { _, given in given })
    }

    /// A step that a person dispatched, with what the workflow gives it of the inputs.
    func step(
        dispatched inputs: [(String, String)], _ changes: [String: String?] = [:]
    ) async throws -> ActionStep {
        var given: [String: String?] = ["PAWL_LEDGER": ledger]
        for (name, value) in inputs where name == "command" { given["PAWL_COMMAND"] = value }
        return try await world.step(
            dispatched: inputs, given.merging(changes) { _, given in given })
    }

    /// What somebody else's program does to the file.
    func sql(_ statement: String) async throws {
        let script =
            "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); "
            + "db.execute(sys.argv[2]); db.commit()"
        let ran = try await Binary(path: "python3").run(
            ["-c", script, world.folder.path(of: "ledger.db"), statement])
        guard ran.status == 0 else { throw Failed(ran: ran) }
    }

    @discardableResult
    func git(_ arguments: [String]) async throws -> String {
        let ran = try await Binary(path: "git").run(
            arguments,
            environment: [
                "HOME": world.folder.path, "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_AUTHOR_NAME": "Mona", "GIT_AUTHOR_EMAIL": "mona@example.com",
                "GIT_COMMITTER_NAME": "Mona", "GIT_COMMITTER_EMAIL": "mona@example.com",
            ], in: world.folder.path)
        guard ran.status == 0 else { throw Failed(ran: ran) }
        return ran.stdout
    }

    /// A tool of the test itself did not do its work.
    struct Failed: Error { let ran: Ran }

    /// The kinds of the entries, oldest first, as `history --json` tells them.
    func kinds() async throws -> [String] { try await entries().map(\.kind) }

    func entries() async throws -> [HistoryDocument.Entry] {
        try await history().entries.reversed()
    }

    func history() async throws -> HistoryDocument {
        let text = try await well(["history", "--json", "--limit", "1000"])
        return try JSONDecoder().decode(HistoryDocument.self, from: Data(text.utf8))
    }
}

/// The part of `history --json` that tests judge by.
struct HistoryDocument: Decodable {
    struct Entry: Decodable {
        let entry: Int
        let kind: String
        let actor: String
        let reason: String?
        let sha: String?
        let previous: String?
        let override: Bool?
        let hook: String?
    }

    let schema: Int
    let channel: String
    let whole: Bool
    let entries: [Entry]
}
