import PawlCore
import PawlEngine
import PawlSimulator
import Testing

@Suite("The checker of green-only")
struct GreenOnlyTests {
    static let lint = Shape.GateShape.workflow(
        .lint, absent: .hold, cancelled: .hold, byJob: false)
    static let e2e = Shape.GateShape.workflow(
        .e2e, absent: .proven, cancelled: .hold, byJob: false)

    @Test("a green commit goes")
    func green() {
        var tale = Tale(gates: [Self.lint, Self.e2e])
        tale.promotes(0, 2)
        #expect(tale.broken(.greenOnly).isEmpty)
    }

    @Test(
        "a gate that is anything but green is caught",
        arguments: [
            RunState.failure, .timedOut, .startupFailure, .cancelled, .skipped, .neutral, .stale,
            .actionRequired, .queued, .inProgress, .unknown("enchanted"),
        ])
    func notGreen(state: RunState) {
        var tale = Tale(gates: [Self.lint])
        tale.run(.lint, 2, state, attempt: 2)
        tale.promotes(0, 2)
        #expect(tale.broken(.greenOnly).count == 1)
    }

    @Test("a gate that turns red after it was judged is nobody's fault")
    func turned() {
        var tale = Tale(images: 1, gates: [Self.lint])
        tale.begins(0)
        tale.judges(0, 2)
        tale.run(.lint, 2, .failure, attempt: 2)
        tale.writes(0, 0, 2)
        tale.ends(0, .promote, 2)
        #expect(tale.broken(.greenOnly).isEmpty)
    }

    @Test(
        "a run that only looks like one does not make a gate green",
        arguments: [
            RunPlan.Decoy.fork, .otherBranch, .otherEvent,
        ])
    func decoys(decoy: RunPlan.Decoy) {
        var tale = Tale(gates: [Self.lint])
        tale.run(.lint, 2, .failure, attempt: 2)
        tale.run(.lint, 2, .success, decoy: decoy)
        tale.promotes(0, 2)
        #expect(tale.broken(.greenOnly).count == 1)
    }

    @Test("a build that failed is caught")
    func build() {
        var tale = Tale()
        tale.run(.publish, 2, .failure, attempt: 2)
        tale.promotes(0, 2)
        #expect(tale.broken(.greenOnly).count == 1)
    }

    @Test("a commit that is not on the branch is caught")
    func elsewhere() {
        var tale = Tale()
        tale.promotes(0, 8)
        #expect(tale.broken(.greenOnly).count == 1)
    }

    @Test("an order passes, and is not judged by this")
    func ordered() {
        var tale = Tale(images: 1, gates: [Self.lint])
        tale.run(.lint, 2, .failure, attempt: 2)
        tale.begins(0, .promote(2, digits: 40, isOverride: true))
        tale.judges(0, 2, isOverride: true)
        tale.writes(0, 0, 2)
        #expect(tale.broken(.greenOnly).isEmpty)
    }

    @Test("an outdated answer reaches back, and no further than answers may be old")
    func stale() {
        for (minutes, isFine) in [(Int64(0), true), (5, false)] {
            var tale = Tale(gates: [Self.lint], isStale: true)
            tale.run(.lint, 2, .failure, attempt: 2)
            tale.passes(minutes: minutes)
            tale.promotes(0, 2)
            #expect(tale.broken(.greenOnly).isEmpty == isFine)
        }
    }

    @Test(
        "what people said against a commit is caught in the entry",
        arguments: [
            Entry.Event.hold, .quarantine(Names.plain.id(of: 2)),
            .resume(floor: Names.plain.id(of: 3), released: []),
        ])
    func barred(event: Entry.Event) {
        var tale = Tale(hasLedger: true)
        tale.begins(0)
        tale.adopts(0)
        var free = tale
        free.promotesByLedger(0, 2)
        #expect(free.broken(.greenOnly).isEmpty)
        tale.records(0, event)
        tale.promotesByLedger(0, 2)
        #expect(tale.broken(.greenOnly).count == 1)
    }

    @Test("a commit that was not judged, and an adoption of a red one, are caught")
    func unjudged() {
        var tale = Tale(gates: [Self.lint], hasLedger: true)
        tale.run(.lint, 2, .failure, attempt: 2)
        tale.begins(0)
        tale.adopts(0)
        var adopting = tale
        tale.records(0, tale.move(.promote, 3))
        #expect(tale.broken(.greenOnly).count == 1)
        adopting.records(0, adopting.move(.adopt, 2))
        #expect(adopting.broken(.greenOnly).count == 1)
    }
}
