import FoundationEssentials
import PawlCore
import PawlGit
import PawlPorts
import PawlTesting
import Testing

@Suite("What a ledger in a git repository costs")
struct GitLedgerCostTests {
    private let key = LedgerFixture.latest

    @Test("processes and requests of a look, an append, and the next ones")
    func counted() async throws {
        let fixture = try await LedgerFixture()
        let lines = try await fixture.fill(3)
        let server = try await GitServer.start(fixture.remote)
        let log = fixture.path("asked")
        let ledger = fixture.ledger(server.url, environment: try fixture.countedGit(log))
        func asked() throws -> [Substring] {
            defer { try? FileManager.default.removeItem(atPath: log) }
            return String(decoding: try Data(contentsOf: URL(filePath: log)), as: UTF8.self)
                .split(separator: "\n")
        }

        var requests = try await server.during {
            let tip = try await ledger.tip(of: key)
            #expect(tip == lines.last)
        }
        #expect(
            try asked() == ["config", "rev-parse", "init", "config", "fetch", "cat-file"])
        #expect(requests.count == 3, "\(requests)")

        var newest: LedgerLine?
        requests = try await server.during {
            newest = try await fixture.add("{\"n\":4}", to: ledger, after: lines.last)
        }
        #expect(try asked() == ["hash-object", "mktree", "hash-object", "push"])
        #expect(requests.count == 2, "\(requests)")

        requests = try await server.during {
            newest = try await fixture.add("{\"n\":5}", to: ledger, after: newest)
        }
        #expect(try asked() == ["hash-object", "push"])
        #expect(requests.count == 2, "\(requests)")

        requests = try await server.during {
            let tip = try await ledger.tip(of: key)
            #expect(tip == newest)
        }
        #expect(try asked() == ["fetch", "cat-file"])
        // Nothing new: the remote's list of refs is enough.
        #expect(requests.count == 2, "\(requests)")
        await server.stop()
    }

    @Test("a look costs the same, however long the ledger is")
    func tipOfALongOne() async throws {
        let fixture = try await LedgerFixture()
        let server = try await GitServer.start(fixture.remote)
        func look() async throws -> Int {
            try await server.during {
                _ = try await fixture.ledger(server.url).tip(of: key)
            }.reduce(0) { $0 + $1.bytes }
        }
        let lines = try await fixture.fill(3)
        let short = try await look()
        // Written at once: a thousand more lines, whose texts do not compress.
        var stream = ""
        for number in 4...1000 {
            let text = "{\"n\":\(number),\"x\":\"\(UUID().uuidString)\"}"
            let message = "a line\n\n\(text)\n"
            stream +=
                "commit \(LedgerFixture.ref)\n"
                + "committer Pawl <pawl@pawl.invalid> 1777550400 +0000\n"
                + "data \(message.utf8.count)\n\(message)"
                + (number == 4 ? "from \(lines[2].mark)\n" : "") + "\n"
        }
        try await fixture.remote.git("fast-import", "--quiet", input: stream)
        #expect(try await fixture.remote.git("rev-list", "--count", LedgerFixture.ref) == "1000")
        let long = try await look()
        #expect(abs(long - short) < 200, "\(short) bytes, then \(long)")
    }

    @Test("who asks at the same time shares what one look sees")
    func shared() async throws {
        let fixture = try await LedgerFixture()
        let lines = try await fixture.fill(1)
        let log = fixture.path("asked")
        let ledger = fixture.ledger(environment: try fixture.countedGit(log))
        let tips = await withTaskGroup(of: LedgerLine?.self) { group in
            for _ in 0..<20 { group.addTask { try? await ledger.tip(of: key) } }
            return await group.reduce(into: [LedgerLine?]()) { $0.append($1) }
        }
        #expect(tips == Array(repeating: lines[0], count: 20))
        let words = String(decoding: try Data(contentsOf: URL(filePath: log)), as: UTF8.self)
        // One for those who came before it began, one for those who came during it, and some more
        // for tasks that are late to start; on a busy machine that can be many.
        #expect(words.split(separator: "\n").count { $0 == "fetch" } < 20)
    }
}
