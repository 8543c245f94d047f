import PawlCore
import PawlEngine

/// Nothing lost: every errand that was begun ended with one receipt or was killed; whatever events
/// were lost, two looks of the calm have done all that the rules ask for; and a move that was
/// followed is told to its hook, or the ledger says that it could not be.
struct NothingLost {
    private let reading: Reading

    init(_ reading: Reading) { self.reading = reading }

    func breaches() -> [(Int, String)] {
        var found: [(Int, String)] = []
        for errand in reading.errands where reading.courses[errand]?.over == nil {
            found.append((reading.end - 1, "#\(errand) has no end"))
        }
        guard let calm = reading.calm else { return found }
        let moment =
            reading.records[calm].at + 3 * World.calmLookEvery - 1_000
        let place = reading.records.lastIndex { $0.at <= moment }.map { $0 + 1 } ?? reading.end
        if let unrest = Rest(reading: reading, place: place).unrest {
            found.append((place - 1, "two looks of the calm were not enough: \(unrest)"))
        }
        if let text = untold { found.append((reading.end - 1, text)) }
        return found
    }

    private var untold: String? {
        guard reading.shape.hasHook, let state = reading.tip(before: reading.end)?.state,
            let plan = state.plan, state.isFollowed, plan.kind != .adopt
        else { return nil }
        guard let outcome = state.announcements.first?.outcome else {
            return "entry \(plan.entry) was told to nobody"
        }
        guard case .delivered = outcome else { return nil }
        let isTold = reading.records.contains { record in
            if case .announced(_, plan.entry, _) = record.what { true } else { false }
        }
        return isTold ? nil : "entry \(plan.entry) is said to be told, and was not"
    }
}
