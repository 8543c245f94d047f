import PawlCore
import PawlTesting
import Testing

@Suite("decide, over every world")
struct DecideTests {
    private static let order = wellFormed { try Override(actor: "ada", reason: "hotfix") }
    private static let bases = Dictionary(
        uniqueKeysWithValues: WorkflowGate.Absent.allCases.map {
            ($0, Judging(gates: [Judging.e2e($0)]))
        })

    /// Every world with what it comes to, worked out once.
    private static let all: [(world: World, decision: Decision)] = (0..<World.count).map { number in
        let world = World(number)
        let judging = world.judging(bases[world.absent] ?? Judging(), order)
        return (world, judging.decided())
    }

    private func expectNone(_ broken: [World], _ comment: Comment) {
        let first = broken.prefix(3).map { "\($0.digits)" }
        #expect(first.isEmpty, comment)
    }

    private func broken(_ isBroken: (World, Decision) -> Bool) -> [World] {
        Self.all.filter { isBroken($0.world, $0.decision) }.map(\.world)
    }

    @Test("numbers and worlds are the same thing")
    func numbering() {
        #expect(Self.all.count == World.count)
        #expect(Self.all.indices.allSatisfy { Self.all[$0].world.number == $0 })
    }

    @Test("every verdict is the contract's")
    func contract() {
        expectNone(
            broken { $1.verdict.word != $0.expected }, "another verdict than the contract's")
        let words = Set(Self.all.map(\.decision.verdict.word))
        #expect(words == ["promote", "settled", "hold", "reject"])
    }

    @Test("nothing unreadable promotes; under an override only rules 5 and 6 may be unread")
    func unreadableNeverPromotes() {
        let found = broken { world, decision in
            guard decision.verdict.word == "promote" else { return false }
            let rulesTwoToFour =
                world.position.failure != nil || world.target == .unreadable
                || [.unreadable, .revisionUnreadable].contains(world.source)
            let rulesFiveAndSix =
                world.runsAreUnreadable
                || [.liveUnreadable, .ancestryUnreadable].contains(world.target)
            return rulesTwoToFour || !world.isOverridden && rulesFiveAndSix
        }
        expectNone(found, "a promotion over something unreadable")
    }

    @Test("any reject wins over any hold, and any hold over promote")
    func precedence() {
        let found = broken { _, decision in
            let judgements = decision.findings.filter { !$0.isOverridden }.map(\.judgement)
            guard decision.verdict.word != "settled" else { return false }
            let rejects = judgements.contains { if case .reject = $0 { true } else { false } }
            let holds = judgements.contains { if case .hold = $0 { true } else { false } }
            return decision.verdict.word != (rejects ? "reject" : holds ? "hold" : "promote")
        }
        expectNone(found, "a weaker finding won")
    }

    @Test("a worse fact never makes a promotion of a hold or a reject")
    func monotonic() {
        let words = Self.all.map(\.decision.verdict.word)
        let found = broken { world, decision in
            guard ["hold", "reject"].contains(decision.verdict.word) else { return false }
            let ordered: [World.Dimension] = [.position, .source, .target, .build, .gate]
            for dimension in ordered {
                for worse in world[dimension]..<World.sizes[dimension.rawValue] {
                    var other = world
                    other[dimension] = worse
                    // An absent build beside proven sources stands in for a success, not for worse.
                    if dimension == .build, other.build == nil { continue }
                    if words[other.number] == "promote" { return true }
                }
            }
            return false
        }
        expectNone(found, "something worse promoted")
    }

    @Test("rules 2 to 4 stand under an override")
    func override() {
        let found = broken { world, decision in
            guard world.isOverridden, decision.verdict.word == "promote" else { return false }
            return world.position != .seen(.onBranch) || world.source != .own
                || world.target == .unreadable
        }
        expectNone(found, "an override passed rule 2, 3 or 4")
        let passing = broken { world, decision in
            world.isOverridden && decision.verdict.word == "promote" && world.gate == .failure
                && world.target == .diverged
        }
        #expect(!passing.isEmpty)
    }

    @Test("an override leaves what it passed in the findings")
    func overrideIsSeen() {
        let found = broken { world, decision in
            guard world.isOverridden, decision.verdict.word == "promote" else { return false }
            return !decision.findings.contains { $0.rule == .gate && $0.isOverridden }
        }
        expectNone(found, "an override hid a finding")
    }

    @Test("settled ends the judging, and is exactly every target at its source on the branch")
    func settled() {
        let found = broken { world, decision in
            let should = world.position == .seen(.onBranch) && world.isSettled
            let rules = Set(decision.findings.map(\.rule))
            return (decision.verdict == .settled([])) != should
                || should && rules != [.branch, .settled]
        }
        expectNone(found, "settled in the wrong world, or judged on")
    }

    @Test("not on the branch ends the judging: one reason, one finding")
    func position() {
        let found = broken { world, decision in
            world.position != .seen(.onBranch)
                && (decision.findings.count != 1 || decision.verdict.reasons.count != 1)
        }
        expectNone(found, "judged on after rule 2")
    }

    @Test("the plan has exactly the pinned digests, one for each image")
    func plan() {
        let found = broken { world, decision in
            guard case .promote(let plan, _) = decision.verdict else { return false }
            return plan.moves.map(\.digest) != [Judging.source(0), Judging.source(1)]
                || plan.moves.map(\.image) != Self.bases[world.absent]?.channel.images
                || plan.moves[1].before != (world.target == .absent ? nil : Judging.target(1))
                || plan.moves.contains { $0.tag.text != "latest" }
        }
        expectNone(found, "a plan of other digests")
    }

    @Test("reasons stand in rule order, each said once")
    func reasons() {
        let found = broken { _, decision in
            let reasons = decision.verdict.reasons
            let said = reasons.map { "\($0.code) \($0.subject)" }
            guard Set(said).count == said.count else { return true }
            let judgements = decision.findings.filter { !$0.isOverridden }.map(\.judgement)
            let against = judgements.compactMap { judgement -> Reason? in
                switch judgement {
                case .hold(let why), .reject(let why): why
                default: nil
                }
            }
            let others = judgements.compactMap { judgement -> Reason? in
                switch judgement {
                case .warn(let why), .settle(let why): why
                default: nil
                }
            }
            let expected = firstOfEach(against.isEmpty ? others : against)
            return reasons.map(\.code) != expected.map(\.code)
                || reasons.map(\.subject) != expected.map(\.subject)
        }
        expectNone(found, "reasons out of order or said twice")
    }

    private func firstOfEach(_ reasons: [Reason]) -> [Reason] {
        reasons.reduce(into: []) { kept, reason in
            if !kept.contains(where: { $0.code == reason.code && $0.subject == reason.subject }) {
                kept.append(reason)
            }
        }
    }

    @Test("findings stand in rule order")
    func findings() {
        let order = Finding.Rule.allCases
        let found = broken { _, decision in
            let places = decision.findings.compactMap { order.firstIndex(of: $0.rule) }
            return places != places.sorted()
        }
        expectNone(found, "findings out of order")
    }

    @Test("every hold and reject says why, with something to do")
    func advice() {
        let found = broken { _, decision in
            ["hold", "reject"].contains(decision.verdict.word)
                && (decision.verdict.reasons.isEmpty
                    || decision.verdict.reasons.contains { $0.text.isEmpty || $0.advice.isEmpty })
        }
        expectNone(found, "a verdict without a reason")
    }

    @Test("after the plan is carried out, deciding again gives settled")
    func again() {
        var judging = Judging()
        guard case .promote(let plan, _) = judging.decided().verdict else {
            Issue.record("the good world does not promote")
            return
        }
        for index in judging.facts.images.indices {
            judging.facts.images[index].target = .seen(plan.moves[index].digest)
        }
        #expect(judging.line == "settled")
    }

    @Test("the order of gates changes the reasons' order and nothing else")
    func gateOrder() {
        var judging = Judging(gates: [Judging.e2e(), .age(.seconds(60))])
        judging.facts.now = Instant(millisecondsSinceEpoch: 1_000)
        judging.facts.runs = .seen([
            Judging.run(Judging.build, .success), Judging.run(Judging.gate, .inProgress),
        ])
        #expect(judging.line == "hold (gate-running, gate-young)")
        var turned = Judging(gates: [.age(.seconds(60)), Judging.e2e()])
        turned.facts = judging.facts
        #expect(turned.line == "hold (gate-young, gate-running)")
    }

    @Test("behind: settle settles where nothing else stands in the way")
    func behindSettle() {
        var judging = Judging(forward: ForwardRules(behind: .settle))
        for index in 0...1 { judging.facts.images[index].ancestry = .seen(.behind) }
        #expect(judging.line == "settled (behind, behind)")
        judging.facts.runs = .seen([
            Judging.run(Judging.build, .success), Judging.run(Judging.gate, .failure),
        ])
        #expect(judging.line == "reject (gate-failed)")
    }

    @Test("unlabelled: accept passes with a warning")
    func unlabelledAccept() {
        var judging = Judging(forward: ForwardRules(unlabelled: .accept))
        judging.facts.images[1].targetRevision = .seen(.unlabelled)
        judging.facts.images[1].live = .absent
        #expect(judging.line == "promote (unlabelled)")
    }
}
