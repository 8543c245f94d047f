import PawlCore
import PawlEngine
import PawlSimulator
import Testing

@Suite("The checkers of together, digest-pinned, recorded-before-done and one-winner")
struct KeptTogetherTests {
    private static let promises: [Promise] = [
        .together, .digestPinned, .recordedBeforeDone, .oneWinner,
    ]

    @Test("whole promotions keep all of them, with a ledger and without", arguments: promises)
    func whole(promise: Promise) {
        var plain = Tale()
        plain.promotes(0, 2)
        #expect(plain.broken(promise).isEmpty)
        var recorded = Tale(hasLedger: true)
        recorded.begins(0)
        recorded.adopts(0)
        recorded.promotesByLedger(0, 2)
        #expect(recorded.broken(promise).isEmpty)
    }

    // MARK: Together

    @Test("who says that it promoted, and left an image behind, is caught")
    func half() {
        var tale = Tale()
        tale.begins(0)
        tale.judges(0, 2)
        tale.writes(0, 0, 2)
        tale.ends(0, .promote, 2)
        #expect(tale.broken(.together).count == 1)
    }

    @Test("a refusal for good sends the others back; half a group left behind is caught")
    func refused() {
        for goesBack in [true, false] {
            var tale = Tale()
            tale.begins(0)
            tale.judges(0, 2)
            tale.writes(0, 0, 2)
            let other = Artifact(image: 1, slot: 2)
            tale.happens(.sent(0, other))
            tale.happens(.failed(0, .write(other), .immutable))
            tale.happens(.answered(0, other, .immutable))
            if goesBack { tale.writes(0, 0, 1, from: 2) }
            tale.ends(0, .error, 2)
            #expect(tale.broken(.together).isEmpty == goesBack)
        }
    }

    @Test("a group that is left half moved because the registry failed is for the next look")
    func failing() {
        var tale = Tale()
        tale.begins(0)
        tale.judges(0, 2)
        tale.writes(0, 0, 2)
        let other = Artifact(image: 1, slot: 2)
        tale.happens(.sent(0, other))
        tale.happens(.answered(0, other, .serverFailed))
        tale.ends(0, .error, 2)
        #expect(tale.broken(.together).isEmpty)
    }

    // MARK: Digest pinned

    @Test("a digest that no plan names is caught")
    func unplanned() {
        var tale = Tale()
        tale.begins(0)
        tale.judges(0, 2)
        tale.writes(0, 0, 3)
        #expect(!tale.broken(.digestPinned).isEmpty)
    }

    @Test(
        "a source that was not seen, or that bears another label, is caught",
        arguments: [
            Artifact.Make.short, .mislabelled, .unlabelled, .mixed,
        ])
    func labels(make: Artifact.Make) {
        let artifact = Artifact(image: 0, slot: 2, make: make)
        for isSeen in [false, true] {
            var tale = Tale(images: 1)
            tale.begins(0)
            if isSeen { tale.sees(0, .source(image: 0, shelf: 2), artifact) }
            tale.happens(.judged(0, Judgement(2, .promote, moves: [.init(artifact, before: nil)])))
            tale.happens(.sent(0, artifact))
            #expect(tale.broken(.digestPinned).count == 1)
        }
    }

    @Test("a plan that leaves an image out is caught")
    func leftOut() {
        var tale = Tale()
        tale.begins(0)
        let artifact = Artifact(image: 0, slot: 2)
        tale.sees(0, .source(image: 0, shelf: 2), artifact)
        tale.happens(.judged(0, Judgement(2, .promote, moves: [.init(artifact, before: nil)])))
        tale.happens(.sent(0, artifact))
        #expect(tale.broken(.digestPinned).count == 1)
    }

    // MARK: Recorded before done

    @Test("a write before its entry is caught")
    func early() {
        var tale = Tale(hasLedger: true)
        tale.begins(0)
        tale.adopts(0)
        tale.judges(0, 2)
        tale.writes(0, 0, 2)
        #expect(tale.broken(.recordedBeforeDone).count == 1)
    }

    @Test("followed, while an image never was there, is caught")
    func notFollowed() {
        var tale = Tale(hasLedger: true)
        tale.begins(0)
        tale.adopts(0)
        tale.records(0, tale.move(.promote, 2))
        tale.writes(0, 0, 2)
        tale.records(0, .followed(2))
        #expect(tale.broken(.recordedBeforeDone).count == 1)
    }

    @Test("promoted, while nobody answered for a write, is caught")
    func unanswered() {
        var tale = Tale(images: 1)
        tale.begins(0)
        tale.judges(0, 2)
        let artifact = Artifact(image: 0, slot: 2)
        tale.happens(.sent(0, artifact))
        tale.happens(.landed(0, artifact))
        tale.happens(.answered(0, artifact, .timedOut))
        tale.ends(0, .promote, 2)
        #expect(tale.broken(.recordedBeforeDone).count == 1)
    }

    @Test("a hook is told after the tags are there, with the entry's own id")
    func told() {
        for (isFollowed, id, isFine) in [
            (true, "x", true), (false, "x", false), (true, "y", false),
        ] {
            var tale = Tale(images: 1, hasLedger: true)
            tale.begins(0)
            tale.adopts(0)
            tale.records(0, tale.move(.promote, 2), id: "x")
            tale.writes(0, 0, 2)
            if isFollowed { tale.records(0, .followed(2)) }
            tale.happens(.announced(0, number: 2, id: id))
            #expect(tale.broken(.recordedBeforeDone).isEmpty == isFine)
        }
    }

    // MARK: One winner

    @Test("two entries in one place, one id twice, and a claim to another's entry are caught")
    func winners() {
        var tale = Tale(hasLedger: true)
        tale.begins(0)
        tale.adopts(0)
        tale.records(0, tale.move(.promote, 2), id: "one")
        var twice = tale
        twice.records(0, .followed(2), id: "one")
        #expect(!twice.broken(.oneWinner).isEmpty)
        var claimed = tale
        claimed.begins(1)
        claimed.ends(1, .promote, 2, entry: 2)
        #expect(claimed.broken(.oneWinner).count == 1)
        tale.records(0, tale.move(.promote, 3), losing: 1)
        #expect(!tale.broken(.oneWinner).isEmpty)
    }

    @Test("an entry that forgets a hold is caught")
    func forgotten() {
        var tale = Tale(hasLedger: true)
        tale.begins(0)
        tale.adopts(0)
        tale.records(0, .hold)
        var kept = tale
        kept.records(0, .quarantine(Names.plain.id(of: 3)))
        #expect(kept.broken(.oneWinner).isEmpty)
        tale.records(0, .quarantine(Names.plain.id(of: 3)), losing: 1)
        #expect(!tale.broken(.oneWinner).isEmpty)
    }
}
