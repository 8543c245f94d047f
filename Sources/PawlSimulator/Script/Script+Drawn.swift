import PawlCore

// Scripts by chance. Every part is drawn from its own number, so that parts do not shift each
// other.

extension Script {
    /// The script of a seed.
    package static func drawn(_ seed: UInt64) -> Script {
        var chance = Chance(mixed(seed, 1))
        let shape = Shape.drawn(&chance)
        let knobs = Knobs.drawn(&chance)
        var script = Script(seed: seed, shape: shape, knobs: knobs)
        script.drawPushes(&chance)
        if chance.odds(120) { script.rush() }
        script.drawActs(&chance)
        return script
    }

    mutating func drawPushes(_ chance: inout Chance) {
        var at: Int64 = 10_000
        for number in 0..<chance.one(of: [1, 1, 2, 2, 3, 3, 4]) {
            var own = Chance(mixed(seed, 1_000 + UInt64(number)))
            // A merge queue pushes again within seconds.
            at += Int64(own.odds(350) ? own.within(3_000...60_000) : own.within(60_000...900_000))
            pushes.append(.drawn(number, at: at, shape, &own))
        }
    }

    /// Everything comes within seconds of each other, and answers are slow: whoever writes is
    /// overtaken.
    private mutating func rush() {
        for index in pushes.indices {
            pushes[index].at = 60_000 + Int64(index) * 7_000
            for run in pushes[index].runs.indices {
                pushes[index].runs[run].appearsAfter = 1_000
                pushes[index].runs[run].takes = 20_000 + pushes[index].runs[run].takes % 15_000
            }
        }
        knobs[.slow] = 150
    }

    mutating func drawActs(_ chance: inout Chance) {
        let most = shape.hasLedger ? [0, 0, 1, 1, 2, 3] : [0, 0, 0, 1, 1, 2]
        let end = (pushes.last?.at ?? 0) + 1_200_000
        for number in 0..<chance.one(of: most) {
            var own = Chance(mixed(seed, 2_000 + UInt64(number)))
            let at = Int64(own.below(Int(end)))
            acts.append(Act(number: number, at: at, deed: deed(at: at, &own)))
        }
        acts.sort { ($0.at, $0.number) < ($1.at, $1.number) }
    }

    /// A commit that there is by then, or the one before the first push.
    private func someCommit(by at: Int64, _ chance: inout Chance) -> Slot {
        let tips = [0, Outline.base] + pushes.filter { $0.at < at }.map(\.tip)
        return chance.one(of: tips)
    }

    private func ledgerOrder(_ commit: Slot, _ chance: inout Chance) -> Order {
        switch chance.below(8) {
        case 0, 1: .rollback(commit)
        case 2: .hold
        case 3: .resume(chance.odds(500) ? commit : nil)
        case 4: .quarantine(commit)
        case 5: .adopt
        case 6: .follow
        default: .promote(commit, digits: 40, isOverride: true)
        }
    }

    private func deed(at: Int64, _ chance: inout Chance) -> Act.Deed {
        let commit = someCommit(by: at, &chance)
        let image = chance.below(shape.images)
        switch chance.below(10) {
        case 0...2 where shape.hasLedger && chance.odds(700):
            return .order(ledgerOrder(commit, &chance))
        case 0...2:
            return .order(
                .promote(
                    commit, digits: chance.one(of: [40, 40, 12, 7]), isOverride: chance.odds(600)))
        case 3...5:
            let make: Artifact.Make =
                chance.odds(800) ? .first : chance.one(of: Artifact.Make.allCases)
            return .move(
                image: chance.odds(600) ? image : nil,
                Artifact(image: image, slot: commit, make: make))
        case 6: return .remove(image: image)
        case 7:
            return chance.odds(500)
                ? .unpublish(commit, image: image) : .expire(before: commit)
        case 8: return .freeze(image: image)
        default: return .disable(chance.one(of: Workflow.allCases))
        }
    }
}

extension Push {
    static func drawn(_ number: Int, at: Int64, _ shape: Shape, _ chance: inout Chance) -> Push {
        let kind: Kind =
            switch chance.below(20) {
            case 0...13: .plain
            case 14...17: .merge
            default: .force(back: chance.within(1...2))
            }
        let count = kind == .merge ? chance.within(2...3) : chance.one(of: [1, 1, 1, 2, 3])
        return Push(
            number: number, at: at, kind: kind,
            commits: (0..<count).map { _ in Tree.Edit.drawn(&chance) },
            runs: Workflow.allCases.map { RunPlan.drawn($0, &chance) },
            sources: (0..<shape.images).map { _ in SourcePlan.drawn(&chance) },
            check: chance.odds(850)
                ? (chance.odds(850) ? .success : RunState.drawnEnd(&chance)) : nil)
    }
}

extension Tree.Edit {
    static func drawn(_ chance: inout Chance) -> [Tree.Edit] {
        switch chance.below(20) {
        case 0...7: [.change(0)]
        case 8, 9: [.change(1)]
        case 10...15: [.change(2)]
        case 16: [.rename]
        case 17: [.change(4)]
        case 18: [.change(0), .change(2)]
        default: []
        }
    }
}

extension RunPlan {
    static func drawn(_ workflow: Workflow, _ chance: inout Chance) -> RunPlan {
        let isBuild = workflow == .publish
        let isGreen = chance.odds(isBuild ? 920 : 780)
        let ends: RunState = isGreen ? .success : .drawnEnd(&chance)
        var again: Again?
        if chance.odds(isGreen ? 60 : 500) {
            let turns: RunState =
                isGreen ? (chance.odds(700) ? .failure : .success) : .success
            again = Again(ends: turns, after: Int64(chance.within(20_000...600_000)))
        }
        return RunPlan(
            appearsAfter: Int64(
                chance.odds(850) ? chance.within(500...5_000) : chance.within(5_000...400_000)),
            takes: Int64(
                isBuild ? chance.within(60_000...360_000) : chance.within(30_000...900_000)),
            ends: ends, job: ends == .success && chance.odds(850) ? .success : .failure,
            again: again,
            nightly: chance.odds(100)
                ? Again(
                    ends: chance.odds(500) ? .success : .drawnEnd(&chance),
                    after: Int64(chance.within(20_000...900_000)))
                : nil,
            decoy: chance.odds(120) ? chance.one(of: Decoy.allCases) : nil,
            isDispatched: chance.odds(100))
    }
}

extension SourcePlan {
    static func drawn(_ chance: inout Chance) -> SourcePlan {
        var plan = SourcePlan(after: Int64(-chance.within(500...20_000)))
        switch chance.below(40) {
        case 0: plan.make = nil
        case 1: plan.make = chance.one(of: Artifact.Make.allCases)
        case 2...4: plan.after = Int64(chance.within(0...40_000))
        default: break
        }
        return plan
    }
}

extension RunState {
    /// How a run ends that is not green.
    static func drawnEnd(_ chance: inout Chance) -> RunState {
        chance.one(of: [
            .failure, .failure, .failure, .failure, .timedOut, .startupFailure, .cancelled,
            .cancelled, .skipped, .neutral, .stale, .actionRequired, .unknown("enchanted"),
        ])
    }
}
