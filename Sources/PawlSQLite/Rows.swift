import Crypto
import FoundationEssentials
import GRDB
import PawlCore
import PawlPorts

/// The lines of one channel, in a transaction of the caller's. What is read is checked: each line
/// by its hash, their numbers for gaps, the last one against the word of `newest`.
struct Rows {
    private static let place = "host = ? AND repository = ? AND channel = ?"

    private let db: Database
    private let key: ChannelKey

    init(of key: ChannelKey, in db: Database) {
        self.db = db
        self.key = key
    }

    /// Repositories are told apart without regard to case.
    private var repository: String { "\(key.repository)".lowercased() }
    private var channel: String { "\(key.channel)" }

    /// The newest line.
    func tip() throws -> LedgerLine? {
        let sql = "SELECT number, hash FROM newest WHERE \(Self.place)"
        let newest = try Row.fetchOne(db, sql: sql, arguments: arguments())
        let last = try rows("ORDER BY number DESC LIMIT 1").first
        switch (newest, last) {
        case (nil, nil): return nil
        case (let newest?, let last?):
            let line = try line(last)
            guard Int64.fromDatabaseValue(newest[0]) == Int64.fromDatabaseValue(last[0]),
                Data.fromDatabaseValue(newest[1]) == Data.fromDatabaseValue(last[2])
            else {
                throw Damage(detail: "line \(line.mark) is not the one that was added last")
            }
            return line
        case (_?, nil): throw Damage(detail: "the lines of the channel cannot be found any more")
        case (nil, _?): throw Damage(detail: "it is not known any more which line is the newest")
        }
    }

    /// Lines, newest first, those before a number if one is given.
    func lines(before end: Int64?, limit: Int) throws -> [LedgerLine] {
        var next: Int64
        if let end {
            next = end - 1
        } else {
            guard let tip = try tip(), let number = Int64(tip.mark) else { return [] }
            next = number
        }
        let found = try rows(
            "AND number <= ? ORDER BY number DESC LIMIT ?", next, Int64(clamping: limit))
        let lines = try found.map { row in
            let line = try line(row)
            guard line.mark == "\(next)" else {
                throw Damage(detail: "line \(next) cannot be found any more")
            }
            next -= 1
            return line
        }
        guard lines.count == limit || next <= 0 else {
            throw Damage(detail: "line \(next) cannot be found any more")
        }
        return lines
    }

    /// Adds a line if `tip` is the newest one.
    func append(_ text: String, after tip: LedgerLine?) throws -> Appended {
        let newest = try self.tip()
        guard newest == tip else { return .moved(to: newest) }
        return .added(try add(text, number: 1 + (newest.flatMap { Int64($0.mark) } ?? 0)))
    }

    private func add(_ text: String, number: Int64) throws -> LedgerLine {
        let bytes = Data(text.utf8)
        let hash = self.hash(of: bytes, number: number)
        try db.execute(
            // As bytes, so that all of them are kept; as text, so that people can read it.
            sql: "INSERT INTO line (host, repository, channel, number, text, hash) "
                + "VALUES (?, ?, ?, ?, CAST(? AS TEXT), ?)",
            arguments: arguments(number, bytes, hash))
        try db.execute(
            sql: "INSERT OR REPLACE INTO newest (host, repository, channel, number, hash) "
                + "VALUES (?, ?, ?, ?, ?)",
            arguments: arguments(number, hash))
        return LedgerLine(text: text, mark: "\(number)")
    }

    private func rows(_ rest: String, _ more: any DatabaseValueConvertible...) throws -> [Row] {
        try Row.fetchAll(
            db,
            sql: "SELECT number, CAST(text AS BLOB), hash FROM line WHERE \(Self.place) \(rest)",
            arguments: arguments() + StatementArguments(more))
    }

    private func arguments(_ more: any DatabaseValueConvertible...) -> StatementArguments {
        [key.host, repository, channel] + StatementArguments(more)
    }

    private func line(_ row: Row) throws -> LedgerLine {
        guard let number = Int64.fromDatabaseValue(row[0]), number > 0 else {
            throw Damage(detail: "a line has no number")
        }
        guard let text = Data.fromDatabaseValue(row[1]),
            Data.fromDatabaseValue(row[2]) == hash(of: text, number: number),
            let text = String(validating: text, as: UTF8.self)
        else { throw Damage(detail: "line \(number) does not have its hash") }
        return LedgerLine(text: text, mark: "\(number)")
    }

    /// Binds a line to its place: a line of another channel or number has another hash.
    private func hash(of text: Data, number: Int64) -> Data {
        var hash = SHA256()
        for part in ["pawl line 1", key.host, repository, channel, "\(number)"] {
            hash.update(data: Data(part.utf8))
            hash.update(data: [0])
        }
        hash.update(data: text)
        return Data(hash.finalize())
    }
}
