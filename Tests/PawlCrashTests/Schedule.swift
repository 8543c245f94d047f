/// One of two runs that overlap, by the commit that it was started for.
enum Runner: Int, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case older
    case newer

    var other: Runner { self == .older ? .newer : .older }
    var commit: String { CrashWorld.commits[1 + rawValue] }
    var description: String { self == .older ? "older" : "newer" }
}

/// Which of two runs may go on, and how far: in each turn one goes and the other stands still.
struct Schedule: Hashable, Sendable, CustomStringConvertible {
    /// How far a turn goes.
    enum Until: Hashable, Sendable {
        /// To the end of the run.
        case end
        /// So many requests, and no further one begins.
        case requests(Int)
        /// So many requests that change something, and anything between.
        case writes(Int)
        /// Before the first tag is written.
        case tags
    }

    struct Turn: Hashable, Sendable, CustomStringConvertible {
        let runner: Runner
        let until: Until

        var description: String {
            switch until {
            case .end: "\(runner)"
            case .requests(let count): "\(count) of \(runner)"
            case .writes(let count): "\(count) writes of \(runner)"
            case .tags: "\(runner) up to its tags"
            }
        }
    }

    /// At the end both runs go to their ends, the one whose turn is last after the other.
    let turns: [Turn]

    /// `runner` begins, and they take turns; then `runner` goes to its end, and then the other.
    init(_ runner: Runner, _ untils: [Until]) {
        var next = runner
        var turns: [Turn] = []
        for until in untils {
            turns.append(Turn(runner: next, until: until))
            next = next.other
        }
        for last in [next, next.other] { turns.append(Turn(runner: last, until: .end)) }
        self.turns = turns
    }

    var description: String { turns.map { "\($0)" }.joined(separator: ", ") }
}
