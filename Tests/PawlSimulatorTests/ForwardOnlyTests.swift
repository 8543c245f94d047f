import PawlCore
import PawlEngine
import PawlSimulator
import Testing

@Suite("The checker of forward-only")
struct ForwardOnlyTests {
    @Test("a promotion that looks, and goes ahead, is fine")
    func ahead() {
        var tale = Tale()
        tale.promotes(0, 2)
        tale.promotes(1, 3, from: 2)
        #expect(tale.broken(.forwardOnly).isEmpty)
    }

    @Test("a write to an older commit or aside is caught", arguments: [0, 8])
    func back(slot: Slot) {
        var tale = Tale()
        tale.promotes(0, 2)
        tale.promotes(1, slot, from: 2)
        #expect(!tale.broken(.forwardOnly).isEmpty)
    }

    @Test("a person may order what goes back")
    func ordered() {
        var tale = Tale(images: 1)
        tale.promotes(0, 2)
        tale.begins(1, .promote(0, digits: 40, isOverride: true))
        tale.judges(1, 0, from: 2, isOverride: true)
        tale.writes(1, 0, 0, from: 2)
        tale.ends(1, .promote, 0)
        #expect(tale.broken(.forwardOnly).isEmpty)
    }

    @Test("a write without a look after judging is caught, though it goes ahead")
    func unseen() {
        var tale = Tale(images: 1)
        tale.begins(0)
        tale.sees(0, .target(image: 0), Artifact(image: 0, slot: 1))
        tale.judges(0, 2)
        tale.happens(.sent(0, Artifact(image: 0, slot: 2)))
        #expect(tale.broken(.forwardOnly).count == 1)
    }

    @Test("a write where the tag was seen to have moved since judging is caught")
    func changed() {
        var tale = Tale(images: 1)
        tale.begins(0)
        tale.judges(0, 3, from: 1)
        tale.writes(0, 0, 3, from: 2)
        #expect(!tale.broken(.forwardOnly).isEmpty)
    }

    @Test("a tag that somebody moves between the look and the write is nobody's fault")
    func between() {
        var tale = Tale(images: 1)
        tale.begins(0)
        tale.judges(0, 2)
        tale.sees(0, .target(image: 0), Artifact(image: 0, slot: 1))
        tale.happens(.moved(image: 0, Artifact(image: 0, slot: 3)))
        tale.happens(.sent(0, Artifact(image: 0, slot: 2)))
        tale.happens(.landed(0, Artifact(image: 0, slot: 2)))
        #expect(tale.broken(.forwardOnly).isEmpty)
    }

    @Test(
        "what says no commit is passed only where the policy accepts it", arguments: [false, true])
    func unlabelled(isAccepted: Bool) {
        var tale = Tale(images: 1) { $0.acceptsUnlabelled = isAccepted }
        let foreign = Artifact(image: 0, slot: 1, make: .unlabelled)
        tale.happens(.moved(image: 0, foreign))
        tale.begins(0)
        let plan = Judgement(
            2, .promote, moves: [.init(Artifact(image: 0, slot: 2), before: foreign)])
        tale.happens(.judged(0, plan))
        tale.sees(0, .target(image: 0), foreign)
        tale.happens(.sent(0, Artifact(image: 0, slot: 2)))
        #expect(tale.broken(.forwardOnly).isEmpty == isAccepted)
    }

    @Test("a tag is put back where it was left, and not where somebody else has it")
    func putBack() {
        for found in [2, 3] {
            var tale = Tale(images: 1)
            tale.begins(0)
            tale.judges(0, 2)
            tale.writes(0, 0, 2)
            tale.sees(0, .target(image: 0), Artifact(image: 0, slot: found))
            tale.happens(.sent(0, Artifact(image: 0, slot: 1)))
            #expect(tale.broken(.forwardOnly).isEmpty == (found == 2))
        }
    }

    @Test("entries that go ahead are fine, and one that goes back is caught")
    func entries() {
        var tale = Tale(hasLedger: true)
        tale.begins(0)
        tale.adopts(0)
        tale.promotesByLedger(0, 2)
        #expect(tale.broken(.forwardOnly).isEmpty)
        tale.begins(1)
        tale.promotesByLedger(1, 0, from: 2)
        #expect(!tale.broken(.forwardOnly).isEmpty)
    }

    @Test("only a person's order rolls back, and it names what came after")
    func rollback() {
        for (order, named, isFine) in [
            (Order.rollback(0), [1, 2, 3], true), (.rollback(0), [2], false),
            (.look, [1, 2, 3], false),
        ] {
            var tale = Tale(hasLedger: true)
            tale.begins(0)
            tale.adopts(0)
            tale.begins(1, order)
            tale.sees(1, .tip)
            tale.records(1, tale.move(.rollback, 0, isOverride: true, rolledBack: named))
            #expect(tale.broken(.forwardOnly).isEmpty == isFine)
        }
    }

    @Test("a restore goes to what was in force, and to nothing else", arguments: [1, 3])
    func restore(slot: Slot) {
        var tale = Tale(hasLedger: true)
        tale.begins(0)
        tale.adopts(0)
        tale.promotesByLedger(0, 2)
        tale.records(0, tale.move(.restore, slot, from: 2))
        #expect(tale.broken(.forwardOnly).isEmpty == (slot == 1))
    }

    @Test("who writes by a plan that he knows to be over is caught; who does not know is not")
    func outdated() {
        for knows in [false, true] {
            var tale = Tale(hasLedger: true)
            tale.begins(0)
            tale.adopts(0)
            tale.records(0, tale.move(.promote, 2))
            tale.begins(1)
            tale.sees(1, .tip)
            tale.records(0, tale.move(.promote, 3, from: 2))
            if knows { tale.sees(1, .tip) }
            tale.happens(.sent(1, Artifact(image: 0, slot: 2)))
            #expect(tale.broken(.forwardOnly).contains { $0.hasPrefix("#1") } == knows)
        }
    }
}
