import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("Runs that get in each other's way")
struct RunsAtOnceTests {
    private func world(images: [String] = ["app", "worker"]) async -> Scenario {
        let world = Scenario(images: images, keepsLedger: true)
        for name in ["a", "b"] {
            world.ready(name)
            await world.promote(name)
        }
        world.ready("c")
        return world
    }

    @Test("a run without the right to push does not undo what another run decided")
    func withoutRights() async {
        let world = await world()
        world.registry.fail([.put], world.channel.images[1].target, with: .timedOut)
        await world.promote("c")
        world.registry.recover()
        for kind in [MemoryRegistry.Call.Kind.preparePush, .put] {
            for image in world.channel.images {
                world.registry.fail([kind], image.target, with: .denied)
            }
            for _ in 0..<3 { #expect(await world.look().hasPrefix("error (registry-denied")) }
            #expect(await world.follow().hasPrefix("error"))
            #expect(world.log.last == "promote c")
            #expect(world.live == "c b")
            world.registry.recover()
        }
        #expect(await world.look() == "settled c (group-healed), exit 0")
    }

    @Test("a run that finishes an older plan late, and is refused a tag, follows the newer plan")
    func lateAndRefused() async {
        let world = await world()
        world.ready("d")
        let worker = world.channel.images[1].target
        world.registry.fail([.put], worker, with: .timedOut)
        await world.promote("c")
        world.registry.recover()
        let once = OnceOnly()
        world.registry.before { call in
            // It has read the ledger; before it asks for rights another run moves on to d.
            guard case .preparePush = call, once.take() else { return }
            await world.promote("d")
            world.registry.fail([.put], worker, with: .denied)
        }
        await world.look()
        #expect(world.log.last == "followed 7")
        #expect(world.live == "d d")
    }

    @Test("an old read of the ledger after a refused append is not acted on")
    func lateLedger() async {
        let world = await world()
        let once = OnceOnly()
        world.ledger.before { call in
            guard call == .append, world.log.last == "promote c", once.take() else { return }
            await world.hold()
            world.ledger.hideNewest(2, reads: 10)
        }
        await world.promote("c")
        world.ledger.before(nil)
        world.ledger.hideNewest(0, reads: 0)
        #expect(world.live == "c c")
        await world.look()
        #expect(world.live == "c c")
        #expect(world.log.last == "followed 5")
    }

    @Test("a run that has seen an entry goes on from it, though the ledger then shows the past")
    func neverOlder() async {
        let world = await world()
        await world.promote("c")
        world.commit("d")
        world.built("d")
        world.gate("e2e.yml", "d", .inProgress)
        let first = OnceOnly()
        world.ledger.before { call in
            guard call == .tip, !first.take() else { return }
            // From its second read on: b is recorded, and not followed yet.
            world.ledger.hideNewest(3, reads: 10)
        }
        let receipt = await world.event(Scenario.buildWorkflow, "d")
        #expect(receipt == "hold d (gate-running); look: settled c, exit 0")
        #expect(world.live == "c c")
        #expect(world.log.last == "followed 5")
    }

    @Test("a run that learns late that its move was recorded does not write it over a newer one")
    func learnedLate() async {
        let world = await world()
        world.ready("d")
        let once = OnceOnly()
        world.ledger.fail(.append, with: .timedOut, takesEffect: true, times: 1)
        world.ledger.before { call in
            guard call == .tip, world.log.last == "promote c", once.take() else { return }
            await world.promote("d")
        }
        let before = world.registry.writes.count
        #expect(await world.promote("c") == "settled c (superseded), exit 0")
        #expect(world.live == "d d")
        // The other run finished c and then wrote d; this one wrote nothing.
        #expect(world.registry.writes.count == before + 4)
    }

    @Test("an order to go forward that is overtaken does not become a rollback")
    func overtakenOrder() async {
        let world = await world()
        world.ready("d")
        let once = OnceOnly()
        world.ledger.before { call in
            guard call == .append, once.take() else { return }
            await world.promote("d")
        }
        #expect(await world.promote("c", override: "urgent") == "error c (superseded), exit 3")
        #expect(world.live == "d d")
        #expect(!world.log.contains { $0.hasPrefix("rollback") })
        #expect(
            await world.promote("c", override: "back to c").hasPrefix("promote c"))
        #expect(world.live == "c c")
    }

    @Test("a rollback to digests that were collected takes the commit's source tags")
    func collected() async {
        let world = await world()
        await world.promote("c")
        let rebuilt = Digest.named("b again")
        world.registry.publish(
            rebuilt, .says(CommitID.named("b").hex), at: world.source("b", image: 1))
        world.registry.forget(world.digest("b", image: 1), in: world.channel.images[1].target)
        #expect(await world.rollback("b") == "promote b (held), exit 0")
        #expect(world.registry.current(world.target(1)) == rebuilt)
    }

    @Test("a rollback that cannot be finished goes to no other commit")
    func stuckRollback() async {
        let world = await world()
        await world.promote("c")
        world.registry.fail([.put], world.channel.images[1].target, with: .immutable)
        #expect(await world.rollback("b").hasPrefix("error b (tag-immutable"))
        #expect(world.log.last == "rollback b")
        world.registry.recover()
        await world.look()
        #expect(world.live == "b b")
    }

    @Test("a rollback needs its images in one place only: where the tags are")
    func prunedSources() async {
        let world = Scenario(sources: "ghcr.io/staging", keepsLedger: true)
        for name in ["a", "b"] {
            world.ready(name)
            await world.promote(name)
        }
        for image in world.channel.images.indices {
            let source = world.channel.images[image].source
            world.registry.forget(world.digest("a", image: image), in: source)
        }
        #expect(await world.rollback("a") == "promote a (held), exit 0")
        #expect(world.live == "a a")
    }

    @Test("a resume does not lift a rollback that it never saw")
    func resumeBesideRollback() async {
        let world = await world()
        await world.hold()
        let once = OnceOnly()
        world.ledger.before { call in
            guard call == .append, once.take() else { return }
            await world.rollback("a")
        }
        #expect(await world.resume() == "error (superseded), exit 3")
        world.ledger.before(nil)
        #expect(world.entries.last?.state.hold != nil)
        #expect(world.live == "a a")
    }

    @Test("a refusal is not forgotten where a hold came between giving way and its record")
    func refusalBesideHold() async {
        let world = await world()
        world.registry.fail([.put], world.channel.images[1].target, with: .immutable)
        let once = OnceOnly()
        world.ledger.before { call in
            guard call == .append, world.log.last == "restore b", once.take() else { return }
            await world.hold()
        }
        #expect(await world.promote("c").contains("exit 3"))
        #expect(world.live == "b b")
    }

    @Test("a follow that fails for a moment looks whether it came too late")
    func lateAndFailing() async {
        let world = await world()
        world.ready("d")
        let once = OnceOnly()
        world.registry.before { call in
            guard call.kind == .put, once.take() else { return }
            await world.promote("d")
            world.registry.fail([.put], world.channel.images[0].target, with: .timedOut, times: 1)
        }
        #expect(await world.promote("c") == "settled c (superseded), exit 0")
        #expect(world.live == "d d")
    }

    @Test("a tag that the policy gave another name does not take the channel back")
    func renamedTag() async {
        let world = await world()
        for image in world.channel.images.indices {
            world.registry.remove(world.target(image))
        }
        #expect(await world.promote("a").hasPrefix("reject a (behind)"))
    }

    @Test("a line that Pawl could not have written crashes nothing")
    func crafted() async {
        let world = await world()
        let text = world.ledger.all(world.key)[3]
        for (old, new) in [
            ("\"n\": 4", "\"n\": 9223372036854775807"), ("\"n\": 4", "\"n\": -1"),
            ("\"entry\": 3", "\"entry\": -9223372036854775808"), ("\"id\": \"", "\"id\": \"$(x)"),
            ("\"pawl\": 1", "\"pawl\":  1"),
        ] {
            world.ledger.damage(world.key, entry: 4, text.replacing(old, with: new))
            #expect(await world.promote("c") == "error c (ledger-unreadable), exit 3")
            #expect(await world.hold() == "error (ledger-unwritable), exit 3")
        }
    }
}
