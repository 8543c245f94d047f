import CSQLite

/// One statement, prepared once and run many times.
final class Statement {
    private let connection: OpaquePointer
    private let handle: OpaquePointer

    init(_ sql: String, on connection: OpaquePointer) throws(SQLiteError) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(
            connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw SQLiteError(code, on: connection) }
        self.connection = connection
        self.handle = handle
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs it to its end with these values for its question marks, and gives all rows.
    func rows(_ values: [Field]) throws(SQLiteError) -> [[Field]] {
        // A statement that was not reset would hold its locks.
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
        var rows: [[Field]] = []
        while true {
            let code = sqlite3_step(handle)
            switch code {
            case SQLITE_ROW:
                var row: [Field] = []
                for index in 0..<sqlite3_column_count(handle) { row.append(try field(at: index)) }
                rows.append(row)
            case SQLITE_DONE: return rows
            default: throw SQLiteError(code, on: connection)
            }
        }
    }

    private func bind(_ value: Field, at index: Int32) throws(SQLiteError) {
        let code =
            switch value {
            case .null: sqlite3_bind_null(handle, index)
            case .integer(let value): sqlite3_bind_int64(handle, index, value)
            case .real(let value): sqlite3_bind_double(handle, index, value)
            case .text(let text):
                text.withCString { pawl_bind_text(handle, index, $0, UInt64(text.utf8.count)) }
            // No bytes have no address, and no address would be NULL.
            case .bytes(let bytes) where bytes.isEmpty: sqlite3_bind_zeroblob(handle, index, 0)
            case .bytes(let bytes):
                bytes.withUnsafeBytes {
                    pawl_bind_blob(handle, index, $0.baseAddress, UInt64($0.count))
                }
            }
        guard code == SQLITE_OK else { throw SQLiteError(code, on: connection) }
    }

    private func field(at index: Int32) throws(SQLiteError) -> Field {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, index))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(handle, index) else {
                throw SQLiteError(SQLITE_NOMEM, on: connection)
            }
            let bytes = UnsafeBufferPointer(
                start: start, count: Int(sqlite3_column_bytes(handle, index)))
            let text = String(validating: bytes, as: UTF8.self)
            return text.map { .text($0) } ?? .bytes(Array(bytes))
        default:
            let start = sqlite3_column_blob(handle, index)
            let count = Int(sqlite3_column_bytes(handle, index))
            guard start != nil || count == 0 else {
                throw SQLiteError(SQLITE_NOMEM, on: connection)
            }
            return .bytes(Array(UnsafeRawBufferPointer(start: start, count: count)))
        }
    }
}
