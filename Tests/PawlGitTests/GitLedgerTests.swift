import FoundationEssentials
import PawlCore
import PawlGit
import PawlLoopback
import PawlPorts
import PawlTesting
import Testing

@Suite("A ledger in a git repository")
struct GitLedgerTests {
    private let key = LedgerFixture.latest

    @Test("keeps the contract of ledgers")
    func contract() async throws {
        let fixture = try await LedgerFixture()
        let contract = LedgerContract(fixture.ledger(), others: [fixture.ledger()])
        #expect(await contract.breaches() == [])
    }

    @Test("keeps it over HTTP, where the remote wants the clone's header")
    func contractOverHTTP() async throws {
        let fixture = try await LedgerFixture()
        let server = try await GitServer.start(
            fixture.remote, gate: GitServer.wanting("basic c2VjcmV0"))
        try await fixture.clone.git("remote", "set-url", "origin", server.url)
        try await fixture.clone.git(
            "config", "http.\(server.url).extraheader", "AUTHORIZATION: basic c2VjcmV0")
        #expect(await LedgerContract(fixture.ledger()).breaches() == [])
        await server.stop()
    }

    @Test("two hundred appenders through three doors: one winner for each place, nothing lost")
    func race() async throws {
        let fixture = try await LedgerFixture()
        // Real pauses: whoever finds the ref locked lets the other one finish.
        let clock = PawlPorts.Clock(
            now: { ManualClock.start },
            sleep: { duration throws(CancellationError) in
                do { try await Task.sleep(for: duration) } catch { throw CancellationError() }
            })
        let doors = (1...3).map { _ in fixture.ledger(clock: clock) }
        let contract = LedgerContract(doors[0], others: Array(doors[1...]))
        #expect(await contract.raceBreaches(appenders: 200) == [])
        let count = try await fixture.remote.git("rev-list", "--count", LedgerFixture.ref)
        #expect(count == "200")
        #expect(try await fixture.remote.git("rev-list", "--merges", LedgerFixture.ref) == "")
    }

    @Test("the log of the ref is the audit: a title, an empty line, the line")
    func layout() async throws {
        let fixture = try await LedgerFixture()
        let ledger = fixture.ledger()
        let one = try await fixture.add(
            "{\"n\":1}", to: ledger, after: nil, title: "promote 1a2b3c4 to latest")
        let two = try await fixture.add(
            "{\"n\":2}", to: ledger, after: one, title: "odd\u{1B}[2J\ntitle")
        #expect(try await fixture.tip() == two.mark)
        let log = try await fixture.remote.git(
            "log", "--format=%H|%P|%an|%cn|%aI|%s|%b|", LedgerFixture.ref)
        #expect(
            log == """
                \(two.mark)|\(one.mark)|Pawl|Pawl|2026-04-30T12:00:00+00:00|odd [2J title|{"n":2}
                |
                \(one.mark)||Pawl|Pawl|2026-04-30T12:00:00+00:00|promote 1a2b3c4 to latest|{"n":1}
                |
                """)
        let files = try await fixture.remote.git("ls-tree", "-r", "--name-only", two.mark)
        #expect(files == "README")
        #expect(
            try await fixture.remote.git("rev-parse", "\(one.mark)^{tree}", "\(two.mark)^{tree}")
                .split(separator: "\n").allSatisfy {
                    // The same one that is written through GitHub's interface.
                    $0 == "89c0f029969dc44eda94a2db645ddd10cc29261e"
                })
        #expect(
            try await fixture.remote.git("for-each-ref", "--format=%(refname)")
                == "refs/pawl/latest")
        try await fixture.remote.git("fsck", "--strict")
    }

    @Test("a page of the past is read in any order, by another process too")
    func pages() async throws {
        let fixture = try await LedgerFixture()
        let all = Array(try await fixture.fill(40).reversed())
        let other = fixture.ledger()
        #expect(try await other.lines(of: key, before: nil, limit: 5) == Array(all[0..<5]))
        #expect(try await other.lines(of: key, before: all[4], limit: 10) == Array(all[5..<15]))
        #expect(try await other.lines(of: key, before: all[14], limit: 100) == Array(all[15...]))
        #expect(try await other.lines(of: key, before: all[39], limit: 5) == [])
        #expect(try await other.lines(of: key, before: nil, limit: 0) == [])
        #expect(try await other.lines(of: key, before: nil, limit: 1000) == all)
        // The line itself is far from the tip, and never was read there.
        let third = fixture.ledger()
        #expect(try await third.lines(of: key, before: all[30], limit: 2) == Array(all[31..<33]))
    }

    @Test("the loser of a race is told of the winner")
    func loser() async throws {
        let fixture = try await LedgerFixture()
        let (one, two) = (fixture.ledger(), fixture.ledger())
        let first = try await fixture.add("{\"n\":1}", to: one, after: nil)
        let lost = try await two.append(title: "t", text: "{\"n\":0}", to: key, after: nil)
        #expect(lost == .moved(to: first))

        #expect(try await two.tip(of: key) == first)
        let second = try await fixture.add("{\"n\":2}", to: one, after: first)
        #expect(
            try await two.append(title: "t", text: "{\"n\":9}", to: key, after: first)
                == .moved(to: second))
        #expect(
            try await two.append(title: "t", text: "{\"n\":9}", to: key, after: first)
                == .moved(to: second))
        #expect(try await fixture.tip() == second.mark)
    }

    @Test("a writer whose answer was lost finds its own line at the tip")
    func lostAnswer() async throws {
        let fixture = try await LedgerFixture()
        let added = try await fixture.add("{\"id\":\"a\"}", to: fixture.ledger(), after: nil)
        let again = try await fixture.ledger().append(
            title: "a line", text: added.text, to: key, after: nil)
        #expect(again == .moved(to: added))
    }

    @Test("the ref is locked for a moment by somebody else: tried again")
    func locked() async throws {
        let fixture = try await LedgerFixture()
        let first = try await fixture.add("{\"n\":1}", to: fixture.ledger(), after: nil)
        let lock = fixture.path("refs/pawl/latest.lock")
        try Data().write(to: URL(filePath: lock))
        let unlocking = PawlPorts.Clock(
            now: { ManualClock.start },
            sleep: { duration throws(CancellationError) in
                if duration < Limits.requestTimeout {
                    try? FileManager.default.removeItem(atPath: lock)
                }
                try await LedgerFixture.clock.sleep(duration)
            })
        _ = try await fixture.add("{\"n\":2}", to: fixture.ledger(clock: unlocking), after: first)

        try Data().write(to: URL(filePath: lock))
        let second = try await fixture.ledger().tip(of: key)
        let failed = await failure { () throws(PortFailure) in
            _ = try await fixture.ledger().append(
                title: "t", text: "{\"n\":3}", to: key, after: second)
        }
        #expect(failed?.code == .busy)
    }

    @Test("the clone stays as it is, byte for byte, and nothing is left behind")
    func cloneUntouched() async throws {
        let fixture = try await LedgerFixture()
        let before = try LedgerFixture.contents(fixture.clone.folder)
        let place = try GitFixture.emptyFolder()
        let environment = GitFixture.environment.merging(["TMPDIR": place.folder]) { $1 }
        do {
            let ledger = fixture.ledger(environment: environment)
            let one = try await fixture.add("{\"n\":1}", to: ledger, after: nil)
            _ = try await fixture.add("{\"n\":2}", to: ledger, after: one)
            _ = try await ledger.lines(of: key, before: nil, limit: 10)
            #expect(try LedgerFixture.contents(place.folder).isEmpty == false)
            ledger.close()
            #expect(try LedgerFixture.contents(place.folder) == [:])
            #expect(try await ledger.tip(of: key)?.text == "{\"n\":2}")
        }
        #expect(try LedgerFixture.contents(fixture.clone.folder) == before)
        #expect(try LedgerFixture.contents(place.folder) == [:])
    }

    @Test("an entry that is no line is refused before anything is asked")
    func noLine() async throws {
        let fixture = try await LedgerFixture()
        for text in ["", "{\n}", "{\0}", String(repeating: "x", count: Limits.entryBytesMax + 1)] {
            let failed = await failure { () throws(PortFailure) in
                _ = try await fixture.ledger().append(
                    title: "t", text: text, to: key, after: nil)
            }
            #expect(failed?.code == .tooLarge)
        }
    }

    @Test("whether it could be written is asked without writing")
    func checkWriting() async throws {
        let fixture = try await LedgerFixture()
        try await fixture.ledger().checkWriting(to: key)
        #expect(try await fixture.remote.git("for-each-ref") == "")

        let server = try await GitServer.start(fixture.remote) { request in
            request.target.contains("receive-pack") ? CannedResponse(status: 403) : nil
        }
        let failed = await failure { () throws(PortFailure) in
            try await fixture.ledger(server.url).checkWriting(to: key)
        }
        #expect(failed?.code == .denied)
        #expect(failed?.advice?.contains("contents: write") == true)
        await server.stop()
    }
}
