import PawlCore
import PawlEngine
import PawlReport
import PawlServer

extension Situation {
    /// Where its page is. Nothing in an address of a channel needs escaping.
    var path: String { "/channels/\(address)" }

    /// The commit that the whole group is at.
    var live: CommitID? {
        guard let status, status.agrees else { return nil }
        return status.images.first?.live.value
    }

    /// When the channel came to where it is, if the ledger tells.
    var liveSince: Instant? {
        guard let live else { return nil }
        return history.first { $0.movement != nil }.flatMap {
            $0.movement?.commit == live ? $0.at : nil
        }
    }

    /// The one reason to tell first: what is wrong with the tags, then what keeps the newest
    /// commit, then whatever else there is.
    var foremost: Reason? {
        guard let status else { return last?.foremost }
        let reasons = status.reasons.filter { !$0.code.isNote }
        switch Condition(of: self) {
        case .moved: return reasons.first { $0.code == .movedByOthers }
        case .split: return reasons.first { $0.code == .groupSplit } ?? splitReason(status)
        case .unreadable:
            return reasons.first(where: \.code.couldNotTell) ?? newestJudged(status)?.foremost
        case .held: return reasons.first { $0.code == .held }
        case .red: return reasons.first { $0.code == .liveRed }
        case .stopped, .waiting, .going:
            return newestJudged(status)?.foremost ?? reasons.first
        case .settled, .empty, .unseen: return reasons.first
        }
    }

    /// What else is to be told, without the foremost.
    var otherReasons: [Reason] {
        guard let status else { return [] }
        let first = foremost
        return status.reasons.filter { $0 != first }
    }

    private func splitReason(_ status: ChannelStatus) -> Reason {
        let places = status.images.map { image in
            let live: String =
                switch image.live {
                case .seen(let commit): "at \(commit.short)"
                case .absent: image.digest == .absent ? "not there" : "at an unlabelled image"
                case .unreadable: "unreadable"
                }
            return "\(image.target) is \(live)"
        }
        return Reason(
            .groupSplit, "\(channel.name)", places.joined(separator: ", ") + ".")
    }

    /// One line for people who hear the page.
    var summary: String {
        var parts = ["\(address): \(Condition(of: self).word)"]
        if let status {
            parts.append(StatusReport.place(status))
            if status.newest != nil { parts.append(StatusReport.lag(status)) }
        }
        return parts.joined(separator: ", ")
    }
}
