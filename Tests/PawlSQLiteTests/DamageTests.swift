import FoundationEssentials
import PawlCore
import PawlPorts
import PawlSQLite
import Testing

@Suite("A damaged ledger is refused, and never read as another one")
struct DamageTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// What a ledger says of its channels; `nil` for what it refuses to say.
    private struct Answers: Equatable {
        var tips: [LedgerLine??]
        var lines: [[LedgerLine]?]
        /// A channel that never had a line.
        var none: LedgerLine??

        init(_ ledger: SQLiteLedger, _ keys: [ChannelKey], _ unused: ChannelKey) async {
            (tips, lines) = ([], [])
            for key in keys {
                tips.append(try? await .some(ledger.tip(of: key)))
                let all = try? await ledger.lines(of: key, before: nil, limit: 1000)
                lines.append(all)
                let middle = LedgerLine(text: "", mark: "7")
                lines.append(try? await ledger.lines(of: key, before: middle, limit: 4))
            }
            none = try? await .some(ledger.tip(of: unused))
        }

        /// Whether each answer is that of the whole ledger, or none.
        func isTrue(to whole: Answers) -> Bool {
            zip(tips, whole.tips).allSatisfy { $0 == nil || $0 == $1 }
                && zip(lines, whole.lines).allSatisfy { $0 == nil || $0 == $1 }
                && (none == nil || none == whole.none)
        }

        var isComplete: Bool {
            !tips.contains { $0 == nil } && !lines.contains { $0 == nil } && none != nil
        }
    }

    private func keys() throws -> [ChannelKey] {
        [try key("latest"), try key("latest", of: "acme/other")]
    }

    /// A ledger of some dozen pages: short lines, lines as entries are, and one over many pages.
    private func fill() async throws -> Answers {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        for number in 1...30 {
            for (index, key) in try keys().enumerated() where number <= 30 - index * 15 {
                let size = number == 9 ? 9000 : [20, 700][(number + index) % 2]
                let text = String(repeating: "\(key.channel) \(number) ", count: size / 10)
                try await ledger.add(text, to: key)
            }
        }
        let answers = await Answers(ledger, try keys(), try key("unused"))
        #expect(answers.isComplete)
        ledger.close()
        return answers
    }

    private func contents() throws -> [UInt8] {
        Array(try #require(FileManager.default.contents(atPath: folder.ledger)))
    }

    private func write(_ bytes: some Sequence<UInt8>, to path: String? = nil) throws {
        let path = path ?? folder.ledger
        for ending in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + ending)
        }
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// Numbers that look like chance and are the same each time.
    private struct Dice {
        var state: UInt64
        mutating func roll(_ sides: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % sides
        }
    }

    /// Places all over the file: each byte of its header, and of each page the first bytes, the
    /// pointers after them, the last bytes and others.
    private func places(pages: Int, dice: inout Dice) -> [Int] {
        let pageBytes = 4096
        // The header twice: what is wrong there decides where the next write lands.
        return Array(0..<100) + Array(0..<100)
            + (0..<pages).flatMap { page in
                let begin = page == 0 ? 100 : 0
                let offsets =
                    Array(begin..<(begin + 12)) + (0..<4).map { _ in begin + 16 + dice.roll(48) }
                    + (0..<4).map { _ in dice.roll(pageBytes) }
                    + (0..<4).map { _ in pageBytes - 1 - dice.roll(200) }
                return offsets.map { page * pageBytes + $0 }
            }
    }

    @Test("one wrong bit anywhere in the file: the right answer or none")
    func bits() async throws {
        let whole = try await fill()
        let bytes = try contents()
        #expect(bytes.count >= 12 * 4096)
        var dice = Dice(state: 1)
        var (refusedCount, answeredCount) = (0, 0)
        for place in places(pages: bytes.count / 4096, dice: &dice) {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(dice.roll(8))
            try write(damaged)
            guard let ledger = try? await SQLiteLedger.opened(folder.ledger, for: .reading) else {
                refusedCount += 1
                continue
            }
            let answers = await Answers(ledger, try keys(), try key("unused"))
            #expect(answers.isTrue(to: whole), "byte \(place)")
            if answers.isComplete { answeredCount += 1 } else { refusedCount += 1 }
        }
        // The test can tell the two apart.
        #expect(refusedCount > 100 && answeredCount > 100)
    }

    @Test("one wrong bit, and then an append: no line becomes another one, and none is lost")
    func bitsAndAppend() async throws {
        let whole = try await fill()
        let bytes = try contents()
        let latest = try key("latest")
        var dice = Dice(state: 2)
        var addedCount = 0
        // Over several pages, which have to be found somewhere.
        let text = String(repeating: "after ", count: 2000)
        for place in places(pages: bytes.count / 4096, dice: &dice) {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(dice.roll(8))
            try write(damaged)
            guard let ledger = try? await SQLiteLedger.opened(folder.ledger) else { continue }
            let wasComplete = await Answers(ledger, try keys(), try key("unused")).isComplete
            let line = try? await ledger.add(text, to: latest)
            ledger.close()
            guard let line else { continue }
            addedCount += 1
            #expect(line.mark == "31", "byte \(place)")
            let reader = try? await SQLiteLedger.opened(folder.ledger, for: .reading)
            guard let reader else {
                #expect(!wasComplete, "byte \(place)")
                continue
            }
            var answers = await Answers(reader, try keys(), try key("unused"))
            // What was whole before is whole after it.
            #expect(answers.isComplete || !wasComplete, "byte \(place)")
            if answers.tips[0] == .some(line) { answers.tips[0] = whole.tips[0] }
            answers.lines[0] = answers.lines[0].map {
                Array($0.dropFirst($0.first == line ? 1 : 0))
            }
            #expect(answers.isTrue(to: whole), "byte \(place)")
        }
        #expect(addedCount > 100)
    }

    @Test("a file that ends too early is refused, however early")
    func truncated() async throws {
        let whole = try await fill()
        let bytes = try contents()
        let ends =
            [0, 1, 15, 99, 100, 4095, 4096] + (1..<(bytes.count / 4096 - 1)).map { $0 * 4096 + 7 }
        for end in ends + [bytes.count - 4096] {
            try write(bytes.prefix(end))
            for use in SQLiteLedger.Use.allCases {
                let failure = await refusal(of: folder.ledger, for: use)
                #expect(failure?.code == .garbled, "\(end) bytes")
                #expect(failure?.advice != nil)
            }
        }
        // A page that ends too early shows only when it is read.
        for end in [bytes.count - 1, bytes.count - 40, bytes.count - 4095] {
            try write(bytes.prefix(end))
            let ledger = try await SQLiteLedger.opened(folder.ledger, for: .reading)
            let answers = await Answers(ledger, try keys(), try key("unused"))
            #expect(answers.isTrue(to: whole), "\(end) bytes")
            #expect(!answers.isComplete, "\(end) bytes")
        }
        try write(bytes)
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        #expect(await Answers(ledger, try keys(), try key("unused")) == whole)
    }

    @Test("a line that somebody changed is refused, and the others are not")
    func changedLine() async throws {
        let whole = try await fill()
        try folder.sql(
            "UPDATE line SET text = 'x' WHERE number = 5 AND channel = 'latest' "
                + "AND repository = 'acme/app'")
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        let latest = try key("latest")
        let tip = try #require(try await ledger.tip(of: latest))
        #expect(tip == whole.tips[0])
        let failure = try await failure {
            _ = try await ledger.lines(of: latest, before: tip, limit: 1000)
        }
        #expect(failure?.code == .garbled)
        #expect(failure?.detail == "line 5 does not have its hash")
        let before = try await ledger.lines(
            of: latest, before: LedgerLine(text: "", mark: "5"), limit: 10)
        #expect(before.map(\.mark) == ["4", "3", "2", "1"])

        // An audit sees all of them, and which one it is.
        let kept = try await ledger.kept(of: latest, before: nil, limit: 1000)
        #expect(kept.map(\.line.mark) == (1...30).reversed().map { "\($0)" })
        #expect(kept.filter { $0.damage != nil }.map(\.line.text) == ["x"])
        #expect(kept[25].damage == "line 5 does not have its hash")
        #expect(kept[0] == KeptLine(tip))
    }

    @Test("an audit sees what is gone as one place, and what is left")
    func kept() async throws {
        _ = try await fill()
        let latest = try key("latest")
        func damaged(_ statement: String) async throws -> [String] {
            try folder.sql(statement)
            let ledger = try await SQLiteLedger.opened(folder.ledger, for: .reading)
            return try await ledger.kept(of: latest, before: nil, limit: 100)
                .filter { $0.damage != nil }.map { "\($0.line.mark) \($0.damage ?? "")" }
        }
        #expect(
            try await damaged("DELETE FROM line WHERE number IN (7, 8)") == [
                "7 line 8 cannot be found any more"
            ])
        #expect(
            try await damaged("UPDATE line SET text = 'x' WHERE number = 30").first
                == "30 line 30 does not have its hash")
        #expect(
            try await damaged("DELETE FROM line WHERE number = 30").first
                == "29 line 29 is not the one that was added last")
        #expect(
            try await damaged("DELETE FROM line") == [
                "1 the lines of the channel cannot be found any more"
            ])
    }

    @Test(
        "lines that were taken out are missed",
        arguments: [
            "DELETE FROM line WHERE number = 30", "DELETE FROM line WHERE number = 20",
            "DELETE FROM line WHERE number = 1", "DELETE FROM line", "DELETE FROM newest",
            "UPDATE line SET number = 31 WHERE number = 30",
            "UPDATE line SET channel = 'other' WHERE number = 30",
            "UPDATE newest SET number = 29", "UPDATE newest SET number = 'x'",
            "UPDATE newest SET hash = zeroblob(32)", "UPDATE line SET hash = 1 WHERE number = 3",
            "UPDATE line SET text = x'ff' WHERE number = 3",
        ])
    func takenOut(_ statement: String) async throws {
        _ = try await fill()
        try folder.sql(statement, "VACUUM")
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        let failure = try await failure { _ = try await ledger.texts(of: try key("latest")) }
        #expect(failure?.code == .garbled)
        #expect(failure?.advice != nil)
    }

    @Test(
        "what is no database, or holds other tables, is refused",
        arguments: [
            [], ["CREATE TABLE other (x)"], ["DROP TABLE newest"], ["DROP TABLE line"],
            ["CREATE TRIGGER t AFTER INSERT ON line BEGIN DELETE FROM line; END"],
            ["CREATE VIEW v AS SELECT 1"], ["PRAGMA user_version = 0"],
            [
                "CREATE TABLE gone (x)", "INSERT INTO gone VALUES (zeroblob(9000))",
                "DELETE FROM gone",
            ],
        ])
    func otherTables(_ statements: [String]) async throws {
        _ = try await fill()
        for statement in statements { try folder.sql(statement) }
        if statements.isEmpty { try write(Array(repeating: 0x50, count: 8192)) }
        for use in SQLiteLedger.Use.allCases {
            #expect(await refusal(of: folder.ledger, for: use)?.code == .garbled)
        }
    }

    @Test("the log beside the file may be lost: every line is in the file when it is added")
    func lostLog() async throws {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        let latest = try key("latest")
        for text in ["one", "two", "three"] {
            let line = try await ledger.add(text, to: latest)
            let copy = try folder.copy(to: "\(text).db")
            for use in SQLiteLedger.Use.allCases {
                let found = try await SQLiteLedger.opened(copy, for: use).tip(of: latest)
                #expect(found == line)
            }
        }
    }

    @Test("a log without its file is a ledger that was lost, and not one without entries")
    func lostFile() async throws {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        try await ledger.add("one", to: try key("latest"))
        let copy = try folder.copy("-wal")
        try FileManager.default.removeItem(atPath: copy)
        for use in SQLiteLedger.Use.allCases {
            let failure = try #require(await refusal(of: copy, for: use))
            #expect(failure.code == .garbled)
            #expect(failure.detail.contains("copy.db-wal is still there"))
        }
    }

    @Test("a ledger of a later version is refused and left as it is")
    func newer() async throws {
        _ = try await fill()
        try folder.sql("PRAGMA user_version = 2", "ALTER TABLE line ADD COLUMN more TEXT")
        let bytes = try contents()
        for use in SQLiteLedger.Use.allCases {
            let failure = try #require(await refusal(of: folder.ledger, for: use))
            #expect(failure.code == .unsupported)
            #expect(
                failure.detail
                    == "the file has schema version 2, and this program knows up to 1")
        }
        #expect(try contents() == bytes)
    }

    @Test("a database of another program is refused and left as it is")
    func foreign() async throws {
        try folder.sql("CREATE TABLE line (text)", "INSERT INTO line VALUES ('mine')")
        let bytes = try contents()
        for use in SQLiteLedger.Use.allCases {
            let failure = try #require(await refusal(of: folder.ledger, for: use))
            #expect(failure.code == .unsupported)
            #expect(failure.detail == "the file is a database of another program")
        }
        #expect(try contents() == bytes)
        #expect(folder.names == ["pawl.db", "pawl.db.lock"])
    }

    @Test("what is left of a ledger that was being made is cleared away")
    func draft() async throws {
        try write(Array("half".utf8), to: folder.ledger + ".new")
        let reader = try await SQLiteLedger.opened(folder.ledger, for: .reading)
        #expect(try await reader.tip(of: try key("latest")) == nil)
        try await SQLiteLedger.opened(folder.ledger).add("one", to: try key("latest"))
        #expect(folder.names.isDisjoint(with: ["pawl.db.new", "pawl.db.new-wal"]))
    }
}
