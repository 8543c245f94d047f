import PawlCore
import PawlEngine
import PawlPorts
import PawlReport
import PawlTesting
import Testing

private let narrow = Style(isColoured: false, columns: 80)
private let hostile = "x\u{1B}[31m\u{202E}\n::error::forged ##[error]forged \u{7}"

private func key() throws -> ChannelKey {
    ChannelKey(
        host: "github.com", repository: try CodeRepository("acme/app"),
        channel: try Channel.Name("latest"))
}

/// Entries in their order, as a ledger would have them.
private func ledger(
    _ events: [(Entry.Event, actor: String, reason: String?)]
) throws -> [Entry] {
    let key = try key()
    var entries: [Entry] = []
    for (index, (event, actor, reason)) in events.enumerated() {
        entries.append(
            Entry(
                id: "\(CommitID.named("id \(index)").hex.prefix(32))",
                at: Instant(millisecondsSinceEpoch: 1_777_550_400_000 + Int64(index) * 60_000),
                by: actor, reason: reason, key: key, event: event, after: entries.last,
                hash: entries.last.map { "\(Digest.named($0.text))" }))
    }
    return entries
}

private func move(
    _ kind: Movement.Kind, to commit: String, from previous: String? = nil, isOverride: Bool = false
) throws -> Movement {
    Movement(
        kind: kind, commit: .named(commit), previous: previous.map { .named($0) },
        images: [
            Movement.Image(
                target: try ImageReference("ghcr.io/acme/app:latest", defaultTag: nil),
                digest: .named(commit), before: nil)
        ], isOverride: isOverride)
}

@Suite("History in words and as a document")
struct HistoryReportTests {
    private func entries() throws -> [Entry] {
        try ledger([
            (.move(try move(.adopt, to: "a")), "mona", "as found"),
            (.move(try move(.promote, to: "b", from: "a")), "hubot", nil),
            (.followed(2), "hubot", nil),
            (.announcing(2, hook: "webhook hooks.acme.example"), "hubot", nil),
            (
                .announced(
                    2, hook: "webhook hooks.acme.example",
                    .failed("the receiver answered 500 after 4 attempts \(hostile)")), "hubot", nil
            ),
            (
                .move(
                    try move(.rollback, to: "a", from: "b", isOverride: true),
                    rolledBack: [.named("b"), .named("c")]),
                String(repeating: "n", count: 39), String(repeating: "long words ", count: 20)
            ),
            (.hold, hostile, hostile),
        ])
    }

    @Test("every line fits into 80 columns, and words from outside stay in theirs")
    func width() throws {
        let entries = try entries()
        let report = HistoryReport(
            channel: try Channel.Name("latest"), rows: entries.reversed(),
            state: entries.last?.state, isWhole: false)
        let lines = report.text(style: narrow).split(separator: "\n")
        for line in lines {
            #expect(line.count <= 80, "\(line)")
            #expect(line.last != " ", "\(line)")
        }
        // On a small terminal only a name of one word may be longer than a line.
        let small = report.text(style: Style(isColoured: false, columns: 40))
        for line in small.split(separator: "\n") {
            #expect(
                line.count <= 40 || line.split(separator: " ").contains { $0.count > 33 },
                "\(line)")
        }
        #expect(small.contains("rollback\n       "), "\(small)")
        let text = report.text(style: .plain)
        #expect(!text.contains("\u{1B}"))
        #expect(!text.contains("\u{202E}"))
        #expect(!text.contains("##["))
        #expect(!text.contains("\n::error"))
        #expect(text.contains("dead letter  entry 2"))
        #expect(text.contains("(2 commits after it quarantined)"))
        #expect(text.contains("(not followed to its end yet)"))
        #expect(text.contains("older entries: --limit"))
    }

    @Test("bookkeeping is no row of its own, a dead letter is one")
    func told() throws {
        #expect(
            try entries().filter(HistoryReport.isTold).map(\.number) == [1, 2, 5, 6, 7])
    }

    @Test("the document has all that an entry says, and the state once")
    func document() throws {
        let entries = try entries()
        let text = HistoryReport.json([
            HistoryReport(
                channel: try Channel.Name("latest"), rows: entries.reversed(),
                state: entries.last?.state, isWhole: true)
        ]).text
        #expect(text.hasPrefix(#"{"schema": 1, "channel": "latest", "whole": true, "state": {"#))
        for part in [
            #""entry": 6, "id": ""#, #""kind": "rollback""#, #""override": true"#,
            #""previous": "\#(CommitID.named("b").hex)""#, #""rolled_back": [""#,
            #""outcome": {"failed": "the receiver answered 500"#,
            #""followed": false, "hold": {"actor": ""#, #""digest": "\#(Digest.named("a"))""#,
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("\u{1B}"))
    }
}

@Suite("What a person ordered, in words")
struct OrderWordsTests {
    private func receipt(
        _ outcome: Receipt.Outcome, entry: Int? = nil, isDryRun: Bool = false
    ) throws -> Receipt {
        var receipt = Receipt(
            channel: try Channel.Name("latest"), commit: .named("b"), outcome: outcome,
            reasons: [])
        receipt.previous = .named("c")
        receipt.entry = entry
        receipt.isDryRun = isDryRun
        return receipt
    }

    private func headline(_ order: Engine.Order, _ receipt: Receipt) -> String {
        let text = TextReport(style: .plain, showsFindings: false, order: order).text(of: receipt)
        return text.split(separator: "\n").first.map(String.init) ?? ""
    }

    @Test("done, done before, only tried, and refused")
    func headlines() throws {
        let (name, commit) = (CommitName.full(.named("b")), CommitID.named("b").short)
        let said = try Statement(actor: "mona", reason: nil)
        let rollback = Engine.Order.rollback(name, try Override(actor: "mona", reason: "x"))
        for (order, receipt, words) in [
            (
                rollback, try receipt(.promote, entry: 7),
                "rolled back  latest  to \(commit), was at \(CommitID.named("c").short) (entry 7)"
            ),
            (
                rollback, try receipt(.promote, isDryRun: true),
                "would roll back  latest  to \(commit), was at \(CommitID.named("c").short)"
            ),
            (rollback, try receipt(.reject), "rejected  latest  \(commit) will not go"),
            (rollback, try receipt(.error), "error  latest  \(commit) could not be finished"),
            (
                .hold(said), try receipt(.hold, entry: 2),
                "held  latest  nothing moves by itself (entry 2)"
            ),
            (
                .hold(said), try receipt(.hold),
                "held  latest  as before: nothing moves by itself"
            ),
            (
                .quarantine(name, said), try receipt(.settled),
                "quarantined  latest  \(commit) does not go by itself, as before"
            ),
            (
                .resume(nil, said), try receipt(.settled, entry: 3),
                "resumed  latest  \(commit) and what descends from it go by themselves (entry 3)"
            ),
            (.resume(name, said), try receipt(.hold), "hold  latest  \(commit) may not go yet"),
            (
                .adopt(said), try receipt(.settled, entry: 4),
                "adopted  latest  \(commit), as found (entry 4)"
            ),
            (.adopt(said), try receipt(.settled), "settled  latest  at \(commit)"),
            (.follow(said), try receipt(.settled), "settled  latest  at \(commit)"),
        ] {
            #expect(headline(order, receipt) == words)
        }
    }

    @Test("a colour takes no columns: the text beside it is wrapped where it would be without")
    func colours() throws {
        var receipt = try receipt(.hold)
        receipt.reasons = [Reason(.held, "latest", String(repeating: "words ", count: 40))]
        func lines(_ isColoured: Bool) -> Int {
            TextReport(style: Style(isColoured: isColoured, columns: 80), showsFindings: false)
                .text(of: receipt).split(separator: "\n").count
        }
        #expect(lines(true) == lines(false))
    }
}

@Suite("A verdict beside a commit")
struct CommitStatusReportTests {
    @Test("each verdict has its state, and text from outside is one line")
    func states() throws {
        for (outcome, state) in [
            (Receipt.Outcome.promote, CommitStatus.State.success), (.settled, .success),
            (.hold, .pending), (.reject, .failure), (.error, .error),
        ] {
            let receipt = Receipt(
                channel: try Channel.Name("latest"), commit: .named("b"), outcome: outcome,
                reasons: [Reason(.gateFailed, "e2e.yml", hostile)])
            let status = CommitStatus(receipt, link: nil)
            #expect(status?.state == state)
            #expect(status?.context == "pawl/latest")
            #expect(status?.description.contains("\n") == false)
            #expect(status?.description.contains("\u{1B}") == false)
        }
    }

    @Test("nothing is shown of what concerned nobody, judged no commit, or was only tried")
    func none() throws {
        let name = try Channel.Name("latest")
        let ignored = Receipt(channel: name, commit: .named("b"), outcome: .ignore, reasons: [])
        let nothing = Receipt(channel: name, commit: nil, outcome: .hold, reasons: [])
        var tried = Receipt(channel: name, commit: .named("b"), outcome: .promote, reasons: [])
        tried.isDryRun = true
        for receipt in [ignored, nothing, tried] {
            #expect(CommitStatus(receipt, link: nil) == nil)
        }
    }
}
