import PawlCore
import PawlEngine

/// One winner: every place of the ledger has one entry, each is the fold of the one before it and
/// its event, no id is there twice, and who says that it promoted by an entry has written that
/// entry.
struct OneWinner {
    private let reading: Reading

    init(_ reading: Reading) { self.reading = reading }

    func breaches() -> [(Int, String)] {
        var found: [(Int, String)] = []
        var before: Entry?
        var ids: Set<String> = []
        for point in reading.truth.entries.points {
            let entry = point.value
            if entry.number != (before?.number ?? 0) + 1 {
                found.append((point.place, "entry \(entry.number) has not its own place"))
            }
            if !ids.insert(entry.id).inserted {
                found.append((point.place, "entry \(entry.number) is there twice"))
            }
            let folded = (before?.state ?? ChannelState()).after(
                entry.event, number: entry.number, at: entry.at, by: entry.actor,
                reason: entry.reason)
            if folded != entry.state {
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
        guard let number = receipt.entry else { return nil }
        let isOwn = course.places.contains { place in
            guard case .recorded(_, let entry) = reading[place] else { return false }
            return entry.number == number && entry.movement?.commit == receipt.commit
        }
        return isOwn ? nil : "#\(course.errand) says that it won \(number), and did not"
    }
}
