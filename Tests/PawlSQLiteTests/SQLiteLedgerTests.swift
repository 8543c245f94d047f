import FoundationEssentials
import PawlCore
import PawlPorts
import PawlSQLite
import PawlTesting
import Testing

@Suite("A ledger in a file")
struct SQLiteLedgerTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test("keeps the contract of ledgers")
    func contract() async throws {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        #expect(await LedgerContract(ledger).breaches() == [])
    }

    @Test("two hundred appenders at once: one winner for each place, nothing lost")
    func race() async throws {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        #expect(await LedgerContract(ledger).raceBreaches(appenders: 200) == [])
    }

    @Test("what was added is there when the file is opened again, for reading and for writing")
    func again() async throws {
        let latest = try key("latest")
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        for text in ["one", "two", "three"] { try await ledger.add(text, to: latest) }
        let tip = try await ledger.tip(of: latest)
        ledger.close()
        #expect(folder.names == ["pawl.db", "pawl.db.lock"])
        for use in [SQLiteLedger.Use.reading, .writing] {
            let again = try await SQLiteLedger.opened(folder.ledger, for: use)
            #expect(try await again.texts(of: latest) == ["one", "two", "three"])
            #expect(try await again.tip(of: latest) == tip)
        }
    }

    @Test("two channels and two repositories in one file know nothing of each other")
    func keys() async throws {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        let keys = [
            try key("latest"), try key("stable"), try key("latest", of: "acme/other"),
            ChannelKey(
                host: "git", repository: try CodeRepository("acme/app"),
                channel: try Channel.Name("latest")),
        ]
        for round in 1...3 {
            for key in keys { try await ledger.add("\(key) \(round)", to: key) }
        }
        for key in keys {
            #expect(try await ledger.texts(of: key) == (1...3).map { "\(key) \($0)" })
            #expect(try await ledger.tip(of: key)?.mark == "3")
        }
    }

    @Test("a repository is the same one whatever the case it is written in")
    func repositoryCase() async throws {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        try await ledger.add("one", to: try key("latest", of: "Acme/App"))
        try await ledger.add("two", to: try key("latest", of: "acme/APP"))
        #expect(try await ledger.texts(of: try key("latest")) == ["one", "two"])
    }

    @Test(
        "a text comes back byte for byte",
        arguments: ["", "a\u{0}b", "e\u{301} and é", "\u{FEFF}{}", "'; DROP TABLE line; --"])
    func bytes(_ text: String) async throws {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        try await ledger.add(text, to: try key("latest"))
        let tip = try await ledger.tip(of: try key("latest"))
        #expect(tip.map { Array($0.text.utf8) } == Array(text.utf8))
    }

    @Test("a line must be the newest in text and in place to be added after")
    func exactTip() async throws {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        let latest = try key("latest")
        let tip = try #require(try await ledger.add("one", to: latest))
        for other in [LedgerLine(text: "two", mark: "1"), LedgerLine(text: "one", mark: "2")] {
            let answer = try await ledger.append(
                title: "", text: "late", to: latest, after: other)
            #expect(answer == .moved(to: tip))
        }
        #expect(try await ledger.texts(of: latest) == ["one"])
    }

    @Test("an entry that is too large is refused, and so is a place of another kind of ledger")
    func refused() async throws {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        let latest = try key("latest")
        let large = String(repeating: "x", count: Limits.entryBytesMax + 1)
        #expect(try await failure { try await ledger.add(large, to: latest) }?.code == .tooLarge)
        for mark in ["1a2b3c4", "0", "-1", ""] {
            let before = LedgerLine(text: "one", mark: mark)
            let failure = try await failure {
                _ = try await ledger.lines(of: latest, before: before, limit: 1)
            }
            #expect(failure?.code == .refused)
        }
        #expect(try await ledger.lines(of: latest, before: nil, limit: 0) == [])
    }

    @Test("a file that is not there has no entry when it is read, and is not made")
    func absent() async throws {
        let reader = try await SQLiteLedger.opened(folder.ledger, for: .reading)
        let latest = try key("latest")
        #expect(try await reader.tip(of: latest) == nil)
        #expect(try await reader.lines(of: latest, before: nil, limit: 10) == [])
        #expect(folder.names == [])

        // The reader does not keep to what it once saw.
        let writer = try await SQLiteLedger.opened(folder.ledger)
        try await writer.add("one", to: latest)
        #expect(try await reader.tip(of: latest)?.text == "one")
    }

    @Test("what is opened to be read adds nothing")
    func readOnly() async throws {
        let reader = try await SQLiteLedger.opened(folder.ledger, for: .reading)
        let failure = try await failure { try await reader.add("one", to: try key("latest")) }
        #expect(failure?.code == .refused)
        #expect(folder.names == [])
    }

    @Test("a folder that is not there is named", arguments: SQLiteLedger.Use.allCases)
    func noFolder(_ use: SQLiteLedger.Use) async throws {
        let path = folder.path + "/not/there/pawl.db"
        let failure = try #require(await refusal(of: path, for: use))
        #expect(failure.code == .missing)
        #expect(failure.subject == "ledger sqlite:\(path)")
        #expect(failure.detail == "there is no folder \(folder.path)/not/there")
    }

    @Test("a folder is no ledger", arguments: ["/", "", "/..", "/inner"])
    func isFolder(_ rest: String) async throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/inner", withIntermediateDirectories: false)
        for use in SQLiteLedger.Use.allCases {
            #expect(await refusal(of: folder.path + rest, for: use)?.code == .refused)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + rest + ".lock"))
    }

    @Test(
        "names that mean something else to SQLite are names of files",
        arguments: [
            ":memory:", "file:pawl.db?mode=memory", "%2e.db", "pawl db'\"",
        ])
    func names(_ name: String) async throws {
        let path = "\(folder.path)/\(name)"
        try await SQLiteLedger.opened(path).add("one", to: try key("latest"))
        #expect(folder.names == [name, name + ".lock"])
        let again = try await SQLiteLedger.opened(path, for: .reading)
        #expect(try await again.texts(of: try key("latest")) == ["one"])
    }

    @Test("control characters of a path do not reach a message")
    func controlCharacters() async throws {
        let failure = await refusal(of: folder.path + "/\u{1B}[2J\n/x", for: .reading)
        let texts = [failure?.subject, failure?.detail, failure?.advice].compactMap { $0 }
        #expect(texts.count == 3)
        #expect(texts.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
    }
}
