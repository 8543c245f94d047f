import CSQLite

/// SQLite's own connection to one file. It is used by one thread at a time.
final class Database {
    /// When a transaction takes the right to write.
    enum Transaction: String {
        /// Never, or with its first write.
        case deferred = "BEGIN DEFERRED"
        case immediate = "BEGIN IMMEDIATE"
    }

    /// How far a copy of the log into the file goes.
    enum Checkpoint: Sendable {
        /// As far as no reader is in the way.
        case passive
        /// To the end; the log is emptied.
        case truncate
    }

    private var handle: OpaquePointer?
    /// By their text. Pawl has few, and no text of others is among them.
    private var statements: [String: Statement] = [:]

    /// Opens a file, which must be there. `patience`: how long a lock of others is waited for.
    init(at path: String, mayWrite: Bool, patience: Duration) throws(SQLiteError) {
        let access = mayWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        // Who calls sees to it that one thread at a time is here.
        let code = sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else { throw SQLiteError(code, on: handle) }
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, Int32(clamping: Int64(patience / .milliseconds(1))))
    }

    deinit { close() }

    /// Ends the connection. Whatever is asked afterwards fails.
    func close() {
        statements = [:]
        sqlite3_close_v2(handle)
        handle = nil
    }

    /// How many rows the last statement added, changed or removed.
    var changes: Int { handle.map { Int(sqlite3_changes64($0)) } ?? 0 }

    /// Runs a statement that is not run again soon, and gives nothing.
    func execute(_ sql: String) throws(SQLiteError) {
        let handle = try opened()
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code, on: handle) }
    }

    /// Runs a statement with these values for its question marks, and gives all rows.
    @discardableResult
    func rows(_ sql: String, _ values: [Field] = []) throws(SQLiteError) -> [[Field]] {
        if let statement = statements[sql] { return try statement.rows(values) }
        let statement = try Statement(sql, on: opened())
        statements[sql] = statement
        return try statement.rows(values)
    }

    /// The first value of the first row.
    func field(_ sql: String) throws(SQLiteError) -> Field? { try rows(sql).first?.first }

    /// Runs the body in a transaction, which an error ends without a trace.
    func transaction<Value>(_ kind: Transaction, _ body: () throws -> Value) throws -> Value {
        try execute(kind.rawValue)
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // Some errors have ended it already.
            if let handle, sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Copies what is in the log into the file.
    func checkpoint(_ kind: Checkpoint) throws(SQLiteError) {
        let handle = try opened()
        let mode =
            switch kind {
            case .passive: SQLITE_CHECKPOINT_PASSIVE
            case .truncate: SQLITE_CHECKPOINT_TRUNCATE
            }
        let code = sqlite3_wal_checkpoint_v2(handle, nil, mode, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code, on: handle) }
    }

    private func opened() throws(SQLiteError) -> OpaquePointer {
        guard let handle else { throw SQLiteError(SQLITE_MISUSE, on: nil) }
        return handle
    }
}
