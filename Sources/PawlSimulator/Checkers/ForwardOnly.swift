import PawlCore

/// Forward only.
///
/// With a ledger: an entry that the rules made goes to the commit of the entry in force or to a
/// descendant, and nobody writes a digest by a plan that he knew to be superseded.
///
/// Without one: a write is sent only where the sender looked at the tag after judging, and what he
/// saw was the commit's own or an ancestor's. A tag that goes back all the same was at something
/// else when the write landed than when its sender looked.
struct ForwardOnly {
    private let reading: Reading
    private var chart: Chart { reading.chart }

    init(_ reading: Reading) { self.reading = reading }

    func breaches() -> [(Int, String)] {
        reading.records.indices.compactMap { place -> (Int, String)? in
            let text: String? =
                switch reading[place] {
                case .recorded(let errand, let entry): judge(entry, of: errand, at: place)
                case .sent(let errand, let artifact):
                    reading.shape.hasLedger
                        ? outdated(artifact, of: errand, at: place)
                        : unseen(artifact, of: errand, at: place)
                case .landed(let errand, let artifact) where !reading.shape.hasLedger:
                    landed(artifact, of: errand, at: place)
                default: nil
                }
            return text.map { (place, $0) }
        }
    }

    // MARK: Without a ledger

    /// What an errand saw at a tag last before a place.
    private func look(
        at image: Int, of errand: Errand, before place: Int
    ) -> (place: Int, found: Artifact?)? {
        reading.last(of: errand, before: place) { what -> Artifact?? in
            guard case .saw(_, .target(image), let artifact, _) = what else { return .none }
            return .some(artifact)
        }
    }

    private func unseen(_ artifact: Artifact, of errand: Errand, at place: Int) -> String? {
        guard let (judged, plan) = reading.plan(of: errand, before: place) else {
            return "#\(errand) writes without a plan"
        }
        let move = plan.moves.first { $0.artifact.image == artifact.image }
        guard let look = look(at: artifact.image, of: errand, before: place), look.place > judged
        else { return "#\(errand) did not look at the tag between judging and writing" }
        if move?.artifact == artifact {
            guard look.found == move?.before else {
                return "#\(errand) saw the tag moved since judging, and writes all the same"
            }
            guard !plan.isOverride else { return nil }
            return isBack(artifact, from: look.found)
                ? "#\(errand) saw \(words(look.found)), and writes \(artifact)" : nil
        }
        guard artifact == move?.before else { return "#\(errand) writes what no plan named" }
        return look.found == move?.artifact
            ? nil : "#\(errand) puts a tag back that is not where it put it"
    }

    private func landed(_ artifact: Artifact, of errand: Errand, at place: Int) -> String? {
        let before = reading.truth.targets[artifact.image].value(before: place) ?? nil
        guard isBack(artifact, from: before) else { return nil }
        let sent = reading.last(of: errand, before: place) {
            $0 == .sent(errand, artifact) ? $0 : nil
        }
        guard let sent, let plan = reading.plan(of: errand, before: sent.place),
            let look = look(at: artifact.image, of: errand, before: sent.place)
        else { return "#\(errand) moved the tag back from \(words(before))" }
        let isPutBack = !plan.found.moves.contains { $0.artifact == artifact }
        guard !plan.found.isOverride, !isPutBack, look.found == before else { return nil }
        return "#\(errand) moved the tag back from \(words(before)) to \(artifact)"
    }

    /// Whether a tag would go back or aside; from what says no commit, only by policy not.
    private func isBack(_ artifact: Artifact, from before: Artifact?) -> Bool {
        guard let before else { return false }
        guard let old = before.live else { return !reading.shape.acceptsUnlabelled }
        return artifact.live.map { isBack($0, from: old) } ?? true
    }

    private func isBack(_ slot: Slot, from old: Slot) -> Bool {
        let ancestry = chart.ancestry(of: slot, from: old)
        return ancestry == .behind || ancestry == .diverged
    }

    private func words(_ artifact: Artifact?) -> String { artifact.map { "\($0)" } ?? "nothing" }

    // MARK: With a ledger

    private func judge(_ entry: Entry, of errand: Errand, at place: Int) -> String? {
        guard let movement = entry.movement, let slot = reading.slot(movement.commit) else {
            return nil
        }
        let isByPerson = reading.courses[errand]?.order.isByPerson == true
        let tip = reading.tip(before: place)
        let old = reading.slot(tip?.state.plan?.commit)
        switch movement.kind {
        case .promote where !movement.isOverride, .adopt where !isByPerson && old != nil:
            if let old {
                return isBack(slot, from: old)
                    ? "entry \(entry.number) goes from c\(old) to c\(slot)" : nil
            }
            let goesBack = movement.images.contains { image in
                let before = image.before.flatMap { reading.shape.names.artifact(of: $0) }
                return before?.live.map { isBack(slot, from: $0) }
                    ?? (before != nil && !reading.shape.acceptsUnlabelled)
            }
            return goesBack ? "entry \(entry.number) goes back to c\(slot)" : nil
        case .promote, .adopt, .rollback:
            guard isByPerson || movement.kind == .adopt else {
                return "entry \(entry.number) takes the channel back, and nobody ordered it"
            }
            return movement.kind == .rollback ? unnamed(entry, slot, of: errand, at: place) : nil
        case .restore:
            return restores(movement, tip, at: place)
                ? nil : "entry \(entry.number) restores what was never in force"
        }
    }

    /// A rollback names every commit of the branch's page that came after its own, so that none
    /// goes by itself when the hold is lifted.
    private func unnamed(
        _ entry: Entry, _ slot: Slot, of errand: Errand, at place: Int
    ) -> String? {
        guard case .move(_, let named) = entry.event else { return nil }
        let tips = reading.truth.tip.values(from: reading.horizon(of: errand), through: place)
        let pages = tips.compactMap(\.self).map { tip in
            Set(chart.log(from: tip).prefix(reading.shape.pageRows).map(\.slot))
        }
        let left = (pages.first ?? []).sorted().first { later in
            pages.allSatisfy { $0.contains(later) } && !chart.isAtOrBelow(later, slot)
                && !named.contains(reading.shape.names.commits[later])
        }
        return left.map { "entry \(entry.number) rolls back to c\(slot), and lets c\($0) go again" }
    }

    /// A restore names the images of a plan that was in force; an image that the plan did not name
    /// may go back to where it once was.
    private func restores(_ movement: Movement, _ tip: Entry?, at place: Int) -> Bool {
        reading.truth.entries.points.contains { point in
            guard point.place < place, let plan = point.value.state.plan else { return false }
            return plan.commit == movement.commit
                && movement.images.allSatisfy { image in
                    plan.digest(of: image.target).map { $0 == image.digest }
                        ?? wasAt(image, before: place)
                }
        }
    }

    private func wasAt(_ image: Movement.Image, before place: Int) -> Bool {
        guard let number = reading.image(image.target) else { return false }
        return reading.truth.targets[number].values(from: 0, through: place).contains { value in
            (value ?? nil).map { reading.shape.names.digest(of: $0) } == image.digest
        }
    }

    /// The plan that a write is by was in force when its sender last learnt of the ledger, or came
    /// into force later.
    private func outdated(_ artifact: Artifact, of errand: Errand, at place: Int) -> String? {
        let known = reading.last(of: errand, before: place) { what -> Int64? in
            switch what {
            case .saw(_, .tip, _, let asOf): asOf
            case .recorded: Int64.max
            default: nil
            }
        }
        guard let known else { return "#\(errand) writes without having read the ledger" }
        let points = reading.truth.entries.points
        let first = points.last {
            $0.place <= known.place && (known.found == .max || $0.at <= known.found)
        }
        let inForce = points.filter { $0.place >= (first?.place ?? 0) && $0.place < place }
        let isKnown = inForce.contains { point in
            point.value.state.plan.flatMap { reading.artifact($0, artifact.image) } == artifact
        }
        return isKnown ? nil : "#\(errand) writes \(artifact) by a plan that it knew was over"
    }
}
