import PawlCore
import PawlReport
import PawlServer

/// What the board shows, as JSON.
enum ChannelDocument {
    /// One row of the list.
    static func row(_ situation: Situation) -> [JSONValue.Member] {
        let address = situation.address
        return [
            JSONValue.Member(key: "schema", value: .integer(1)),
            JSONValue.Member(key: "name", value: .string("\(address)")),
            JSONValue.Member(key: "channel", value: .string(address.channel.text)),
            JSONValue.Member(key: "repository", value: .string("\(address.repository)")),
            JSONValue.Member(key: "branch", value: .string(situation.branch.text)),
            JSONValue.Member(
                key: "looked_at", value: .string(orNull: situation.lookedAt?.timestamp)),
            JSONValue.Member(
                key: "next_look_at", value: .string(orNull: situation.nextLookAt?.timestamp)),
            JSONValue.Member(key: "at_work", value: .bool(situation.isAtWork)),
            JSONValue.Member(
                key: "status",
                value: situation.status.map { StatusReport.json([$0]) } ?? .null),
            JSONValue.Member(
                key: "last",
                value: situation.last.map { ResultDocument.json([$0], requests: nil) } ?? .null),
        ]
    }

    /// Everything that is shown of one channel.
    static func whole(_ situation: Situation) -> JSONValue {
        .object(
            row(situation) + [
                JSONValue.Member(key: "strip", value: .array(situation.strip.map(step))),
                JSONValue.Member(key: "history", value: history(situation)),
            ])
    }

    /// The ledger's newest entries.
    static func history(_ situation: Situation) -> JSONValue {
        let report = HistoryReport(
            channel: situation.address.channel, rows: situation.history,
            state: situation.history.first?.state,
            isWhole: situation.history.count < Limits.entryPageMax)
        return .object(
            [JSONValue.Member(key: "name", value: .string("\(situation.address)"))]
                + (HistoryReport.json([report]).object ?? []))
    }

    private static func step(_ step: Situation.Step) -> JSONValue {
        .object([
            "sha": .string(step.commit.hex), "short_sha": .string(step.commit.short),
            "committed_at": .string(orNull: step.committedAt?.timestamp),
            "live": .bool(step.isLive),
            "judged": step.judged.map { ResultDocument.json([$0], requests: nil) } ?? .null,
        ])
    }
}
