package import PawlCore
package import PawlEngine

/// Where the channels are, in words and as JSON.
package enum StatusReport {
    /// A few lines for one channel, ending in a line break.
    package static func text(of status: ChannelStatus, style: Style) -> String {
        var lines = [
            "\(style.paint(status.channel.text, .bold))  \(place(status))  \(lag(status))"
        ]
        let width = status.images.map { "\($0.target)".count }.max() ?? 0
        for image in status.images {
            lines.append(
                "  \("\(image.target)".padded(to: width))  \(words(image.digest) { $0.short })  "
                    + words(image.live) { $0.short })
        }
        if let ledger = status.ledger {
            lines.append(style.hanging("  ledger: ", Escaped.terminal(StateReport.line(ledger))))
        }
        for reason in status.reasons {
            lines.append(
                style.hanging(
                    "  \(reason.code.rawValue): ", Escaped.terminal(reason.text)))
            lines.append(style.hanging("    -> ", Escaped.terminal(reason.advice)))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// How far a channel is behind: `2 commits behind 1a2b3c4, for 3 h 5 min`.
    package static func lag(_ status: ChannelStatus) -> String {
        let commits = status.commitsBehind.map { $0 == 1 ? "1 commit" : "\($0) commits" }
        return switch (status.newest, commits) {
        case (nil, .some): status.agrees ? "up to date" : "no newer image"
        case (.some(let newest), .some(let commits)):
            "\(commits) behind \(newest.short)"
                + (status.behindFor.map { ", for \(hours($0))" } ?? "")
        default: "could not be told"
        }
    }

    /// One channel as an object; several as an array.
    package static func json(_ statuses: [ChannelStatus]) -> JSONValue {
        let documents = statuses.map(json)
        return documents.count == 1 ? documents[0] : .array(documents)
    }

    private static func json(_ status: ChannelStatus) -> JSONValue {
        let first = status.images.first?.live.value
        return .object([
            "schema": .integer(1),
            "channel": .string(status.channel.text),
            "sha": .string(orNull: status.agrees ? first?.hex : nil),
            "agrees": .bool(status.agrees),
            "newest": .string(orNull: status.newest?.hex),
            "commits_behind": status.commitsBehind.map { .integer($0) } ?? .null,
            "seconds_behind": status.behindFor.map { .integer(Int($0.components.seconds)) }
                ?? (status.newest == nil && status.commitsBehind != nil ? .integer(0) : .null),
            "images": .array(
                status.images.map { image in
                    .object([
                        "image": .string("\(image.target.repository)"),
                        "tag": .string(orNull: image.target.tag?.text),
                        "digest": .string(orNull: image.digest.value.map { "\($0)" }),
                        "revision": .string(orNull: image.live.value?.hex),
                        "found": .string(word(image.digest)),
                        "planned": .string(
                            orNull: status.ledger?.plan?.digest(of: image.target)
                                .map { "\($0)" }),
                    ])
                }),
            "ledger": StateReport.json(status.ledger),
            "reasons": .array(status.reasons.map { ResultDocument.json($0) }),
        ])
    }

    private static func word<Value>(_ fact: Fact<Value>) -> String {
        switch fact {
        case .seen: "seen"
        case .absent: "absent"
        case .unreadable: "unreadable"
        }
    }

    /// Where a channel is: `at 1a2b3c4`, `split`, `unreadable`.
    package static func place(_ status: ChannelStatus) -> String {
        if status.images.contains(where: { $0.digest.failure != nil || $0.live.failure != nil }) {
            return "unreadable"
        }
        if status.images.contains(where: { $0.digest != .absent && $0.live == .absent }) {
            return "at an unlabelled image"
        }
        guard status.agrees, let live = status.images.first?.live.value else {
            return status.images.allSatisfy { $0.digest == .absent } ? "nothing live yet" : "split"
        }
        return "at \(live.short)"
    }

    private static func words<Value>(
        _ fact: Fact<Value>, _ seen: (Value) -> String
    ) -> String {
        switch fact {
        case .seen(let value): seen(value)
        case .absent: "none"
        case .unreadable: "unreadable"
        }
    }

    private static func hours(_ duration: Duration) -> String {
        let minutes = duration.components.seconds / 60
        if minutes < 60 { return "\(minutes) min" }
        return minutes < 48 * 60
            ? "\(minutes / 60) h \(minutes % 60) min" : "\(minutes / 1440) days"
    }
}
