package import PawlCore
import PawlEngine

/// Entries of a channel's ledger, newest first, in words and as JSON.
package struct HistoryReport: Sendable {
    let channel: Channel.Name
    let entries: [Entry]
    let state: ChannelState?
    let isWhole: Bool

    /// What is told of one channel.
    ///
    /// - Parameters:
    ///   - channel: Its name.
    ///   - rows: The entries to be shown, newest first.
    ///   - state: What the newest entry of all tells; `nil` without an entry.
    ///   - isWhole: Whether there are no older rows.
    package init(
        channel: Channel.Name, rows: [Entry], state: ChannelState?, isWhole: Bool
    ) {
        self.channel = channel
        entries = rows
        self.state = state
        self.isWhole = isWhole
    }

    /// Whether an entry says more than that another one was carried out.
    package static func isTold(_ entry: Entry) -> Bool {
        switch entry.event {
        case .move, .hold, .resume, .quarantine: true
        case .announced(_, _, .failed): true
        case .followed, .announcing, .announced(_, _, .delivered): false
        }
    }

    /// Columns of the longest words: `10000`, `dead letter`, `3a3a3a3 -> 1a2b3c4`. An account's
    /// name has 22 of 80 left.
    private enum Width {
        static let number = 5
        static let what = 11
        static let place = 18
        /// With `2026-04-30 12:00` and two blanks between columns.
        static let beforeName = number + 2 + 16 + 2 + what + 2 + place + 2
    }

    /// A table; who said why stands under the row. Ends in a line break.
    package func text(style: Style) -> String {
        guard !entries.isEmpty else {
            return "\(style.paint(channel.text, .bold))  the ledger has no entry\n"
        }
        var lines = [
            style.paint(channel.text, .bold),
            style.paint(
                row(
                    "#", "when (UTC)".padded(to: 16), "what", isNarrow(style) ? "" : "from -> to",
                    isNarrow(style) ? "" : "who", style), .dim),
        ]
        for entry in entries { lines += rows(entry, style) }
        if !isWhole { lines.append(style.paint("  older entries: --limit", .dim)) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func row(
        _ number: String, _ when: String, _ what: String, _ place: String, _ who: String,
        _ style: Style, _ colour: Style.Colour? = nil
    ) -> String {
        let space = String(repeating: " ", count: max(0, Width.number - number.count))
        let word = what.padded(to: Width.what)
        let margin =
            "\(space)\(number)  \(when)  \(colour.map { style.paint(word, $0) } ?? word)  "
        guard !who.isEmpty else { return (margin + place).withoutBlanksAtItsEnd }
        return style.hanging("\(margin)\(place.padded(to: Width.place))  ", who)
    }

    /// Whether a row has no room for whence and whither.
    private func isNarrow(_ style: Style) -> Bool {
        style.columns.map { $0 < Width.beforeName } ?? false
    }

    /// A name that is too long for its column stands in a line of its own.
    private func rows(_ entry: Entry, _ style: Style) -> [String] {
        let (what, colour) = word(entry)
        let who = Escaped.terminal(entry.actor)
        let isLong = style.columns.map { Width.beforeName + who.count > $0 } ?? false
        let isNarrow = isNarrow(style)
        let place = place(entry.event)
        let row = row(
            "\(entry.number)", Self.minute(entry.at), what, isNarrow ? "" : place,
            isLong ? "" : who, style, colour)
        let margin = String(repeating: " ", count: Width.number + 2)
        let below = (isNarrow && !place.isEmpty ? [place] : []) + (isLong ? ["by \(who)"] : [])
        return [row]
            + (below + remarks(entry)).map {
                style.hanging(margin, Escaped.terminal($0))
            }
    }

    /// `2026-04-30 12:00`.
    private static func minute(_ moment: Instant) -> String {
        String(moment.timestamp.prefix(16)).replacing("T", with: " ")
    }

    /// What an entry says that was done: `promote`, `dead letter`.
    package func what(_ entry: Entry) -> String { word(entry).0 }

    private func word(_ entry: Entry) -> (String, Style.Colour?) {
        switch entry.event {
        case .move(let movement, _):
            (entry.event.word, movement.kind == .promote ? .green : .yellow)
        case .hold, .resume, .quarantine: (entry.event.word, .yellow)
        case .announced(_, _, .failed): ("dead letter", .red)
        case .followed, .announcing, .announced(_, _, .delivered): (entry.event.word, .dim)
        }
    }

    /// Whence and where to: `3a3a3a3 -> 1a2b3c4`.
    package func place(_ event: Entry.Event) -> String {
        switch event {
        case .move(let movement, _):
            movement.previous.map { "\($0.short) -> \(movement.commit.short)" }
                ?? "-> \(movement.commit.short)"
        case .hold: ""
        case .resume(let floor, _): "from \(floor.short)"
        case .quarantine(let commit): commit.short
        case .followed(let plan), .announcing(let plan, _), .announced(let plan, _, _):
            "entry \(plan)"
        }
    }

    /// Why, and what else a person should know of the entry.
    package func remarks(_ entry: Entry) -> [String] {
        var remarks = entry.reason.map { [$0] } ?? []
        switch entry.event {
        case .move(let movement, let rolledBack):
            if movement.isOverride, movement.kind == .promote {
                remarks.append("(by order: rules were passed)")
            }
            if !rolledBack.isEmpty {
                remarks.append("(\(commits(rolledBack.count)) after it quarantined)")
            }
            if let state, state.plan?.entry == entry.number, !state.isFollowed {
                remarks.append("(not followed to its end yet)")
            }
        case .resume(_, let released) where !released.isEmpty:
            remarks.append("(\(commits(released.count)) no longer quarantined)")
        case .announced(_, let hook, .failed(let why)):
            remarks.append("\(hook): \(why)")
        case .announcing(_, let hook): remarks.append(hook)
        case .announced(_, let hook, .delivered(let answer)): remarks.append("\(hook): \(answer)")
        case .resume, .hold, .quarantine, .followed: break
        }
        return remarks
    }

    private func commits(_ count: Int) -> String {
        count == 1 ? "1 commit" : "\(count) commits"
    }
}
