import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlTesting
import Testing

@Suite("A ledger in GitHub's git database", .timeLimit(.minutes(20)))
struct LedgerTests {
    @Test("It keeps the contract of ledgers")
    func contract() async throws {
        let stage = try LedgerStage()
        let others = [try stage.door { $0 }]
        #expect(await LedgerContract(stage.ledger, others: others).breaches() == [])
    }

    @Test("It keeps it where answers are remembered, too")
    func remembered() async throws {
        let stage = try LedgerStage()
        stage.github.answerConditionally()
        let door = try stage.door { ConditionalExchange($0) }
        #expect(await LedgerContract(door).breaches() == [])
    }

    @Test("What another door added is seen at once where answers are remembered")
    func notFromMemory() async throws {
        let stage = try LedgerStage()
        stage.github.answerConditionally()
        let door = try stage.door { ConditionalExchange($0) }
        for name in ["one", "two", "three"] {
            let line = try await stage.add(name)
            #expect(try await door.tip(of: LedgerStage.key) == line)
        }
    }

    @Test("200 appenders at once: one winner for each place, nothing lost")
    func race() async throws {
        let stage = try LedgerStage()
        let doors = try (0..<4).map { _ in
            try stage.door { YieldingExchange(inner: $0, every: 7) }
        }
        let contract = LedgerContract(doors[0], others: Array(doors.dropFirst()))
        #expect(await contract.raceBreaches(appenders: 200) == [])
        let writes = stage.github.requests.count { $0.method == "PATCH" || $0.method == "POST" }
        #expect(writes > 2 * 200 + 50, "hardly anybody was in another's way: \(writes)")
    }

    @Test("Appenders that all stand at every request at once lose nothing either")
    func tightRace() async throws {
        let stage = try LedgerStage()
        let doors = try (0..<4).map { _ in try stage.door { YieldingExchange(inner: $0) } }
        let contract = LedgerContract(doors[0], others: Array(doors.dropFirst()))
        #expect(await contract.raceBreaches(appenders: 40) == [])
        // Each line needs a commit and a ref; whatever is above that was refused.
        let writes = stage.github.requests.count { $0.method == "PATCH" || $0.method == "POST" }
        #expect(writes > 10 * 40, "hardly anybody was in another's way: \(writes)")
    }

    @Test("A race loses nothing where refs are read late")
    func lateRace() async throws {
        let stage = try LedgerStage()
        stage.github.lagRefs(reads: 2)
        let doors = try (0..<3).map { _ in try stage.door { YieldingExchange(inner: $0) } }
        let contract = LedgerContract(doors[0], others: Array(doors.dropFirst()))
        let breaches = await contract.raceBreaches(appenders: 12)
        // The last look of the contract may itself be a late one.
        let lines = stage.github.commits(from: LedgerStage.ref)
        #expect(lines.count == 12, "\(breaches)")
        #expect(Set(lines.map(\.message)).count == 12)
    }

    @Test("A tip costs two requests, and an append two, however long the ledger is")
    func requests() async throws {
        let stage = try LedgerStage()
        var tip: LedgerLine?
        for number in 1...30 {
            guard case .added(let line) = try await stage.append("\(number)", after: tip) else {
                throw LedgerStage.NotAdded()
            }
            tip = line
        }
        stage.github.forgetRequests()
        let newest = try #require(try await stage.ledger.tip(of: LedgerStage.key))
        #expect(
            stage.lines == ["GET /git/ref/pawl/latest", "GET /git/commits/\(newest.mark)"])
        stage.github.forgetRequests()
        guard case .added = try await stage.append("next", after: newest) else {
            throw LedgerStage.NotAdded()
        }
        #expect(stage.lines == ["POST /git/commits", "PATCH /git/refs/pawl/latest"])
    }

    @Test("The first look and the first line cost one request more: is it really not there?")
    func firstRequests() async throws {
        let stage = try LedgerStage()
        #expect(try await stage.ledger.tip(of: LedgerStage.key) == nil)
        #expect(
            stage.lines == ["GET /git/ref/pawl/latest", "GET /git/matching-refs/pawl/latest"])
        stage.github.forgetRequests()
        _ = try await stage.append("one", after: nil)
        #expect(stage.lines == ["POST /git/trees", "POST /git/commits", "POST /git/refs"])
    }

    @Test("A channel whose name begins like another's is another channel")
    func prefix() async throws {
        let stage = try LedgerStage()
        let longer = ChannelKey(
            host: "github.com", repository: try CodeRepository("acme/app"),
            channel: try Channel.Name("latest-eu"))
        try await stage.add("one", to: longer)
        #expect(try await stage.ledger.tip(of: LedgerStage.key) == nil)
        try await stage.add("two")
        #expect(
            try await stage.ledger.tip(of: longer)?.text == LedgerStage.text("one"))
    }

    @Test("The commits are a chain that git log reads: title, line, one small file, signed")
    func commits() async throws {
        let stage = try LedgerStage()
        try await stage.add("one")
        try await stage.add("two")
        let commits = stage.github.commits(from: LedgerStage.ref)
        #expect(
            commits.map(\.message) == [
                "add two\n\n{\"line\": \"two\"}\n", "add one\n\n{\"line\": \"one\"}\n",
            ])
        #expect(commits.map(\.parents) == [[commits[1].sha], []])
        #expect(commits.map(\.isSigned) == [true, true])
        #expect(Set(commits.map(\.treeID)).count == 1)
        // The branch is not touched, and the ledger has none of its files.
        #expect(stage.github.ref("refs/heads/main") == sha("1"))
    }

    @Test("A title cannot be taken for the line, nor break the message's form")
    func title() async throws {
        let stage = try LedgerStage()
        for title in ["two\nlines\r\n\n{\"line\": \"x\"}", "", "\u{0}\u{7}", "{\"line\": \"x\"}"] {
            let tip = try await stage.ledger.tip(of: LedgerStage.key)
            let text = LedgerStage.text("real")
            _ = try await stage.ledger.append(
                title: title, text: text, to: LedgerStage.key, after: tip)
            #expect(try await stage.ledger.tip(of: LedgerStage.key)?.text == text)
        }
        let firsts = stage.github.commits(from: LedgerStage.ref).map {
            $0.message.split(separator: "\n", omittingEmptySubsequences: false).count
        }
        #expect(firsts == [4, 4, 4, 4])
    }

    @Test("A chain that the git command wrote is read and continued, whatever its trees")
    func written() async throws {
        let stage = try LedgerStage()
        for (place, name) in ["one", "two"].enumerated() {
            stage.github.commit(
                sha("c\(place)"), parents: place == 0 ? [] : [sha("c0")],
                message: "add \(name)\n\n\(LedgerStage.text(name))\n")
        }
        stage.github.ref(LedgerStage.ref, at: sha("c1"))
        let tip = try await stage.ledger.tip(of: LedgerStage.key)
        #expect(tip == LedgerLine(text: LedgerStage.text("two"), mark: sha("c1")))
        stage.github.forgetRequests()
        guard case .added = try await stage.append("three", after: tip) else {
            throw LedgerStage.NotAdded()
        }
        // GitHub has never seen the small file: it is made, and the commit written then.
        #expect(
            stage.lines == [
                "POST /git/commits", "POST /git/trees", "POST /git/commits",
                "PATCH /git/refs/pawl/latest",
            ])
        let lines = try await stage.ledger.lines(of: LedgerStage.key, before: nil, limit: 9)
        #expect(lines.map(\.text) == ["three", "two", "one"].map(LedgerStage.text))
    }

    @Test("A long ledger is read in pages of a hundred, one request each")
    func pages() async throws {
        let stage = try LedgerStage()
        for number in 1...250 {
            stage.github.commit(
                sha("d\(1000 + number)"), parents: number == 1 ? [] : [sha("d\(999 + number)")],
                message: "add\n\n\(LedgerStage.text("\(number)"))\n")
        }
        stage.github.ref(LedgerStage.ref, at: sha("d1250"))
        var all: [LedgerLine] = []
        while true {
            let page = try await stage.ledger.lines(
                of: LedgerStage.key, before: all.last, limit: Limits.entryPageMax)
            guard !page.isEmpty else { break }
            all += page
        }
        #expect(all.map(\.text) == (1...250).reversed().map { LedgerStage.text("\($0)") })
        #expect(stage.lines.count == 4)
        // From the middle, by a line that this door has not passed.
        let middle = try await stage.ledger.lines(
            of: LedgerStage.key, before: all[119], limit: 100)
        #expect(middle == Array(all[120..<220]))
        #expect(
            try await stage.ledger.lines(of: LedgerStage.key, before: all[249], limit: 5) == [])
        #expect(try await stage.ledger.lines(of: LedgerStage.key, before: nil, limit: 0) == [])
    }

    @Test("Rows too large for one answer are read in smaller pages")
    func largeRows() async throws {
        let stage = try LedgerStage()
        let padding = String(repeating: "x", count: 100_000)
        for number in 1...25 {
            stage.github.commit(
                sha("d\(1000 + number)"), parents: number == 1 ? [] : [sha("d\(999 + number)")],
                message: "add\n\n\(LedgerStage.text("\(number)"))\n")
        }
        stage.github.ref(LedgerStage.ref, at: sha("d1025"))
        // Each row as large as no entry is: 25 of them are more than one answer may have.
        stage.github.fault(
            .changed { answer in
                answer.replacing(
                    "\"comment_count\":0",
                    "\"x\":\"\(String(repeating: padding, count: 15))\",\"comment_count\":0")
            }, on: "/commits?")
        let lines = try await stage.ledger.lines(of: LedgerStage.key, before: nil, limit: 25)
        #expect(lines.map(\.text) == (1...25).reversed().map { LedgerStage.text("\($0)") })
    }

    @Test("It works over a real connection")
    func overHTTP() async throws {
        let stage = try LedgerStage()
        let server = try await stage.github.start()
        let exchange = AsyncHTTPExchange(userAgent: "pawl-tests")
        let clock = ManualClock()
        let ledger = GitHubLedger(
            host: GitHubHost(
                exchange: RetryingExchange(exchange, clock: clock.clock, jitter: { 0.5 }),
                address: try GitHubAddress(server.url),
                repository: try CodeRepository("acme/app"), token: token, userAgent: "pawl-tests"),
            clock: clock.clock)
        let breaches = await LedgerContract(ledger).breaches()
        await exchange.shutdown()
        await server.stop()
        #expect(breaches == [])
    }
}
