import PawlCore
import PawlEngine

/// One winner: every place of the ledger has one entry, no id is there twice, each carries what was
/// before it on, and who says that it promoted by an entry has written that entry.
struct OneWinner {
    private let reading: Reading

    init(_ reading: Reading) { self.reading = reading }

    func breaches() -> [(Int, String)] {
        var found: [(Int, String)] = []
        var before: Entry?
        var fold = Fold()
        var ids: Set<String> = []
        for point in reading.truth.entries.points {
            let entry = point.value
            if entry.number != (before?.number ?? 0) + 1 {
                found.append((point.place, "entry \(entry.number) has not its own place"))
            }
            if !ids.insert(entry.id).inserted {
                found.append((point.place, "entry \(entry.number) is there twice"))
            }
            fold.take(entry)
            if !fold.agrees(with: entry.state) {
                found.append((point.place, "entry \(entry.number) forgets what was before it"))
            }
            before = entry
        }
        for errand in reading.errands {
            guard let course = reading.courses[errand], let over = course.over,
                let receipt = course.receipt
            else { continue }
            for receipt in [receipt] + receipt.look where receipt.promoted {
                if let text = notOwn(receipt, course) { found.append((over, text)) }
            }
        }
        return found
    }

    private func notOwn(_ receipt: Receipt, _ course: Reading.Course) -> String? {
        // Who only follows names the entry that was followed.
        guard let number = receipt.entry, course.order != .follow else { return nil }
        let isOwn = course.places.contains { place in
            guard case .recorded(_, let entry) = reading[place] else { return false }
            return entry.number == number && entry.movement?.commit == receipt.commit
        }
        return isOwn ? nil : "#\(course.errand) says that it won \(number), and did not"
    }
}

/// The entries folded a second time, apart from the product.
private struct Fold {
    private var isHeld = false
    private var floor: CommitID?
    private var quarantined: Set<CommitID> = []
    private var rolledBack: Set<CommitID> = []
    private var plans: [Int] = []
    private var isFollowed = true

    mutating func take(_ entry: Entry) {
        switch entry.event {
        case .move(let movement, let rolledBack):
            plans.append(entry.number)
            isFollowed = movement.kind == .adopt
            if isFollowed { plans = [entry.number] }
            if movement.kind == .rollback {
                isHeld = true
                self.rolledBack.formUnion(rolledBack)
            }
        case .followed(let number) where number == plans.last:
            plans = [number]
            isFollowed = true
        case .hold: isHeld = true
        case .resume(let commit, let released):
            isHeld = false
            floor = commit
            quarantined.subtract(released)
            rolledBack.subtract(released)
        case .quarantine(let commit): quarantined.insert(commit)
        case .followed, .announcing, .announced: break
        }
    }

    func agrees(with state: ChannelState) -> Bool {
        isHeld == (state.hold != nil) && floor == state.floor && plans == state.plans.map(\.entry)
            && isFollowed == state.isFollowed && quarantined == Set(state.quarantined)
            && rolledBack == Set(state.rolledBack)
    }
}
