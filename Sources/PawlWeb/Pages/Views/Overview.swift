import PawlCore
import PawlEngine
import PawlReport
import PawlServer

/// The list of all channels, as `OverviewTemplate` shows it.
struct Overview {
    /// One channel.
    struct Row {
        let channelPath: String
        let repositoryName: String
        let channelName: String
        let badge: Badge
        let place: String
        let since: Moment?
        let lag: String?
        let why: String?
        let isAtWork: Bool

        init(_ situation: Situation, now: Instant) {
            channelPath = situation.path
            repositoryName = "\(situation.address.repository)"
            channelName = situation.address.channel.text
            badge = Badge(Condition(of: situation))
            place = situation.status.map { StatusReport.place($0) } ?? ""
            since = situation.liveSince.map { Moment($0, now: now) }
            lag = situation.status.flatMap { $0.newest == nil ? nil : StatusReport.lag($0) }
            why = situation.foremost?.text
            isAtWork = situation.isAtWork
        }
    }

    /// How many channels are in a condition, with the link that shows them alone.
    struct Count {
        let countBadge: Badge
        let number: Int
        let countPath: String
        let isChosen: Bool
    }

    /// A policy file that was not taken over.
    struct Complaint {
        let file: String
        let complaint: String
    }

    let summary: String
    let counts: [Count]
    let rows: [Row]
    let complaints: [Complaint]
    let query: String
    let state: String?
    let isEmpty: Bool
    let nothingFits: Bool
    let shown: String?
    let previousPage: String?
    let nextPage: String?

    /// Those channels whose address has the query in it, and which are in the state asked for.
    init(
        _ situations: [Situation], complaints: [Board.Complaint], query: String, state: String,
        page: Int, now: Instant
    ) {
        let query = String(query.prefix(200))
        let wanted = Condition(rawValue: state)
        let found = situations.filter { situation in
            query.isEmpty || "\(situation.address)".lowercased().contains(query.lowercased())
        }.map { (condition: Condition(of: $0), situation: $0) }
        let chosen = found.filter { wanted == nil || $0.condition == wanted }
        let pages = max(1, (chosen.count + Limits.pageChannelsMax - 1) / Limits.pageChannelsMax)
        let page = min(max(1, page), pages)
        let start = (page - 1) * Limits.pageChannelsMax
        let part = chosen.dropFirst(start).prefix(Limits.pageChannelsMax)

        rows = part.map { Row($0.situation, now: now) }
        counts = Condition.allCases.compactMap { condition in
            let number = found.count { $0.condition == condition }
            let isChosen = condition == wanted
            guard number > 0 || isChosen else { return nil }
            return Count(
                countBadge: Badge(condition), number: number,
                countPath: Self.path(query, isChosen ? nil : condition.rawValue, 1),
                isChosen: isChosen)
        }
        self.complaints = complaints.map { Complaint(file: $0.file, complaint: $0.text) }
        self.query = query
        self.state = wanted?.rawValue
        isEmpty = situations.isEmpty
        nothingFits = chosen.isEmpty && !situations.isEmpty
        shown =
            pages > 1 ? "\(start + 1) to \(start + part.count) of \(chosen.count) channels" : nil
        previousPage = page > 1 ? Self.path(query, self.state, page - 1) : nil
        nextPage = page < pages ? Self.path(query, self.state, page + 1) : nil
        summary =
            (situations.count == 1 ? "1 channel" : "\(situations.count) channels") + ": "
            + counts.map { "\($0.number) \($0.countBadge.word)" }.joined(separator: ", ")
    }

    private static func path(_ query: String, _ state: String?, _ page: Int) -> String {
        var parts: [String] = []
        if !query.isEmpty { parts.append("q=\(query.inAnAddress)") }
        if let state { parts.append("state=\(state)") }
        if page > 1 { parts.append("page=\(page)") }
        return parts.isEmpty ? "/" : "/?" + parts.joined(separator: "&")
    }
}

extension String {
    /// Percent-encoded, but for letters, digits and `-._~`.
    var inAnAddress: String {
        utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            if character.isASCII,
                character.isLetter || character.isNumber
                    || "-._~".contains(character)
            {
                return String(character)
            }
            let hex = String(byte, radix: 16, uppercase: true)
            return "%" + (hex.count < 2 ? "0" : "") + hex
        }.joined()
    }
}
