import PawlCore

/// Digest pinned: what is written is what was judged. Every digest of a plan was seen by the errand
/// at the commit's own source tag and bears the commit's full id, for every image before the first
/// write; and nothing but a plan's digest is ever written, or what the tag had before.
struct DigestPinned {
    private let reading: Reading

    init(_ reading: Reading) { self.reading = reading }

    func breaches() -> [(Int, String)] {
        var pinned: Set<Int> = []
        return reading.records.indices.compactMap { place -> (Int, String)? in
            switch reading[place] {
            case .sent(let errand, let artifact) where !reading.shape.hasLedger:
                guard let plan = reading.plan(of: errand, before: place) else {
                    return (place, "#\(errand) writes \(artifact), which nobody judged")
                }
                let isPlanned = plan.found.moves.contains { move in
                    move.artifact == artifact || move.before == artifact
                }
                guard isPlanned else {
                    return (place, "#\(errand) writes \(artifact), which is not in its plan")
                }
                guard pinned.insert(plan.place).inserted else { return nil }
                return notPinned(plan.found, errand, plan.place).map { (place, $0) }
            case .sent(let errand, let artifact):
                guard !isRecorded(artifact, before: place) else { return nil }
                return (place, "#\(errand) writes \(artifact), which no entry names")
            case .recorded(let errand, let entry) where entry.movement?.kind == .promote:
                return recorded(entry, errand, at: place).map { (place, $0) }
            default: return nil
            }
        }
    }

    private func recorded(_ entry: Entry, _ errand: Errand, at place: Int) -> String? {
        guard let movement = entry.movement,
            let plan = reading.plan(of: errand, before: place)
        else { return "entry \(entry.number) was not judged" }
        let digests = movement.images.compactMap { reading.shape.names.artifact(of: $0.digest) }
        guard digests == plan.found.moves.map(\.artifact) else {
            return "entry \(entry.number) names other digests than were judged"
        }
        return notPinned(plan.found, errand, plan.place)
    }

    private func notPinned(_ plan: Judgement, _ errand: Errand, _ place: Int) -> String? {
        guard plan.moves.count == reading.shape.images else {
            return "the plan of #\(errand) leaves an image out"
        }
        let shelf = reading.shape.names.shelf(of: plan.slot)
        for move in plan.moves {
            let artifact = move.artifact
            guard artifact.says == plan.slot || isRecorded(artifact, before: place) else {
                return "#\(errand) takes \(artifact) for c\(plan.slot)"
            }
            let seen = reading.last(of: errand, before: place) { what -> Artifact?? in
                guard case .saw(_, .source(artifact.image, shelf), let seen, _) = what else {
                    return .none
                }
                return .some(seen)
            }
            guard seen?.found == artifact else {
                return "#\(errand) did not see \(artifact) at its source"
            }
        }
        return nil
    }

    private func isRecorded(_ artifact: Artifact, before place: Int) -> Bool {
        reading.truth.entries.points.contains { point in
            point.place < place
                && point.value.state.plan.flatMap { reading.artifact($0, artifact.image) }
                    == artifact
        }
    }
}
