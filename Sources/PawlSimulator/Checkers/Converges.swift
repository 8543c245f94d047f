import PawlCore

/// Converges: when nothing goes wrong any more, the looks of the calm bring every channel to where
/// the rules lead: no commit is left that would go, the group is together, and the tags are at what
/// the ledger says. What only a person can end is left: a hold, tags that somebody else moved where
/// the policy does not restore, images that say no commit, a branch that was rewritten, a split
/// whose newest commit does not pass.
struct Converges {
    private let reading: Reading
    private let rest: Rest

    init(_ reading: Reading) {
        self.reading = reading
        rest = Rest(reading: reading, place: reading.end)
    }

    func breaches() -> [(Int, String)] {
        guard reading.calm != nil else { return [] }
        return rest.unrest.map { [(reading.end - 1, $0)] } ?? []
    }
}

/// What would still have to happen at a place of a trace.
struct Rest: Sendable {
    let reading: Reading
    let place: Int
    private var oracle: Oracle { reading.oracle }
    private var shape: Shape { reading.shape }
    private var chart: Chart { reading.chart }

    private var targets: [Artifact?] {
        (0..<shape.images).map { reading.truth.targets[$0].value(before: place) ?? nil }
    }
    private var moment: Int64 { reading.records[place - 1].at }

    /// What is not at rest; `nil` if all is, or if a person must act first.
    var unrest: String? {
        if shape.hasLedger, let state = reading.tip(before: place)?.state, state.plan != nil {
            return unrest(state)
        }
        let lives = targets.map { $0?.live }
        guard !isUnclear(lives), !hasTwinOfLive else { return nil }
        let distinct = lives.compactMap(\.self).reduce(into: [Slot]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let state = shape.hasLedger ? reading.tip(before: place)?.state : nil
        if distinct.count > 1 { return split(distinct, state) }
        if shape.hasLedger, distinct.count == 1,
            !targets.contains(where: { $0?.live == nil && $0 != nil })
        {
            return "the ledger has no entry, and the group is at c\(distinct[0])"
        }
        if state?.hold != nil { return nil }
        return promotable(past: lives, state).map { "c\($0) would go, and the tags are elsewhere" }
    }

    /// Whether nobody can say where a tag is: a commit that the host does not know, or a short name
    /// of two commits.
    private func isUnclear(_ lives: [Slot?]) -> Bool {
        zip(targets, lives).contains { artifact, live in
            guard let artifact, let live else { return false }
            return chart[live] == nil
                || artifact.make == .short && shape.hasTwins && chart[live ^ Names.twin] != nil
        }
    }

    /// Whether a commit shares its source tag with what is live: a look takes it to be settled.
    private var hasTwinOfLive: Bool {
        guard shape.hasTwins, let tip = reading.truth.tip.value(before: place) else { return false }
        return chart.log(from: tip).contains { commit in
            targets.enumerated().allSatisfy { image, artifact in
                let shelf = shape.names.shelf(of: commit.slot)
                let source = reading.truth.source(image: image, shelf: shelf).value(before: place)
                return artifact != nil && source == artifact && artifact?.live != commit.slot
            }
        }
    }

    private func split(_ lives: [Slot], _ state: ChannelState?) -> String? {
        let newest = lives.first { newest in
            lives.allSatisfy { $0 == newest || chart.isAtOrBelow($0, newest) }
        }
        guard let newest, state?.hold == nil,
            passes(newest, lives: targets.map { $0?.live }, state: state)
        else {
            return nil
        }
        return "the group is split, and c\(newest) would end that"
    }

    // MARK: With an entry

    /// After a move that had to be put back, looks leave the channel alone for a while, by the
    /// clock of the run that put it back: counted at the newest look, for none came since.
    private func isPausing(_ state: ChannelState) -> Bool {
        guard let gaveWay = state.gaveWay,
            let looked = reading.records[..<place].last(where: { $0.what.isBeginning })
        else { return false }
        let now = StagedHost.start + .milliseconds(looked.at)
        let passed = now.since(gaveWay.since)
        return passed < Limits.gaveWayPause && passed > .seconds(-60)
    }

    /// A plan whose content is gone, and nothing that may take its place.
    private func isStuck(_ state: ChannelState) -> Bool {
        guard let plan = state.plan, !isThere(plan) else { return false }
        // What was put back, or taken back by a person, gives way to nothing else.
        if plan.kind == .restore || plan.kind == .rollback { return true }
        return !reading.truth.entries.points.contains { point in
            guard point.place < place, point.value.movement != nil,
                let earlier = point.value.state.plan
            else { return false }
            return earlier.entry < plan.entry && earlier.images != plan.images
                && !state.isQuarantined(earlier.commit) && isThere(earlier)
        }
    }

    private func isThere(_ plan: ChannelState.RecordedPlan) -> Bool {
        (0..<shape.images).allSatisfy { image in
            reading.artifact(plan, image).map(reading.truth.hasContent) ?? true
        }
    }

    /// A tag that the ledger does not know, where Pawl itself put it: not by a write that came
    /// late, whose sender was killed, or whose sender was refused to take it back; nobody can tell
    /// those from another person's.
    private func ownDrift(_ image: Int) -> String? {
        guard let last = reading.truth.targets[image].points.last(where: { $0.place < place }),
            case .landed(let errand, let artifact) = reading[last.place],
            let course = reading.courses[errand], !course.isKilled
        else { return nil }
        let isAnswered = course.places.contains {
            $0 > last.place && reading[$0] == .answered(errand, artifact, nil)
        }
        let mayNotTakeBack = course.places.contains { later in
            guard later > last.place, case .answered(errand, let other, .some) = reading[later]
            else { return false }
            return other.image == image
        }
        return isAnswered && !mayNotTakeBack
            ? "#\(errand) left image \(image) at \(artifact), where the ledger does not have it"
            : nil
    }

    private func unrest(_ state: ChannelState) -> String? {
        guard let plan = state.plan, let live = reading.slot(plan.commit) else { return nil }
        let planned = (0..<shape.images).map { reading.artifact(plan, $0) }
        let known = (0..<shape.images).map { image in
            state.plans.compactMap { reading.artifact($0, image) }
        }
        let drifted = targets.indices.filter { image in
            targets[image].map { planned[image] != nil && !known[image].contains($0) } ?? false
        }
        guard drifted.isEmpty || shape.restores else {
            return drifted.lazy.compactMap(ownDrift).first
        }
        for (image, artifact) in targets.enumerated() {
            guard let artifact, let due = planned[image], artifact != due else { continue }
            guard reading.truth.hasContent(of: due) else {
                return isStuck(state) ? nil : "entry \(plan.entry) names what is gone"
            }
            return "image \(image) is at \(artifact), and the ledger says \(due)"
        }
        guard state.isFollowed else {
            return isStuck(state)
                ? nil : "entry \(plan.entry) is not followed to its end"
        }
        guard state.hold == nil, !isPausing(state) else { return nil }
        let lives = (0..<shape.images).map { image -> Slot? in
            guard let target = targets[image] else { return nil }
            return planned[image] != nil ? live : target.live
        }
        guard !isUnclear(lives) else { return nil }
        return promotable(past: lives, state).map {
            "c\($0) would go, and the ledger is at c\(live)"
        }
    }

    /// Whether a commit is left that would go, whatever else is wrong.
    var isFrozen: Bool {
        let lives = targets.map { $0?.live }
        return promotable(
            past: lives.compactMap(\.self).isEmpty
                ? lives : lives.map { $0 ?? oldest(lives.compactMap(\.self)) }) != nil
    }

    // MARK: Candidates

    /// The newest commit that would go.
    private func promotable(past lives: [Slot?], _ state: ChannelState? = nil) -> Slot? {
        guard let tip = reading.truth.tip.value(before: place) else { return nil }
        return chart.log(from: tip).prefix(shape.pageRows).map(\.slot).first { slot in
            passes(slot, lives: lives, state: state)
        }
    }

    private func passes(_ slot: Slot, lives: [Slot?], state: ChannelState?) -> Bool {
        let tip = reading.truth.tip.value(before: place)
        guard tip.map({ chart.isAtOrBelow(slot, $0) }) ?? false, isNews(slot, lives),
            !isBarred(slot, state), forward(slot, lives),
            oracle.buildStands(for: slot, before: place)
        else { return false }
        let isBuilt = (0..<shape.images).allSatisfy { image in
            oracle.source(image, of: slot, before: place).map(reading.truth.hasContent) ?? false
        }
        guard isBuilt else { return false }
        let oldest = lives.contains(nil) ? nil : oldest(lives.compactMap(\.self))
        return shape.gates.allSatisfy { gate in
            isJudged(gate, slot)
                && oracle.standing(of: gate, for: slot, live: oldest, before: place, at: moment)
                    == .green
        }
    }

    /// Whether something would move that a look comes to: a commit ahead of a tag, or a tag that is
    /// not there.
    private func isNews(_ slot: Slot, _ lives: [Slot?]) -> Bool {
        let differs = targets.enumerated().contains { image, artifact in
            artifact != oracle.source(image, of: slot, before: place)
        }
        return differs && lives.contains { $0 != slot }
    }

    private func isBarred(_ slot: Slot, _ state: ChannelState?) -> Bool {
        guard let state else { return false }
        if let live = reading.slot(state.plan?.commit), !chart.isAtOrBelow(live, slot) {
            return true
        }
        let floor = reading.slot(state.floor)
        return state.isQuarantined(shape.names.commits[slot])
            || floor.map { !chart.isAtOrBelow($0, slot) } ?? false
    }

    private func forward(_ slot: Slot, _ lives: [Slot?]) -> Bool {
        zip(targets, lives).allSatisfy { artifact, live in
            guard let live else { return artifact == nil || shape.acceptsUnlabelled }
            return chart.isAtOrBelow(live, slot)
        }
    }

    private func oldest(_ lives: [Slot]) -> Slot? {
        lives.first { oldest in lives.allSatisfy { chart.isAtOrBelow(oldest, $0) } }
    }

    /// A proof needs the whole way on one page of the log.
    private func isJudged(_ gate: Shape.GateShape, _ slot: Slot) -> Bool {
        guard case .workflow(let workflow, .proven, _, _) = gate,
            oracle.newestRun(of: workflow, at: slot, before: place) == nil,
            let tip = reading.truth.tip.value(before: place)
        else { return true }
        return chart.log(from: tip).count <= shape.pageRows
    }
}
