package import PawlCore
package import PawlPorts

/// What every `Ledger` must do, whatever keeps its lines.
package struct LedgerContract: Sendable {
    /// Two channels of one repository; a subject starts with neither.
    package static let latest = key("latest")
    /// The other one.
    package static let stable = key("stable")

    private let ledger: any Ledger
    private let others: [any Ledger]

    /// A subject without a line, and further doors to the same lines, as other processes have.
    package init(_ ledger: any Ledger, others: [any Ledger] = []) {
        self.ledger = ledger
        self.others = others
    }

    /// Every answer that is not the one expected, as a sentence; empty if the contract is kept.
    package func breaches() async -> [String] {
        do throws(PortFailure) {
            return try await emptyBreaches() + appendBreaches() + pageBreaches()
        } catch {
            return ["the subject failed: \(error.detail)"]
        }
    }

    /// So many appenders at once, each with one line to add: one winner for each place, nothing
    /// lost. The channel must have no line before.
    package func raceBreaches(appenders: Int, of key: ChannelKey = latest) async -> [String] {
        let doors = [ledger] + others
        let failures = await withTaskGroup(of: String?.self) { group in
            for appender in 0..<appenders {
                let door = doors[appender % doors.count]
                group.addTask { await add("\(appender)", to: key, through: door) }
            }
            return await group.reduce(into: [String]()) { $0 += $1.map { [$0] } ?? [] }
        }
        guard failures.isEmpty else { return failures }
        do throws(PortFailure) {
            let lines = try await ledger.lines(of: key, before: nil, limit: appenders + 1)
            let texts = lines.map(\.text).sorted()
            let expected = (0..<appenders).map { Self.text("\($0)") }.sorted()
            return texts == expected
                ? [] : ["\(lines.count) lines are there after \(appenders) appends"]
        } catch {
            return ["the lines could not be read: \(error.detail)"]
        }
    }

    private func add(
        _ name: String, to key: ChannelKey, through door: any Ledger
    ) async -> String? {
        while true {
            do throws(PortFailure) {
                let tip = try await door.tip(of: key)
                let answer = try await door.append(
                    title: "line \(name)", text: Self.text(name), to: key, after: tip)
                if case .added = answer { return nil }
            } catch {
                return "appender \(name) failed: \(error.detail)"
            }
        }
    }

    private func emptyBreaches() async throws(PortFailure) -> [String] {
        var breaches: [String] = []
        if try await ledger.tip(of: Self.latest) != nil {
            breaches.append("an empty one has a tip")
        }
        let lines = try await ledger.lines(of: Self.latest, before: nil, limit: 10)
        if !lines.isEmpty { breaches.append("an empty one has lines") }
        return breaches
    }

    private func appendBreaches() async throws(PortFailure) -> [String] {
        var breaches: [String] = []
        let one = Self.text("one")
        guard case .added(let first) = try await append(one, after: nil) else {
            return ["the first line was not added"]
        }
        if first.text != one { breaches.append("the first line came back as \(first.text)") }
        if try await ledger.tip(of: Self.latest) != first { breaches.append("the tip is another") }
        if try await ledger.tip(of: Self.stable) != nil { breaches.append("channels are mixed") }

        if case .added = try await append(Self.text("two"), after: nil) {
            breaches.append("a second first line was added")
        }
        let large = Self.text(String(repeating: "ü\"\\", count: 20_000))
        guard case .added(let second) = try await append(large, after: first) else {
            return breaches + ["a line of \(large.utf8.count) bytes was not added"]
        }
        if try await ledger.tip(of: Self.latest)?.text != large {
            breaches.append("a large line did not come back byte for byte")
        }
        switch try await append(Self.text("late"), after: first) {
        case .added: breaches.append("a line was added after one that was not the newest")
        case .moved(let tip):
            if let tip, tip != second { breaches.append("the loser was told of \(tip.mark)") }
        }
        let count = try await ledger.lines(of: Self.latest, before: nil, limit: 10).count
        if count != 2 { breaches.append("\(count) lines are there, not 2") }
        return breaches
    }

    private func pageBreaches() async throws(PortFailure) -> [String] {
        var tip = try await ledger.tip(of: Self.latest)
        for name in ["three", "four", "five"] {
            guard case .added(let line) = try await append(Self.text(name), after: tip) else {
                return ["line \(name) was not added"]
            }
            tip = line
        }
        let newest = try await ledger.lines(of: Self.latest, before: nil, limit: 2)
        guard newest.map(\.text) == [Self.text("five"), Self.text("four")] else {
            return ["the newest two are \(newest.map(\.mark))"]
        }
        let rest = try await ledger.lines(of: Self.latest, before: newest.last, limit: 100)
        guard rest.count == 3, rest.first?.text == Self.text("three"),
            rest.last?.text == Self.text("one")
        else { return ["before the newest two are \(rest.count) others"] }
        let none = try await ledger.lines(of: Self.latest, before: rest.last, limit: 100)
        return none.isEmpty ? [] : ["something is before the first line"]
    }

    private func append(
        _ text: String, after tip: LedgerLine?
    ) async throws(PortFailure) -> Appended {
        try await ledger.append(title: "a line", text: text, to: Self.latest, after: tip)
    }

    /// A line as entries are: one JSON object, everything beyond ASCII escaped.
    private static func text(_ name: String) -> String {
        JSONValue.object(["line": .string(name)]).text
    }

    private static func key(_ channel: String) -> ChannelKey {
        ChannelKey(
            host: "github.com", repository: wellFormed { try CodeRepository("acme/app") },
            channel: wellFormed { try Channel.Name(channel) })
    }
}
