import PawlCore

/// What a file holds, and how it is known to be a whole one.
struct Schema: Sendable {
    /// SQLite's `application_id`.
    let application: Int64
    /// What makes each version out of the one before.
    private let steps: [[String]]
    /// SQLite's `user_version`.
    var version: Int64 { Int64(steps.count) }

    /// A ledger: "Pawl" in ASCII.
    ///
    /// `newest` says again which line of a channel is the last one, with its hash. It is what tells
    /// a channel without a line from one whose lines cannot be found any more: the two tables are
    /// written together and damaged apart.
    static let ledger = Schema(
        application: 0x5061_776C,
        steps: [
            [
                """
                CREATE TABLE line (host TEXT NOT NULL, repository TEXT NOT NULL, \
                channel TEXT NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL, \
                hash BLOB NOT NULL, UNIQUE (host, repository, channel, number))
                """,
                """
                CREATE TABLE newest (host TEXT NOT NULL, repository TEXT NOT NULL, \
                channel TEXT NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL, \
                PRIMARY KEY (host, repository, channel)) WITHOUT ROWID
                """,
            ]
        ])

    /// A server's deliveries: "PawD" in ASCII. What is finished keeps its id alone.
    static let deliveries = Schema(
        application: 0x5061_7744,
        steps: [
            [
                """
                CREATE TABLE delivery (mark INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, \
                event TEXT NOT NULL, received INTEGER NOT NULL, body BLOB NOT NULL, outcome TEXT)
                """,
                "CREATE INDEX waiting ON delivery (mark) WHERE outcome IS NULL",
                "CREATE INDEX finished ON delivery (received) WHERE outcome IS NOT NULL",
            ]
        ])

    /// What SQLite keeps of those statements; it gives none for the index of `UNIQUE`.
    private var objects: [String] { steps.flatMap { $0 } }

    /// Brings a new file, or one of an older version, to this version, or leaves it as it is.
    func migrate(_ database: Database) throws {
        try database.transaction(.immediate) {
            let found = try number("user_version", database) ?? 0
            for step in steps.dropFirst(Int(clamping: max(0, found))) {
                for statement in step { try database.execute(statement) }
            }
            try database.execute("PRAGMA application_id = \(application)")
            try database.execute("PRAGMA user_version = \(version)")
        }
    }

    /// Whether this program knows the file; nothing in it is changed. Gives the version found.
    func identify(_ file: LedgerFile, _ database: Database) throws -> Int64 {
        guard try number("application_id", database) == application else {
            throw file.failure(
                .unsupported, "the file is a database of another program",
                advice: "Name another file for the \(file.kind.rawValue).")
        }
        let found = try number("user_version", database) ?? 0
        guard found <= version else {
            throw file.failure(
                .unsupported,
                "the file has schema version \(found), and this program knows up to \(version)",
                advice: "Use the newer pawl that wrote it, or a later one.")
        }
        guard found > 0 else { throw Damage(detail: "the file has no schema version") }
        return found
    }

    /// Whether the tables are those that this version makes.
    func check(_ database: Database) throws {
        let objects = try database.rows("SELECT sql FROM sqlite_schema ORDER BY rowid")
            .compactMap { $0.first?.text }
        guard objects == self.objects else {
            throw Damage(detail: "the tables of the file are not those that Pawl makes")
        }
    }

    /// Whether every page is in order: a write into one that is not could land on lines that are
    /// still whole. Reads the whole file, some 1 ms for each MB.
    func checkPages(_ database: Database) throws {
        let answer = try database.field("PRAGMA quick_check(1)")?.text
        guard answer == "ok" else {
            throw Damage(
                detail: "the file is damaged (SQLite: \(LedgerFile.printable(answer ?? "")))")
        }
    }

    /// What a pragma of one number says.
    private func number(_ pragma: String, _ database: Database) throws -> Int64? {
        try database.field("PRAGMA \(pragma)")?.integer
    }
}
