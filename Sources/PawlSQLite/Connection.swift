import GRDB
import PawlCore

/// One open connection to a ledger's file. What is asked of it is asked in a row.
struct Connection: Sendable {
    /// Which file it is open on; the name may be another's meanwhile.
    let identity: LedgerFile.Identity
    private let queue: DatabaseQueue

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

    /// A connection that cannot write.
    static func reading(
        _ file: LedgerFile, _ identity: LedgerFile.Identity, patience: Duration
    ) throws -> Connection {
        let queue = try connect(file.path, readOnly: true, patience)
        try queue.inDatabase { db in
            guard try file.schema.identify(file, db) == file.schema.version else {
                throw file.failure(
                    .unsupported, "the file has an older schema",
                    advice: "A command that writes to the ledger brings it up to date.")
            }
            try file.schema.check(db)
        }
        return Connection(identity: identity, queue: queue)
    }

    /// The one connection that writes and checkpoints; the caller holds the lock. What a process
    /// that was killed has left in the write-ahead log goes into the file first.
    static func writing(
        _ file: LedgerFile, _ identity: LedgerFile.Identity, patience: Duration
    ) throws -> Connection {
        let queue = try connect(file.path, readOnly: false, patience)
        try queue.inDatabase { db in
            if try file.schema.identify(file, db) < file.schema.version {
                try file.schema.migrate(db)
            }
            try file.schema.check(db)
            try file.schema.checkPages(db)
            try keepLog(file, db)
            try db.checkpoint(.passive)
        }
        return Connection(identity: identity, queue: queue)
    }

    /// Makes an empty ledger. It has its name only when it is whole: a process that is killed in
    /// the middle leaves no file that looks like a ledger which lost its lines.
    static func create(_ file: LedgerFile, patience: Duration) throws {
        file.clearDraft()
        defer { file.clearDraft() }
        try file.makeDraft()
        let queue = try connect(file.draft, readOnly: false, patience)
        try queue.inDatabase { db in
            // Distributions differ in what a new file gets.
            try db.execute(sql: "PRAGMA auto_vacuum = NONE")
            try file.schema.migrate(db)
            try keepLog(file, db)
        }
        try queue.close()
        try file.publish()
    }

    private static func connect(
        _ path: String, readOnly: Bool, _ patience: Duration
    ) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "pawl.ledger"
        configuration.readonly = readOnly
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(patience / .seconds(1))
        configuration.prepareDatabase { db in
            for setting in settings { try db.execute(sql: "PRAGMA \(setting)") }
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Has SQLite write ahead, so that readers and the writer do not wait for each other.
    private static func keepLog(_ file: LedgerFile, _ db: Database) throws {
        let mode = try Row.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        let synchronous = try Row.fetchOne(db, sql: "PRAGMA synchronous")
        guard let mode, String.fromDatabaseValue(mode[0]) == "wal",
            let synchronous, Int64.fromDatabaseValue(synchronous[0]) == 2
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
        await run { try transact(.deferred, $0, body) }
    }

    /// Runs the body in a transaction that has the right to write from its beginning.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async -> Result<Value, any Error> {
        await run { try transact(.immediate, $0, body) }
    }

    /// Copies what is in the log into the file, as far as no reader is in the way.
    func checkpoint() async -> Result<Void, any Error> {
        await run { _ = try $0.checkpoint(.passive) }
    }

    /// Runs the body on the connection's queue. A task that is cancelled waits for it too: nothing
    /// stays undecided for longer than a write takes.
    private func run<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async -> Result<Value, any Error> {
        await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { db in
                continuation.resume(returning: Result { try body(db) })
            }
        }
    }

    /// Runs the body on the connection's queue, and does not wait for it.
    func perform(_ body: @escaping @Sendable (Database) -> Void) {
        queue.asyncWriteWithoutTransaction(body)
    }

    private func transact<Value>(
        _ kind: Database.TransactionKind, _ db: Database, _ body: (Database) throws -> Value
    ) throws -> Value {
        try db.beginTransaction(kind)
        do {
            let value = try body(db)
            try db.commit()
            return value
        } catch {
            try? db.rollback()
            throw error
        }
    }

    /// Puts everything into the file, and ends.
    func close() throws {
        try? queue.inDatabase { db in _ = try db.checkpoint(.truncate) }
        try queue.close()
    }
}
