import PawlCore
import PawlEngine

/// Recorded before done, and said after. With a ledger: no tag is written by a plan that is not in
/// it, `followed` is written only when every tag was there, a hook is told only after that, and who
/// says that it promoted finds it so in the ledger. Without one: who says so had an answer to every
/// write.
struct RecordedBeforeDone {
    private let reading: Reading
    private var points: [Timeline<Entry>.Point] { reading.truth.entries.points }

    init(_ reading: Reading) { self.reading = reading }

    func breaches() -> [(Int, String)] {
        reading.records.indices.compactMap { place -> (Int, String)? in
            let text: String? =
                switch reading[place] {
                case .sent(let errand, let artifact) where reading.shape.hasLedger:
                    unrecorded(artifact, errand, at: place)
                case .recorded(let errand, let entry): early(entry, errand, at: place)
                case .announced(let errand, let number, let id):
                    told(number, id, errand, at: place)
                case .ended(let errand, let receipt):
                    ([receipt] + receipt.look).filter(\.promoted).lazy
                        .compactMap { said($0, errand, at: place) }.first
                default: nil
                }
            return text.map { (place, $0) }
        }
    }

    private func unrecorded(_ artifact: Artifact, _ errand: Errand, at place: Int) -> String? {
        let isRecorded = points.contains { point in
            point.place < place
                && point.value.state.plan.flatMap { reading.artifact($0, artifact.image) }
                    == artifact
        }
        return isRecorded ? nil : "#\(errand) writes \(artifact) before any entry names it"
    }

    /// `followed` although a tag never had its digest since the plan was made, nor when the errand
    /// looked.
    private func early(_ entry: Entry, _ errand: Errand, at place: Int) -> String? {
        guard case .followed(let number) = entry.event else { return nil }
        guard let made = points.first(where: { $0.value.number == number }),
            let plan = made.value.state.plan
        else {
            return "entry \(entry.number) says that \(number) was followed, which moves nothing"
        }
        for image in 0..<reading.shape.images {
            guard let artifact = reading.artifact(plan, image) else { continue }
            let began = reading.courses[errand]?.began ?? place
            let first = min(
                made.place, reading.trace.staleness > 0 ? reading.horizon(of: errand) : began)
            let values = reading.truth.targets[image].values(from: first, through: place)
            guard values.contains(artifact) else {
                return "entry \(entry.number) says that \(number) was followed, and image \(image) "
                    + "never was at \(artifact)"
            }
        }
        return nil
    }

    private func told(_ number: Int, _ id: String, _ errand: Errand, at place: Int) -> String? {
        guard let move = points.first(where: { $0.value.number == number && $0.place < place })
        else { return "#\(errand) told a hook of an entry that is not there" }
        guard move.value.id == id else {
            return "#\(errand) told a hook another id than \(number)'s"
        }
        let isFollowed = points.contains { point in
            guard point.place < place else { return false }
            return point.value.event == .followed(number)
        }
        return isFollowed ? nil : "#\(errand) told a hook of \(number) before it was followed"
    }

    private func said(_ receipt: Receipt, _ errand: Errand, at place: Int) -> String? {
        let slot = reading.slot(receipt.commit)
        guard reading.shape.hasLedger else { return unanswered(slot, errand, at: place) }
        let isFollowed = points.contains { point in
            point.place < place && point.value.state.isFollowed
                && reading.slot(point.value.state.plan?.commit) == slot
        }
        return isFollowed ? nil : "#\(errand) says that it promoted, and the ledger does not"
    }

    private func unanswered(_ slot: Slot?, _ errand: Errand, at place: Int) -> String? {
        let own = reading.courses[errand]?.places ?? []
        var plans: [Judgement] = []
        var answered: Set<Artifact> = []
        for place in own {
            switch reading[place] {
            case .judged(_, let plan) where plan.outcome == .promote && plan.slot == slot:
                plans.append(plan)
            case .answered(_, let artifact, nil): answered.insert(artifact)
            default: break
            }
        }
        let isDone = plans.contains { plan in
            plan.moves.allSatisfy { $0.artifact == $0.before || answered.contains($0.artifact) }
        }
        return isDone ? nil : "#\(errand) says that it promoted, and nobody answered for it"
    }
}
