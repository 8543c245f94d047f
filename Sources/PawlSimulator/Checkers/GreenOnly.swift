import PawlCore

/// Green only: the build and every gate of a commit that goes by the rules were green, each at a
/// moment between the beginning of the errand (less what an outdated answer or the event itself
/// reaches back) and its judging. A gate that was not due counts as green where it is proved; red
/// is inherited. What turns red after that is not seen, and a plan that is begun is finished.
struct GreenOnly {
    private let reading: Reading
    private var oracle: Oracle { reading.oracle }

    init(_ reading: Reading) { self.reading = reading }

    func breaches() -> [(Int, String)] {
        var judged: Set<Int> = []
        return reading.records.indices.compactMap { place -> (Int, String)? in
            let found: (place: Int, found: Judgement)?
            switch reading[place] {
            case .recorded(let errand, let entry):
                guard let movement = entry.movement, !movement.isOverride else { return nil }
                guard movement.kind == .promote else {
                    return adopted(movement, entry, of: errand, at: place).map { (place, $0) }
                }
                found = reading.plan(of: errand, before: place)
                guard reading.slot(movement.commit) == found?.found.slot else {
                    return (place, "entry \(entry.number) is of a commit that was not judged")
                }
                if let text = barred(movement, before: place) { return (place, text) }
            case .sent(let errand, let artifact) where !reading.shape.hasLedger:
                found = reading.plan(of: errand, before: place)
                guard found?.found.moves.contains(where: { $0.artifact == artifact }) == true
                else { return nil }
            default: return nil
            }
            guard let found, let errand = reading[found.place].errand, !found.found.isOverride,
                judged.insert(found.place).inserted
            else { return nil }
            let text = notGreen(found.found.slot, errand, through: found.place, before: place)
            return text.map { (place, $0) }
        }
    }

    /// What was not green for a commit at any moment that an errand can have seen.
    private func notGreen(
        _ slot: Slot, _ errand: Errand, through last: Int, before place: Int
    ) -> String? {
        let first = reading.horizon(of: errand)
        let moments = changes(from: first, through: last)
        guard moments.contains(where: { oracle.buildStands(for: slot, before: $0) }) else {
            return "#\(errand) promotes c\(slot), whose build was not green"
        }
        let tips = reading.truth.tip.values(from: first, through: last)
        guard tips.contains(where: { $0.map { reading.chart.isAtOrBelow(slot, $0) } ?? false })
        else { return "#\(errand) promotes c\(slot), which is not on the branch" }
        let lives = lives(from: first, through: last, before: place)
        let latest = reading.records[last].at + reading.trace.clockSkew
        for gate in reading.shape.gates {
            let isGreen = moments.contains { moment in
                lives.contains { live in
                    oracle.standing(
                        of: gate, for: slot, live: live, before: moment, at: latest) == .green
                }
            }
            guard isGreen else {
                return "#\(errand) promotes c\(slot) although \(gate) is not green"
            }
        }
        return nil
    }

    /// Places before which something changed, the first moment included.
    private func changes(from first: Int, through last: Int) -> [Int] {
        [first + 1]
            + (first + 1...max(first + 1, last)).filter { place in
                switch reading[place] {
                case .run, .checked, .switched: true
                default: false
                }
            }.map { $0 + 1 }
    }

    /// Every commit that the group can have been let through up to: the ledger's, or the oldest
    /// that its images can have been seen at; none where one of them was nowhere.
    private func lives(from first: Int, through last: Int, before place: Int) -> [Slot?] {
        let seen = (0..<reading.shape.images).map { image in
            reading.truth.targets[image].values(from: first, through: last).map {
                ($0 ?? nil)?.live
            }
        }
        let none: [Slot?] = seen.contains { $0.contains(nil) } ? [nil] : []
        if let plan = reading.tip(before: place)?.state.plan {
            return [reading.slot(plan.commit)] + none
        }
        let known = seen.joined().compactMap(\.self).reduce(into: [Slot]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let oldest = known.filter { oldest in
            seen.allSatisfy { lives in
                lives.contains { $0.map { reading.chart.isAtOrBelow(oldest, $0) } ?? false }
            }
        }
        // No commit is the oldest where an image says it is of another line than the others.
        return (oldest.isEmpty ? known : oldest.map { $0 }) + none
    }

    /// What people said against it, by the entry that it was decided after.
    private func barred(_ movement: Movement, before place: Int) -> String? {
        guard let state = reading.tip(before: place)?.state,
            let slot = reading.slot(movement.commit)
        else { return nil }
        if state.hold != nil { return "c\(slot) goes although the channel is held" }
        if state.isQuarantined(movement.commit) {
            return "c\(slot) goes although it is quarantined"
        }
        guard let floor = reading.slot(state.floor) else { return nil }
        return reading.chart.isAtOrBelow(floor, slot) ? nil : "c\(slot) goes below the floor"
    }

    /// What somebody else moved is taken by itself only where it passes the rules.
    private func adopted(
        _ movement: Movement, _ entry: Entry, of errand: Errand, at place: Int
    ) -> String? {
        guard movement.kind == .adopt, reading.courses[errand]?.order.isByPerson == false,
            reading.tip(before: place)?.state.plan != nil,
            let slot = reading.slot(movement.commit)
        else { return nil }
        return barred(movement, before: place)
            ?? notGreen(slot, errand, through: place, before: place)
    }
}
