import CSQLite
import Testing

/// Another program that has a file of SQLite's open, with a connection of its own.
final class OtherProgram {
    private var handle: OpaquePointer?

    init(at path: String, mayWrite: Bool = true) throws {
        let access = mayWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
        try #require(sqlite3_open_v2(path, &handle, access, nil) == SQLITE_OK)
    }

    deinit { close() }

    func close() {
        sqlite3_close_v2(handle)
        handle = nil
    }

    /// Runs statements, whose rows are of no interest.
    func run(_ statements: String...) throws {
        for statement in statements {
            let code = sqlite3_exec(handle, statement, nil, nil, nil)
            try #require(
                code == SQLITE_OK, "\(statement): \(String(cString: sqlite3_errmsg(handle)))")
        }
    }

    /// The first number of the first row.
    func number(_ query: String) throws -> Int64 {
        var statement: OpaquePointer?
        try #require(sqlite3_prepare_v2(handle, query, -1, &statement, nil) == SQLITE_OK)
        defer { sqlite3_finalize(statement) }
        try #require(sqlite3_step(statement) == SQLITE_ROW)
        return sqlite3_column_int64(statement, 0)
    }
}
