package import PawlCore
import PawlEngine

extension HistoryReport {
    /// One channel as an object; several as an array.
    package static func json(_ reports: [HistoryReport]) -> JSONValue {
        let documents = reports.map(\.json)
        return documents.count == 1 ? documents[0] : .array(documents)
    }

    private var json: JSONValue {
        .object([
            "schema": .integer(1),
            "channel": .string(channel.text),
            "whole": .bool(isWhole),
            "state": StateReport.json(state),
            "entries": .array(entries.map(Self.json)),
        ])
    }

    private static func json(_ entry: Entry) -> JSONValue {
        let common: [JSONValue.Member] = [
            JSONValue.Member(key: "entry", value: .integer(entry.number)),
            JSONValue.Member(key: "id", value: .string(entry.id)),
            JSONValue.Member(key: "at", value: .string(entry.at.timestamp)),
            JSONValue.Member(key: "kind", value: .string(entry.event.word)),
            JSONValue.Member(key: "actor", value: .string(entry.actor)),
            JSONValue.Member(key: "reason", value: .string(orNull: entry.reason)),
            JSONValue.Member(key: "hash_before", value: .string(orNull: entry.previous)),
        ]
        return .object(common + (json(entry.event).object ?? []))
    }

    /// What only some kinds of entries have.
    private static func json(_ event: Entry.Event) -> JSONValue {
        switch event {
        case .move(let movement, let rolledBack): json(movement, rolledBack)
        case .hold: .object([:])
        case .resume(let floor, let released):
            .object(["sha": .string(floor.hex), "released": StateReport.json(released)])
        case .quarantine(let commit): .object(["sha": .string(commit.hex)])
        case .followed(let plan): .object(["of_entry": .integer(plan)])
        case .announcing(let plan, let hook):
            .object(["of_entry": .integer(plan), "hook": .string(hook)])
        case .announced(let plan, let hook, let outcome):
            .object([
                "of_entry": .integer(plan), "hook": .string(hook),
                "outcome": StateReport.json(outcome),
            ])
        }
    }

    private static func json(_ movement: Movement, _ rolledBack: [CommitID]) -> JSONValue {
        .object([
            "sha": .string(movement.commit.hex),
            "short_sha": .string(movement.commit.short),
            "previous": .string(orNull: movement.previous?.hex),
            "override": .bool(movement.isOverride),
            "images": .array(
                movement.images.map { image in
                    .object([
                        "image": .string("\(image.target.repository)"),
                        "tag": .string(orNull: image.target.tag?.text),
                        "digest": .string("\(image.digest)"),
                        "before": .string(orNull: image.before.map { "\($0)" }),
                    ])
                }),
            "rolled_back": StateReport.json(rolledBack),
            "evidence": .array(movement.evidence.map { .string($0) }),
        ])
    }
}
