import FoundationEssentials
import PawlCore
import PawlPorts
import PawlSQLite
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A temporary folder with room for a ledger; removed when the last reference goes.
final class Folder: Sendable {
    let path: String
    /// Where tests keep their ledger.
    var ledger: String { path + "/pawl.db" }

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("pawl-sqlite-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The names of what is in it.
    var names: Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
    }

    /// Copies the ledger with the files beside it that end in these, as another ledger.
    func copy(_ endings: String..., to name: String = "copy.db") throws -> String {
        for ending in [""] + endings {
            try FileManager.default.copyItem(
                atPath: ledger + ending, toPath: "\(path)/\(name)\(ending)")
        }
        return "\(path)/\(name)"
    }

    /// What another program would do to a database, with its own connection.
    func sql(_ statements: String..., at path: String? = nil) throws {
        let program = try OtherProgram(at: path ?? ledger)
        for statement in statements { try program.run(statement) }
    }
}

/// A clock that stands, and counts what was slept.
final class Sleeps: Sendable {
    private let total = Mutex(Duration.zero)
    var slept: Duration { total.withLock { $0 } }

    var clock: PawlPorts.Clock {
        PawlPorts.Clock(
            now: { Instant(millisecondsSinceEpoch: 0) },
            sleep: { duration in self.total.withLock { $0 += duration } })
    }
}

extension SQLiteLedger {
    /// Opens a ledger without waiting for anybody.
    static func opened(
        _ path: String, for use: Use = .writing
    ) async throws -> SQLiteLedger {
        try await SQLiteLedger(at: path, for: use, patience: .zero, clock: Sleeps().clock)
    }

    /// Adds a line after the newest one.
    @discardableResult
    func add(_ text: String, to key: ChannelKey) async throws -> LedgerLine? {
        let tip = try await tip(of: key)
        guard
            case .added(let line) = try await append(
                title: "a line", text: text, to: key, after: tip)
        else { return nil }
        return line
    }

    /// The texts of all lines, oldest first.
    func texts(of key: ChannelKey) async throws -> [String] {
        try await lines(of: key, before: nil, limit: 100_000).map(\.text).reversed()
    }
}

/// What opening a ledger fails with.
func refusal(of path: String, for use: SQLiteLedger.Use) async -> PortFailure? {
    do throws(PortFailure) {
        _ = try await SQLiteLedger(
            at: path, for: use, patience: .zero, clock: Sleeps().clock)
        return nil
    } catch {
        return error
    }
}

/// What asking fails with.
func failure(_ ask: () async throws -> Void) async throws -> PortFailure? {
    do {
        try await ask()
        return nil
    } catch let failure as PortFailure {
        return failure
    }
}

/// A channel of a repository.
func key(_ channel: String, of repository: String = "acme/app") throws -> ChannelKey {
    ChannelKey(
        host: "github.com", repository: try CodeRepository(repository),
        channel: try Channel.Name(channel))
}
