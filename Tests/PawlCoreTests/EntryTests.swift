import PawlCore
import PawlTesting
import Testing

@Suite("An entry's written form")
struct EntryTests {
    private static let key = ChannelKey(
        host: "github.com", repository: wellFormed { try CodeRepository("acme/app") },
        channel: wellFormed { try Channel.Name("latest") })

    private static let movement = Movement(
        kind: .promote, commit: .named("b"), previous: .named("a"),
        images: [
            Movement.Image(
                target: wellFormed { try ImageReference("ghcr.io/acme/app:latest") },
                digest: .named("b"), before: .named("a")),
            Movement.Image(
                target: wellFormed { try ImageReference("ghcr.io/acme/worker:latest") },
                digest: .named("b2"), before: nil),
        ], evidence: ["gate: e2e.yml is a success for b.", "\u{1B}[31m ☃ \" \\ \n"])

    private static let events: [Entry.Event] = [
        .move(movement),
        .move(
            Movement(
                kind: .rollback, commit: .named("a"), previous: nil, images: [],
                isOverride: true), rolledBack: [.named("b"), .named("c")]),
        .hold, .resume(floor: .named("c"), released: [.named("b")]),
        .resume(floor: .named("c"), released: []), .quarantine(.named("b")), .followed(1),
        .announcing(1, hook: "dispatch redeploy.yml"),
        .announced(1, hook: "dispatch redeploy.yml", .delivered("204")),
        .announced(1, hook: "webhook chat.example", .failed("nobody answered")),
    ]

    /// Every event, one after the other.
    private static func ledger() -> [Entry] {
        var entries: [Entry] = []
        for event in events {
            entries.append(
                Entry(
                    id: "0123456789abcdef0123456789abcdef", at: ManualClock.start, by: "ada",
                    reason: entries.count % 2 == 0 ? nil : "because\nof \u{202E}this", key: key,
                    event: event, after: entries.last,
                    hash: entries.last.map { Scenario.hash($0.text) }))
        }
        return entries
    }

    @Test("every event reads back as it was written, in one line of plain ASCII")
    func roundTrip() throws {
        for entry in Self.ledger() {
            #expect(try Entry(text: entry.text) == entry)
            #expect(entry.text.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
        }
    }

    @Test("the form of version 1 stays as it is")
    func golden() throws {
        let entry = try #require(Self.ledger().dropFirst(6).first)
        #expect(
            entry.text == """
                {"pawl": 1, "n": 7, "id": "0123456789abcdef0123456789abcdef", \
                "at": "2026-04-30T12:00:00Z", "by": "ada", "reason": null, \
                "previous": "\(try #require(entry.previous))", "host": "github.com", \
                "repository": "acme/app", "channel": "latest", \
                "event": {"kind": "followed", "plan": 1}, \
                "state": \(try #require(Self.state(of: entry.text)))}
                """)
        let move = try #require(Self.ledger().first).text
        #expect(
            move.contains(
                """
                {"kind": "promote", "commit": "\(CommitID.named("b"))", \
                "previous": "\(CommitID.named("a"))", "override": false, \
                "images": [{"image": "ghcr.io/acme/app:latest", "digest": "\(Digest.named("b"))", \
                "before": "\(Digest.named("a"))"}
                """))
        #expect(
            move.contains(#""followed": false, "hold": null, "floor": null, "quarantined": []"#))
    }

    private static func state(of text: String) -> Substring? {
        text.firstRange(of: "\"state\": ").map { text[$0.upperBound...].dropLast() }
    }

    @Test("a line that lacks a field, or has another kind of value there, is no entry")
    func strict() throws {
        for entry in Self.ledger() {
            let json = try JSONValue(parsing: Array(entry.text.utf8))
            for damaged in Self.damaged(json) {
                let text = damaged.text
                #expect(throws: Entry.Malformed.self, "\(text)") { try Entry(text: text) }
            }
        }
    }

    /// The document without one of its fields, or with a value of another kind there.
    private static func damaged(_ json: JSONValue) -> [JSONValue] {
        switch json {
        case .object(let members):
            members.indices.flatMap { index -> [JSONValue] in
                var without = members
                without.remove(at: index)
                let inside = (damaged(members[index].value) + [.number("1.5")]).map { value in
                    var changed = members
                    changed[index] = JSONValue.Member(key: members[index].key, value: value)
                    return JSONValue.object(changed)
                }
                return [.object(without)] + inside
            }
        case .array(let elements):
            elements.indices.map { index in
                var changed = elements
                changed[index] = .number("1.5")
                return .array(changed)
            }
        default: []
        }
    }

    @Test("a newer version's line is named as such")
    func newer() {
        #expect(throws: Entry.Malformed.version(2)) { try Entry(text: #"{"pawl": 2}"#) }
        #expect(throws: Entry.Malformed.syntax) { try Entry(text: "") }
        #expect(throws: Entry.Malformed.syntax) { try Entry(text: "promote a to latest") }
    }

    @Test("its title says in a few words what happened")
    func titles() {
        #expect(
            Self.ledger().map(\.title) == [
                "promote \(CommitID.named("b").short) to latest",
                "rollback \(CommitID.named("a").short) to latest", "hold latest",
                "resume latest from \(CommitID.named("c").short)",
                "resume latest from \(CommitID.named("c").short)",
                "quarantine \(CommitID.named("b").short) on latest", "followed 1",
                "announcing 1 to dispatch redeploy.yml", "announced 1 to dispatch redeploy.yml",
                "could not announce 1 to webhook chat.example",
            ])
    }

    @Test("an untouched ledger has no fault")
    func sound() {
        #expect(audit(Self.ledger().map(\.text), of: Self.key, hash: Scenario.hash).isEmpty)
    }

    @Test("a changed, missing, doubled or swapped entry is found")
    func chain() {
        let texts = Self.ledger().map(\.text)
        for index in texts.indices.dropLast() {
            var changed = texts
            changed[index] = texts[index].replacing("\"ada\"", with: "\"bob\"")
            #expect(!audit(changed, of: Self.key, hash: Scenario.hash).isEmpty)
            var missing = texts
            missing.remove(at: index)
            #expect(!audit(missing, of: Self.key, hash: Scenario.hash).isEmpty)
            var doubled = texts
            doubled.insert(texts[index], at: index)
            #expect(!audit(doubled, of: Self.key, hash: Scenario.hash).isEmpty)
            var swapped = texts
            swapped.swapAt(index, index + 1)
            #expect(!audit(swapped, of: Self.key, hash: Scenario.hash).isEmpty)
        }
    }

    @Test("a state that its events do not come to is found, though the chain holds")
    func fold() {
        let all = Self.ledger()
        let entries = all.dropLast()
        let last = all[all.count - 1]
        var state = last.state
        state.hold = nil
        state.floor = .named("x")
        let forged = Entry(
            id: last.id, number: last.number, at: last.at, actor: last.actor, reason: last.reason,
            previous: last.previous, key: last.key, event: last.event, state: state)
        let faults = audit(
            entries.map(\.text) + [forged.text], of: Self.key, hash: Scenario.hash)
        #expect(faults.count == 1)
        #expect(faults.first?.number == 10)
    }

    @Test("another channel's ledger is found out")
    func otherChannel() {
        let other = ChannelKey(
            host: "github.com", repository: Self.key.repository,
            channel: wellFormed { try Channel.Name("stable") })
        #expect(audit([Self.ledger()[0].text], of: other, hash: Scenario.hash).count == 1)
    }

    @Test("a ledger in memory keeps the contract")
    func contract() async {
        #expect(await LedgerContract(MemoryLedger()).breaches().isEmpty)
        #expect(await LedgerContract(MemoryLedger()).raceBreaches(appenders: 200).isEmpty)
    }
}
