import PawlCore
import PawlEngine
import PawlPorts
import PawlTesting
import Testing

@Suite("A tag that somebody else moved")
struct DriftStoryTests {
    /// `b` is live and recorded; `c` is ready.
    private func world(_ movedByOthers: ForwardRules.MovedByOthers = .hold) async -> Scenario {
        let world = Scenario(
            forward: ForwardRules(movedByOthers: movedByOthers), keepsLedger: true)
        for name in ["a", "b"] {
            world.ready(name)
            await world.promote(name)
        }
        world.ready("c")
        return world
    }

    @Test("holds the channel and names the tag and both digests")
    func hold() async {
        let world = await world()
        world.live("a", image: 1)
        #expect(await world.promote("c") == "hold c (moved-by-others), exit 0")
        #expect(world.live == "b a")
        let text = world.reasons.first?.text ?? ""
        #expect(text.contains("ghcr.io/acme/worker:latest"))
        #expect(text.contains(world.digest("a", image: 1).short))
        #expect(text.contains(world.digest("b", image: 1).short))
        #expect(world.log.last == "followed 3")
    }

    @Test("is told only after a second read, fifteen seconds later")
    func secondRead() async {
        let world = await world()
        world.registry.lag(world.target(1), reads: 1)
        #expect(await world.promote("c") == "promote c, exit 0")
        #expect(world.clock.slept.contains(.seconds(15)))
        #expect(world.live == "c c")
    }

    @Test("stays held against an order too: a person first says whose word counts")
    func overridden() async {
        let world = await world()
        world.live("a", image: 1)
        #expect(
            await world.promote("c", override: "hotfix") == "hold c (moved-by-others), exit 0")
        #expect(world.live == "b a")
    }

    @Test("is put back where the policy says so, with an entry that names it")
    func restore() async {
        let world = await world(.restore)
        world.live("a", image: 1)
        #expect(await world.look(dryRun: true) == "hold (moved-by-others), exit 0")
        #expect(await world.promote("c") == "promote c (restored), exit 0")
        #expect(
            world.log.suffix(4) == ["restore b", "followed 5", "promote c", "followed 7"])
        #expect(world.entries.first { $0.number == 5 }?.reason?.contains("worker") == true)
    }

    @Test("of the whole group to a proved commit ahead is taken as it is")
    func adoptAhead() async {
        let world = await world()
        world.live("c")
        #expect(await world.look() == "settled c (adopted), exit 0")
        #expect(world.log.last == "adopt c")
        #expect(world.registry.count(.put) == 4)
    }

    @Test("of the whole group to a commit that is not proved holds")
    func adoptUnproved() async {
        let world = await world()
        world.commit("d")
        world.built("d")
        world.gate("e2e.yml", "d", .failure)
        world.live("d")
        #expect(await world.look() == "hold (moved-by-others, gate-failed), exit 0")
        #expect(world.live == "d d")
    }

    @Test("of the whole group to images that are not the commit's own holds")
    func adoptOtherDigests() async {
        let world = await world()
        for image in world.channel.images.indices {
            world.registry.publish(
                .named("rebuilt \(image)"), .says(CommitID.named("c").hex), at: world.target(image))
        }
        #expect(await world.look() == "hold (moved-by-others), exit 0")
        #expect(world.log.last == "followed 3")
    }

    @Test("and may not be written any more is left alone, with the rest of its group")
    func immutableDrift() async {
        let world = await world(.restore)
        world.live("c", image: 1)
        world.registry.fail([.put], world.channel.images[1].target, with: .immutable)
        #expect(await world.look() == "error (tag-immutable), exit 3")
        #expect(world.live == "b c")
    }

    @Test("while Pawl made sure of it is found moved on, and judged anew")
    func movedOn() async {
        let world = await world()
        world.live("a", image: 1)
        world.clock.after(.seconds(5)) { world.live("b", image: 1) }
        #expect(await world.promote("c") == "promote c, exit 0")
    }

    @Test("of the whole group backward holds")
    func backward() async {
        let world = await world()
        world.live("a")
        #expect(await world.look() == "hold (moved-by-others, behind), exit 0")
        #expect(world.live == "a a")
    }

    @Test("is ended by adopt: the ledger takes one commit that all tags say")
    func adopt() async {
        let world = await world()
        world.live("a")
        #expect(await world.adopt() == "settled a (adopted), exit 0")
        #expect(world.log.last == "adopt a")
        #expect(await world.promote("c") == "promote c, exit 0")
    }

    @Test("cannot be adopted while the tags say different commits")
    func adoptSplit() async {
        let world = await world()
        world.live("a", image: 0)
        #expect(await world.adopt() == "reject (group-split), exit 1")
        world.live("b", image: 0)
        world.live("a", image: 1, says: .unlabelled)
        #expect(await world.adopt() == "reject (group-split), exit 1")
    }

    @Test("is ended by follow: the tags go back to the ledger")
    func follow() async {
        let world = await world()
        world.live("a")
        #expect(await world.follow() == "promote b, exit 0")
        #expect(world.live == "b b")
        #expect(world.log.suffix(2) == ["restore b", "followed 5"])
        #expect(await world.follow() == "settled b, exit 0")
    }

    @Test("a deleted tag joins with the next promotion")
    func deletedTag() async {
        let world = await world()
        world.registry.remove(world.target(1))
        #expect(await world.promote("c") == "promote c, exit 0")
        #expect(world.live == "c c")
    }

    @Test("a deleted tag is put back by a look, though nothing newer may go")
    func deletedTagLook() async {
        let world = await world()
        world.gate("e2e.yml", "c", .failure)
        world.registry.remove(world.target(1))
        #expect(await world.look().hasPrefix("promote b"))
        #expect(world.live == "b b")
    }

    @Test("a deleted tag is named by status and verify, and put back by a person's follow")
    func deletedTagFollow() async {
        let world = await world()
        world.registry.remove(world.target(1))
        let engine = world.engine(dryRun: true)
        let report = await engine.verify(world.channel)
        #expect(report.reasons.map(\.code) == [.movedByOthers])
        #expect(report.reasons.first?.subject == "\(world.target(1))")
        #expect(report.exitStatus == 1)
        let status = await engine.status(of: world.channel)
        #expect(status.reasons.contains { $0.text.contains("somebody deleted it") })
        #expect(await world.follow() == "promote b, exit 0")
        #expect(world.live == "b b")
        #expect(world.log.suffix(2) == ["restore b", "followed 5"])
        #expect(await engine.verify(world.channel).exitStatus == 0)
    }

    @Test("a ledger that was rewritten to an older entry is told from the tags")
    func rewritten() async {
        let world = await world()
        let old = world.ledger.all(world.key).prefix(2)
        world.ledger.forget(world.key)
        var line: LedgerLine?
        for text in old {
            if case .added(let added)? = try? await world.ledger.append(
                title: "", text: text, to: world.key, after: line)
            {
                line = added
            }
        }
        #expect(await world.look(dryRun: true) == "hold (moved-by-others), exit 0")
    }
}
