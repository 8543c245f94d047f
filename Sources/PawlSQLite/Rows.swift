import Crypto
import PawlCore
import PawlPorts

/// The lines of one channel, in a transaction of the caller's. What is read is checked: each line
/// by its hash, their numbers for gaps, the last one against the word of `newest`.
struct Rows {
    private static let place = "host = ? AND repository = ? AND channel = ?"

    private let database: Database
    private let key: ChannelKey

    init(of key: ChannelKey, in database: Database) {
        self.database = database
        self.key = key
    }

    /// Repositories are told apart without regard to case.
    private var repository: String { "\(key.repository)".lowercased() }
    private var channel: String { "\(key.channel)" }

    /// The newest line.
    func tip() throws -> LedgerLine? {
        guard let newest = try newest() else { return nil }
        if let damage = newest.damage { throw Damage(detail: damage) }
        return newest.line
    }

    /// What stands at the newest place.
    private func newest() throws -> KeptLine? {
        let sql = "SELECT number, hash FROM newest WHERE \(Self.place)"
        let newest = try database.rows(sql, place()).first
        let last = try rows("ORDER BY number DESC LIMIT 1").first
        switch (newest, last) {
        case (nil, nil): return nil
        case (let newest?, let last?):
            let kept = try kept(last)
            guard kept.damage == nil,
                newest != [last[0], last[2]]
            else { return kept }
            return KeptLine(
                kept.line, damage: "line \(kept.line.mark) is not the one that was added last")
        case (_?, nil):
            return KeptLine(
                LedgerLine(text: "", mark: "1"),
                damage: "the lines of the channel cannot be found any more")
        case (nil, let last?):
            return KeptLine(
                try kept(last).line, damage: "it is not known any more which line is the newest")
        }
    }

    /// What stands in the places, newest first; only before a number if one is given. Places in a
    /// row where nothing stands count as one.
    func kept(before end: Int64?, limit: Int) throws -> [KeptLine] {
        var kept: [KeptLine] = []
        var next: Int64
        if let end {
            next = end - 1
        } else {
            guard let newest = try newest(), let number = Int64(newest.line.mark) else { return [] }
            kept.append(newest)
            next = number - 1
        }
        let found = try rows(
            "AND number BETWEEN 1 AND ? ORDER BY number DESC LIMIT ?",
            [.integer(next), .integer(Int64(clamping: limit - kept.count))])
        for row in found {
            let line = try self.kept(row)
            guard let number = Int64(line.line.mark), number <= next else {
                throw Damage(detail: "lines are not in the order of their numbers")
            }
            if number < next { kept.append(gap(from: number + 1, to: next)) }
            kept.append(line)
            next = number - 1
        }
        if kept.count < limit, next > 0 { kept.append(gap(from: 1, to: next)) }
        return Array(kept.prefix(limit))
    }

    private func gap(from first: Int64, to last: Int64) -> KeptLine {
        KeptLine(
            LedgerLine(text: "", mark: "\(first)"), damage: "line \(last) cannot be found any more")
    }

    /// Adds a line if `tip` is the newest one.
    func append(_ text: String, after tip: LedgerLine?) throws -> Appended {
        let newest = try self.tip()
        guard newest == tip else { return .moved(to: newest) }
        return .added(try add(text, number: 1 + (newest.flatMap { Int64($0.mark) } ?? 0)))
    }

    private func add(_ text: String, number: Int64) throws -> LedgerLine {
        let bytes = Array(text.utf8)
        let hash = self.hash(of: bytes, number: number)
        try database.rows(
            // As bytes, so that all of them are kept; as text, so that people can read it.
            "INSERT INTO line (host, repository, channel, number, text, hash) "
                + "VALUES (?, ?, ?, ?, CAST(? AS TEXT), ?)",
            place() + [.integer(number), .bytes(bytes), .bytes(hash)])
        try database.rows(
            "INSERT OR REPLACE INTO newest (host, repository, channel, number, hash) "
                + "VALUES (?, ?, ?, ?, ?)",
            place() + [.integer(number), .bytes(hash)])
        return LedgerLine(text: text, mark: "\(number)")
    }

    private func rows(_ rest: String, _ more: [Field] = []) throws -> [[Field]] {
        try database.rows(
            "SELECT number, CAST(text AS BLOB), hash FROM line WHERE \(Self.place) \(rest)",
            place() + more)
    }

    /// The values of `place`.
    private func place() -> [Field] { [.text(key.host), .text(repository), .text(channel)] }

    private func kept(_ row: [Field]) throws -> KeptLine {
        guard let number = row[0].integer, number > 0 else {
            throw Damage(detail: "a line has no number")
        }
        let bytes = row[1].bytes
        let text = bytes.flatMap { String(validating: $0, as: UTF8.self) }
        let isWhole =
            text != nil && row[2].bytes == bytes.map { hash(of: $0, number: number) }
        return KeptLine(
            LedgerLine(text: text ?? "", mark: "\(number)"),
            damage: isWhole ? nil : "line \(number) does not have its hash")
    }

    /// Binds a line to its place: a line of another channel or number has another hash.
    private func hash(of text: [UInt8], number: Int64) -> [UInt8] {
        var hash = SHA256()
        for part in ["pawl line 1", key.host, repository, channel, "\(number)"] {
            hash.update(data: Array(part.utf8))
            hash.update(data: [0])
        }
        hash.update(data: text)
        return Array(hash.finalize())
    }
}
