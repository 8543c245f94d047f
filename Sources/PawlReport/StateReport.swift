import PawlCore

/// The folded state of a ledger, for every report that shows it.
enum StateReport {
    /// `null` without an entry.
    static func json(_ state: ChannelState?) -> JSONValue {
        guard let state else { return .null }
        return .object([
            "entry": state.plan.map { .integer($0.entry) } ?? .null,
            "kind": .string(orNull: state.plan?.kind.rawValue),
            "sha": .string(orNull: state.plan?.commit.hex),
            "followed": .bool(state.isFollowed),
            "hold": state.hold.map { hold in
                .object([
                    "actor": .string(hold.actor), "since": .string(hold.since.timestamp),
                    "reason": .string(orNull: hold.reason),
                ])
            } ?? .null,
            "floor": .string(orNull: state.floor?.hex),
            "quarantined": json(state.allQuarantined),
            "announcements": .array(
                state.announcements.map { told in
                    .object([
                        "hook": .string(told.hook), "began": .string(told.began.timestamp),
                        "outcome": told.outcome.map(json) ?? .null,
                    ])
                }),
        ])
    }

    static func json(_ commits: [CommitID]) -> JSONValue {
        .array(commits.map { .string($0.hex) })
    }

    static func json(_ outcome: Entry.Outcome) -> JSONValue {
        switch outcome {
        case .delivered(let answer): .object(["delivered": .string(answer)])
        case .failed(let why): .object(["failed": .string(why)])
        }
    }

    /// `ledger: promote to 1a2b3c4 (entry 7), followed; floor 1a2b3c4; 2 commits quarantined`. The
    /// hold is a reason of its own where there is one.
    static func line(_ state: ChannelState) -> String {
        var parts: [String] = []
        if let plan = state.plan {
            parts.append(
                "\(plan.kind.rawValue) to \(plan.commit.short) (entry \(plan.entry)), "
                    + (state.isFollowed ? "followed" : "not followed to its end"))
        } else {
            parts.append("no move yet")
        }
        if let floor = state.floor { parts.append("floor \(floor.short)") }
        let count = state.allQuarantined.count
        if count > 0 { parts.append("\(count) \(count == 1 ? "commit" : "commits") quarantined") }
        for told in state.announcements {
            switch told.outcome {
            case .delivered: continue
            case .failed: parts.append("\(told.hook) could not be told")
            case nil: parts.append("\(told.hook) is being told")
            }
        }
        return parts.joined(separator: "; ")
    }
}

extension ChannelState {
    /// Named by a person or rolled back over, each once.
    fileprivate var allQuarantined: [CommitID] {
        quarantined + rolledBack.filter { !quarantined.contains($0) }
    }
}
