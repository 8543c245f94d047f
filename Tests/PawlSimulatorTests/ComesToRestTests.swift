import PawlCore
import PawlEngine
import PawlSimulator
import Testing

@Suite("The checkers of converges, nothing-lost and explains-itself")
struct ComesToRestTests {
    private func calm(_ tale: Tale) -> Tale {
        var tale = tale
        tale.happens(.calm)
        tale.passes(minutes: 20)
        tale.begins(99)
        tale.ends(99, .settled, nil)
        return tale
    }

    @Test("a group at the newest commit is at rest", arguments: [Promise.converges, .nothingLost])
    func rest(promise: Promise) {
        var tale = Tale()
        tale.promotes(0, 3)
        #expect(calm(tale).broken(promise).isEmpty)
    }

    @Test("a green commit that was left is caught", arguments: [Promise.converges, .nothingLost])
    func frozen(promise: Promise) {
        #expect(calm(Tale()).broken(promise).count == 1)
    }

    @Test("a split group is caught unless its newest commit does not pass")
    func split() {
        let lint = Shape.GateShape.workflow(.lint, absent: .hold, cancelled: .hold, byJob: false)
        var tale = Tale(gates: [lint])
        tale.happens(.moved(image: 0, Artifact(image: 0, slot: 3)))
        #expect(calm(tale).broken(.converges).count == 1)
        tale.run(.lint, 3, .failure, attempt: 2)
        #expect(calm(tale).broken(.converges).isEmpty)
    }

    @Test("what only a person can end is rest: another line, no label, a hold")
    func people() {
        var aside = Tale(images: 1)
        aside.happens(.moved(image: 0, Artifact(image: 0, slot: 8)))
        #expect(calm(aside).broken(.converges).isEmpty)
        var nameless = Tale(images: 1)
        nameless.happens(.moved(image: 0, Artifact(image: 0, slot: 1, make: .unlabelled)))
        #expect(calm(nameless).broken(.converges).isEmpty)
        var held = Tale(hasLedger: true)
        held.begins(0)
        held.adopts(0)
        #expect(calm(held).broken(.converges).count == 1)
        held.records(0, .hold)
        held.ends(0, .settled, nil)
        #expect(calm(held).broken(.converges).isEmpty)
    }

    @Test("a plan that nobody followed is caught, and so is drift where the policy restores")
    func unfollowed() {
        var tale = Tale(hasLedger: true)
        tale.begins(0)
        tale.adopts(0)
        tale.records(0, tale.move(.promote, 3))
        #expect(calm(tale).broken(.converges).count == 1)
        for restores in [false, true] {
            var drift = Tale(hasLedger: true) { $0.restores = restores }
            drift.begins(0)
            drift.adopts(0)
            drift.promotesByLedger(0, 3)
            drift.happens(.moved(image: 0, Artifact(image: 0, slot: 0)))
            #expect(calm(drift).broken(.converges).isEmpty != restores)
        }
    }

    @Test("a tag that Pawl itself left where the ledger does not have it is caught")
    func ownDrift() {
        var tale = Tale(hasLedger: true)
        tale.begins(0)
        tale.adopts(0)
        tale.promotesByLedger(0, 3)
        tale.begins(1)
        tale.writes(1, 0, 2, from: 3)
        tale.ends(1, .error, 2)
        #expect(calm(tale).broken(.converges).count == 1)
    }

    /// What errand 1 does after it put image 0 where the ledger does not have it.
    private func drift(isAnswered: Bool = true, _ then: (inout Tale) -> Void) -> [String] {
        var tale = Tale(hasLedger: true)
        tale.begins(0)
        tale.adopts(0)
        tale.promotesByLedger(0, 3)
        tale.begins(1)
        let artifact = Artifact(image: 0, slot: 2)
        tale.happens(.sent(1, artifact))
        tale.happens(.landed(1, artifact))
        if isAnswered { tale.happens(.answered(1, artifact, nil)) }
        then(&tale)
        return calm(tale).broken(.converges)
    }

    @Test("a write that came late, and a killed writer's, are as good as another person's")
    func driftExcused() {
        #expect(drift { $0.ends(1, .error, 2) }.count == 1)
        #expect(drift(isAnswered: false) { $0.ends(1, .error, 2) }.isEmpty)
        #expect(drift { $0.happens(.crashed(1)) }.isEmpty)
    }

    @Test("a writer that may not take its write back is excused, of that image alone")
    func driftRefused() {
        func refused(_ image: Int) -> [String] {
            drift { tale in
                tale.happens(.answered(1, Artifact(image: image, slot: 3), .denied))
                tale.ends(1, .error, 2)
            }
        }
        #expect(refused(0).isEmpty)
        #expect(refused(1).count == 1)
        // Nor is one that could not write the ledger: it never goes back to what it knew.
        let unwritable = drift { tale in
            tale.happens(.failed(1, .append, .refused))
            tale.ends(1, .error, 2)
        }
        #expect(unwritable.count == 1)
    }

    @Test("an errand without an end, and a hook that nobody told, are caught")
    func lost() {
        var tale = Tale()
        tale.promotes(0, 3)
        tale.begins(1)
        #expect(tale.broken(.nothingLost).count == 1)
        var hooked = Tale(hasLedger: true) { $0.hasHook = true }
        hooked.begins(0)
        hooked.adopts(0)
        hooked.promotesByLedger(0, 3)
        #expect(calm(hooked).broken(.nothingLost).count == 1)
    }

    // MARK: Explains itself

    private func explained(_ outcome: Receipt.Outcome, _ reasons: [Reason]) -> [String] {
        var tale = Tale(gates: [
            .workflow(.lint, absent: .hold, cancelled: .hold, byJob: false)
        ])
        tale.begins(0)
        tale.ends(0, outcome, 2, reasons)
        return tale.broken(.explainsItself)
    }

    @Test("a hold without a reason, and a reason without words, are caught")
    func silent() {
        #expect(explained(.hold, []).count == 1)
        #expect(explained(.hold, [Reason(.held, "latest", "")]).count == 1)
        #expect(explained(.hold, [Reason(.held, "latest", "It is held.")]).isEmpty)
    }

    @Test("red, running and elsewhere are said only of what was so")
    func untrue() {
        for code in [ReasonCode.gateFailed, .gateRunning, .buildFailed, .otherBranch] {
            #expect(explained(.reject, [Reason(code, "lint.yml", "It is so.")]).count == 1)
        }
        var tale = Tale(gates: [
            .workflow(.lint, absent: .hold, cancelled: .hold, byJob: false)
        ])
        tale.run(.lint, 2, .failure, attempt: 2)
        tale.begins(0)
        tale.ends(0, .reject, 2, [Reason(.gateFailed, "lint.yml", "It is red.")])
        #expect(tale.broken(.explainsItself).isEmpty)
    }

    @Test("settled is said of what was there, and not by who could not tell")
    func settled() {
        var tale = Tale()
        tale.begins(0)
        tale.ends(0, .settled, 3)
        #expect(tale.broken(.explainsItself).count == 1)
        let unreadable = Reason(.registryUnreadable, "app", "It could not be read.")
        var unsure = Tale()
        unsure.begins(0)
        unsure.ends(0, .settled, 1, [unreadable])
        #expect(unsure.broken(.explainsItself).count == 1)
    }
}
