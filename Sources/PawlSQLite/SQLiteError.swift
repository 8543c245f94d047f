import CSQLite

/// What SQLite said instead of doing what it was asked.
struct SQLiteError: Error {
    /// SQLite's extended result code.
    let code: Int32
    /// SQLite's words: they may quote what stands in the file.
    let message: String

    /// The kind of error, whatever its details: `SQLITE_IOERR` of `SQLITE_IOERR_FSYNC`.
    var primaryCode: Int32 { code & 0xFF }

    /// What just went wrong on a connection. `code` was the answer; a connection that could not
    /// even be made has no more to say.
    init(_ code: Int32, on connection: OpaquePointer?) {
        let extended = connection.map { sqlite3_extended_errcode($0) } ?? code
        // A misuse of the interface leaves the last code of the connection as it was.
        self.code = extended & 0xFF == code & 0xFF ? extended : code
        let words = self.code == extended ? connection.flatMap { sqlite3_errmsg($0) } : nil
        message = (words ?? sqlite3_errstr(code)).map { String(cString: $0) } ?? "no message"
    }
}
