import Dispatch
import PawlCore
import Synchronization

/// One open connection to a ledger's file. What is asked of it is asked in a row, on a queue of its
/// own: SQLite waits for locks and disks, and threads that Swift's tasks share must not.
final class Connection: Sendable {
    /// Which file it is open on; the name may be another's meanwhile.
    let identity: LedgerFile.Identity
    private let database: Mutex<Database>
    private let queue = DispatchQueue(label: "pawl.ledger")

    /// How SQLite keeps a file. None of it is written into the file.
    private static let settings = [
        // An append is on the disk when it returns: fsync for each one. On Darwin fsync alone does
        // not reach the disk.
        "synchronous = FULL", "fullfsync = ON", "checkpoint_fullfsync = ON",
        // Checkpoints are the writer's, each time it has written; readers make none.
        "wal_autocheckpoint = 0",
        // A read error must be an error, and not a signal.
        "mmap_size = 0",
        // The file may be damaged, or not Pawl's at all.
        "cell_size_check = ON", "trusted_schema = OFF",
    ]

    private init(_ identity: LedgerFile.Identity, _ database: sending Database) {
        self.identity = identity
        self.database = Mutex(database)
    }

    /// A connection that cannot write.
    static func reading(
        _ file: LedgerFile, _ identity: LedgerFile.Identity, patience: Duration
    ) throws -> Connection {
        let database = try open(file.path, mayWrite: false, patience)
        guard try file.schema.identify(file, database) == file.schema.version else {
            throw file.failure(
                .unsupported, "the file has an older schema",
                advice: "A command that writes to the ledger brings it up to date.")
        }
        try file.schema.check(database)
        return Connection(identity, database)
    }

    /// The one connection that writes and checkpoints; the caller holds the lock. What a process
    /// that was killed has left in the write-ahead log goes into the file first.
    static func writing(
        _ file: LedgerFile, _ identity: LedgerFile.Identity, patience: Duration
    ) throws -> Connection {
        let database = try open(file.path, mayWrite: true, patience)
        if try file.schema.identify(file, database) < file.schema.version {
            try file.schema.migrate(database)
        }
        try file.schema.check(database)
        try file.schema.checkPages(database)
        try keepLog(file, database)
        try database.checkpoint(.passive)
        return Connection(identity, database)
    }

    /// Makes an empty ledger. It has its name only when it is whole: a process that is killed in
    /// the middle leaves no file that looks like a ledger which lost its lines.
    static func create(_ file: LedgerFile, patience: Duration) throws {
        file.clearDraft()
        defer { file.clearDraft() }
        try file.makeDraft()
        let database = try open(file.draft, mayWrite: true, patience)
        // Distributions differ in what a new file gets.
        try database.execute("PRAGMA auto_vacuum = NONE")
        try file.schema.migrate(database)
        try keepLog(file, database)
        database.close()
        try file.publish()
    }

    private static func open(
        _ path: String, mayWrite: Bool, _ patience: Duration
    ) throws -> Database {
        let database = try Database(at: path, mayWrite: mayWrite, patience: patience)
        for setting in settings { try database.execute("PRAGMA \(setting)") }
        return database
    }

    /// Has SQLite write ahead, so that readers and the writer do not wait for each other.
    private static func keepLog(_ file: LedgerFile, _ database: Database) throws {
        guard try database.field("PRAGMA journal_mode = WAL") == .text("wal"),
            try database.field("PRAGMA synchronous") == .integer(2)
        else {
            throw file.failure(
                .unsupported, "SQLite cannot keep a write-ahead log beside the file",
                advice: "Put the file on a local disk: file systems of a network are not fit.")
        }
    }

    /// Runs the body in a transaction that sees one state of the file.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async -> Result<Value, any Error> {
        await run { database in try database.transaction(.deferred) { try body(database) } }
    }

    /// Runs the body in a transaction that has the right to write from its beginning.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async -> Result<Value, any Error> {
        await run { database in try database.transaction(.immediate) { try body(database) } }
    }

    /// Copies what is in the log into the file, as far as no reader is in the way.
    func checkpoint() async -> Result<Void, any Error> {
        await run { try $0.checkpoint(.passive) }
    }

    /// Runs the body on the connection's queue. A task that is cancelled waits for it too: nothing
    /// stays undecided for longer than a write takes.
    private func run<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async -> Result<Value, any Error> {
        await withCheckedContinuation { continuation in
            perform { database in
                continuation.resume(returning: Result { try body(database) })
            }
        }
    }

    /// Runs the body on the connection's queue, and does not wait for it.
    func perform(_ body: @escaping @Sendable (Database) -> Void) {
        queue.async { self.database.withLock { body($0) } }
    }

    /// Puts everything into the file, and ends; what was asked before comes first.
    func close() {
        queue.sync {
            database.withLock { database in
                try? database.checkpoint(.truncate)
                database.close()
            }
        }
    }
}
