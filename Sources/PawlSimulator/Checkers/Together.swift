import PawlCore
import PawlEngine

/// Together: an errand that says that it promoted has seen every image of its plan arrive; one that
/// was refused an image for good puts the others back, if nothing else went wrong; and a group that
/// is split when an errand ends without trouble was split by somebody else.
///
/// A group is several tags, so that it is split from the first write to the last, and until the
/// next look where the writer was killed between them.
struct Together {
    private let reading: Reading

    init(_ reading: Reading) { self.reading = reading }

    func breaches() -> [(Int, String)] {
        reading.errands.compactMap { errand -> (Int, String)? in
            guard let course = reading.courses[errand], let over = course.over,
                let receipt = course.receipt
            else { return nil }
            let text = half(course, receipt, over) ?? leftMixed(course, over)
            return text.map { (over, $0) }
        }
    }

    /// Said to be promoted, and an image never was there.
    private func half(_ course: Reading.Course, _ receipt: Receipt, _ over: Int) -> String? {
        for receipt in [receipt] + receipt.look where receipt.promoted {
            guard let slot = reading.slot(receipt.commit) else {
                return "#\(course.errand) promoted, and says no commit"
            }
            // Without a ledger, an outdated answer can make a tag seem to be in place.
            let first =
                reading.trace.staleness > 0 && !reading.shape.hasLedger
                ? reading.horizon(of: course.errand) : course.began
            for artifact in planned(slot, course, over) {
                let values = reading.truth.targets[artifact.image]
                    .values(from: first, through: over)
                guard values.contains(artifact) else {
                    return "#\(course.errand) says that it promoted c\(slot), and image "
                        + "\(artifact.image) never was there"
                }
            }
        }
        return nil
    }

    /// What the group had to be at for a commit to be promoted.
    private func planned(_ slot: Slot, _ course: Reading.Course, _ over: Int) -> [Artifact] {
        guard !reading.shape.hasLedger else {
            let entries = reading.truth.entries.points.filter { $0.place < over }
            let plan = entries.last { reading.slot($0.value.state.plan?.commit) == slot }?
                .value.state.plan
            return (0..<reading.shape.images).compactMap { image in
                plan.flatMap { reading.artifact($0, image) }
            }
        }
        let plan = reading.last(of: course.errand, before: over) { what -> Judgement? in
            guard case .judged(_, let plan) = what, plan.outcome == .promote, plan.slot == slot
            else { return nil }
            return plan
        }
        return plan?.found.moves.map(\.artifact) ?? []
    }

    /// Some images of the newest plan moved and others not, although only refusals for good
    /// happened, which are answered by going back.
    private func leftMixed(_ course: Reading.Course, _ over: Int) -> String? {
        var refused: Set<Int> = []
        var sent: [Int: (place: Int, artifact: Artifact)] = [:]
        for place in course.places {
            switch reading[place] {
            case .failed(_, .write, _): break
            case .failed: return nil
            case .answered(_, let artifact, .immutable?), .answered(_, let artifact, .denied?):
                refused.insert(artifact.image)
            case .answered(_, _, _?): return nil
            case .sent(_, let artifact): sent[artifact.image] = (place, artifact)
            case .saw(_, _, _, let asOf) where asOf < reading.records[place].at: return nil
            default: break
            }
        }
        guard !refused.isEmpty, let first = sent.values.map(\.place).min() else { return nil }
        for (image, last) in sent.sorted(by: { $0.key < $1.key }) where !refused.contains(image) {
            let line = reading.truth.targets[image]
            guard let before = line.value(before: first) ?? nil else { continue }
            let isOurs = line.value(before: over) == last.artifact
            let planned = reading.plan(of: course.errand, before: last.place)?.found.moves
                .first { $0.artifact.image == image }
            // Not there when it looked: registries do not let a tag be taken away again.
            if !reading.shape.hasLedger, let planned, planned.before == nil { continue }
            let isBack = last.artifact == before || last.artifact == planned?.before
            // A ledger's plan may not name an image that was nowhere before.
            let inForce = reading.tip(before: over)?.state.plan
                .map { reading.artifact($0, image) }
            let isInForce = inForce.map { $0 == nil || $0 == last.artifact } ?? false
            guard !isOurs || isBack || isInForce else {
                return "#\(course.errand) was refused image \(refused.sorted()), and left image "
                    + "\(image) at \(last.artifact)"
            }
        }
        return nil
    }
}
