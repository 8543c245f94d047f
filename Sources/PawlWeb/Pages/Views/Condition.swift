import PawlCore
import PawlEngine
import PawlServer

/// How a channel is, in one word: what a person wants to know first. In the order of urgency.
enum Condition: String, CaseIterable {
    case moved, split, unreadable, held, red, stopped, waiting, going, settled, empty, unseen

    init(of situation: Situation) {
        guard let status = situation.status else {
            self = situation.last?.outcome == .error ? .unreadable : .unseen
            return
        }
        let codes = status.reasons.map(\.code)
        if codes.contains(.movedByOthers) {
            self = .moved
        } else if Self.isSplit(status) {
            self = .split
        } else if codes.contains(where: \.couldNotTell) {
            self = .unreadable
        } else if status.ledger?.hold != nil || codes.contains(.held) {
            self = .held
        } else if codes.contains(.liveRed) {
            self = .red
        } else if status.newest != nil {
            self = situation.whyNotNewest(status)
        } else if status.images.allSatisfy({ $0.digest == .absent }) {
            self = .empty
        } else {
            self = status.commitsBehind == nil ? .unreadable : .settled
        }
    }

    private static func isSplit(_ status: ChannelStatus) -> Bool {
        let lives = status.images.compactMap(\.live.value)
        return Set(lives).count > 1 || status.reasons.contains { $0.code == .groupSplit }
    }

    /// The word that is shown.
    var word: String {
        switch self {
        case .moved: "moved by others"
        case .split: "split"
        case .unreadable: "cannot tell"
        case .held: "held"
        case .red: "live is red"
        case .stopped: "stopped"
        case .waiting: "waiting"
        case .going: "may go"
        case .settled: "up to date"
        case .empty: "nothing live yet"
        case .unseen: "not looked at yet"
        }
    }

    /// Which colours go with it; the word and the shape say the same without.
    var tone: String {
        switch self {
        case .moved, .split, .stopped, .red: "bad"
        case .unreadable, .held, .waiting: "wait"
        case .settled, .going: "good"
        case .empty, .unseen: "quiet"
        }
    }

    /// Its shape.
    var icon: Icon {
        switch self {
        case .moved: .diamond
        case .split: .squares
        case .unreadable: .triangle
        case .held: .pause
        case .red: .flag
        case .stopped: .octagon
        case .waiting: .clock
        case .going: .arrow
        case .settled: .check
        case .empty: .ring
        case .unseen: .dots
        }
    }
}

extension Situation {
    /// The receipt of judging the newest commit, where there is one.
    func newestJudged(_ status: ChannelStatus) -> Receipt? {
        guard let newest = status.newest else { return nil }
        if let step = strip.first(where: { $0.commit == newest })?.judged { return step }
        return [last, last?.look.first].compactMap { $0 }.first { $0.commit == newest }
    }

    fileprivate func whyNotNewest(_ status: ChannelStatus) -> Condition {
        guard let judged = newestJudged(status) else { return .waiting }
        switch judged.outcome {
        case .reject: return .stopped
        case .promote, .settled: return .going
        case .hold, .ignore: return .waiting
        case .error: return .unreadable
        }
    }
}
