import PawlCore
import PawlEngine

/// Two ways of moving a tag in the same worlds, by what became of the tags alone: no excuse counts.
package struct Comparison: Sendable {
    /// Who moves the tag.
    package enum Contender: String, Hashable, Sendable, CaseIterable {
        case workflow = "the workflow"
        case pawl = "Pawl"
        case pawlWithLedger = "Pawl with a ledger"

        var design: World.Design { self == .workflow ? World.workflow : World.pawl }
    }

    /// What kind of world it is.
    package enum Weather: String, Hashable, Sendable, CaseIterable {
        case none, mild, harsh
        case lateWrites = "harsh, late writes"
        case stranger = "harsh, another person"
    }

    /// Worlds of one kind in which something went wrong, and with whom.
    package struct Row: Hashable, Sendable {
        /// Worlds played.
        package var worlds = 0
        /// A tag went back or aside by the contender's hand.
        package var backward = 0
        /// A commit was moved to whose gates were not green.
        package var unproved = 0
        /// At the end the group is not together.
        package var split = 0
        /// At the end a commit is left that would go.
        package var frozen = 0

        /// A row of nothing.
        package init() {}
    }

    /// Plays one seed's world for a contender, and counts it.
    package static func play(
        _ seed: UInt64, _ weather: Weather, _ contender: Contender, in row: inout Row
    ) {
        let script = script(seed, weather, contender)
        let trace = World(script, design: contender.design).play().trace
        let reading = Reading(trace)
        row.worlds += 1
        if isBackward(reading) { row.backward += 1 }
        if isUnproved(reading) { row.unproved += 1 }
        let lives = (0..<trace.shape.images).map {
            (trace.truth.targets[$0].value(before: reading.end) ?? nil)?.live
        }
        if Set(lives).count > 1 { row.split += 1 }
        if Rest(reading: reading, place: reading.end).isFrozen { row.frozen += 1 }
    }

    /// The world of a seed: two or three images, the gate with a path filter, and lint as a gate
    /// too where the seed says so; nobody rewrites the branch and no source is forgotten.
    static func script(
        _ seed: UInt64, _ weather: Weather, _ contender: Contender
    ) -> Script {
        var chance = Chance(mixed(seed, 5))
        var shape = Shape()
        shape.images = chance.within(2...3)
        shape.gates = [.workflow(.e2e, absent: .proven, cancelled: .hold, byJob: false)]
        shape.hasLedger = contender == .pawlWithLedger
        shape.door = contender == .workflow ? .perCommit : .queue
        shape.looksEvery = contender == .workflow ? 0 : 1_200_000
        var script = Script(seed: seed, shape: shape, knobs: knobs(weather))
        script.drawPushes(&chance)
        for index in script.pushes.indices { script.pushes[index].makeOrdinary() }
        if weather == .stranger, chance.odds(500) {
            let image = chance.below(shape.images)
            script.acts = [
                Act(
                    number: 0, at: Int64(chance.within(60_000...2_400_000)),
                    deed: .move(image: image, Artifact(image: image, slot: chance.below(2))))
            ]
        }
        return script
    }

    private static func knobs(_ weather: Weather) -> Knobs {
        var knobs = Knobs()
        func set(_ faults: [(Knobs.Fault, Int)]) {
            for (fault, odds) in faults { knobs[fault] = odds }
        }
        switch weather {
        case .none: break
        case .mild:
            set([
                (.eventLost, 5), (.eventDoubled, 10), (.eventLate, 20), (.serverFailed, 10),
                (.throttled, 5), (.lostAnswer, 3), (.staleHost, 20), (.crash, 2),
            ])
        case .harsh, .lateWrites, .stranger:
            set([
                (.eventLost, 50), (.eventDoubled, 100), (.eventLate, 200), (.serverFailed, 100),
                (.throttled, 50), (.lostAnswer, 30), (.staleHost, 200), (.crash, 10), (.slow, 20),
            ])
            if weather == .lateWrites { knobs[.lateWrite] = 20 }
        }
        return knobs
    }

    // MARK: What became of the tags

    private static func isBackward(_ reading: Reading) -> Bool {
        reading.records.indices.contains { place in
            guard case .landed(_, let artifact) = reading[place],
                let new = artifact.live,
                let old = (reading.truth.targets[artifact.image].value(before: place) ?? nil)?.live
            else { return false }
            let ancestry = reading.chart.ancestry(of: new, from: old)
            return ancestry == .behind || ancestry == .diverged
        }
    }

    /// A tag moved to a commit whose gates had been green at no moment until then.
    private static func isUnproved(_ reading: Reading) -> Bool {
        reading.records.indices.contains { place in
            guard case .landed(_, let artifact) = reading[place], artifact.slot > Outline.base
            else { return false }
            let lives = reading.truth.targets[artifact.image].values(from: 0, through: place)
                .reduce(into: [Slot?]()) { lives, value in
                    let live = (value ?? nil)?.live
                    if live != artifact.slot, !lives.contains(live) { lives.append(live) }
                }
            let changes = (0...place).filter { moment in
                if case .run = reading[moment] { true } else { false }
            }
            return !changes.contains { moment in
                reading.shape.gates.allSatisfy { gate in
                    lives.contains { live in
                        reading.oracle.standing(
                            of: gate, for: artifact.slot, live: live, before: moment + 1,
                            at: reading.records[moment].at) == .green
                    }
                }
            }
        }
    }
}

extension Push {
    /// Nobody rewrites the branch, and a build that is green has published everything.
    mutating func makeOrdinary() {
        if case .force = kind { kind = .plain }
        sources = sources.map { SourcePlan(after: min($0.after, -500)) }
        for index in runs.indices { runs[index].decoy = nil }
    }
}
