import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("Promotion of a whole group")
struct PromotionTests {
    @Test("a group of any size goes to the proved commit together", arguments: [1, 2, 10])
    func wholeGroup(size: Int) async {
        let world = Scenario(images: (1...size).map { "image\($0)" })
        world.ready("a")
        world.ready("b")
        world.live("a")

        #expect(await world.promote("b") == "promote b, exit 0")
        #expect(world.live == Array(repeating: "b", count: size).joined(separator: " "))
        #expect(world.registry.writes.count == size)
        #expect(world.receipts.last?.promoted == true)
        #expect(world.receipts.last?.previous == .named("a"))
        #expect(world.receipts.last?.images.allSatisfy(\.moved) == true)
    }

    @Test("exactly the digests that were judged are moved")
    func pinnedDigests() async {
        let world = Scenario()
        world.ready("a")
        world.ready("b")
        world.live("a")
        // Somebody pushes over the source tag after it was judged.
        world.registry.before { call in
            guard call.kind == .preparePush else { return }
            world.registry.publish(
                .named("pushed over"), .says(CommitID.named("b").hex), at: world.source("b"))
        }

        await world.promote("b")
        #expect(world.registry.current(world.target()) == world.digest("b"))
        #expect(world.registry.current(world.source("b")) == .named("pushed over"))
    }

    @Test("the same again is settled and writes nothing")
    func sameAgain() async {
        let world = Scenario()
        world.ready("a")
        world.ready("b")
        world.live("a")
        await world.promote("b")
        let writes = world.registry.writes.count

        #expect(await world.promote("b") == "settled b, exit 0")
        #expect(await world.event("e2e.yml", "b") == "settled b, exit 0")
        #expect(world.registry.writes.count == writes)
        #expect(world.receipts.last?.promoted == false)
        #expect(world.receipts.last?.previous == .named("b"))
    }

    @Test("settled ends the judging: a gate that turned red afterwards changes nothing")
    func settledEndsTheJudging() async {
        let world = Scenario()
        world.ready("a")
        world.live("a")
        world.gate("e2e.yml", "a", .failure)
        #expect(await world.promote("a") == "settled a, exit 0")
    }

    @Test("a late event for an older commit is rejected as behind, and the look finds nothing")
    func lateEvent() async {
        let world = Scenario()
        world.ready("a")
        world.ready("b")
        world.live("b")

        #expect(
            await world.event("e2e.yml", "a") == "reject a (behind); look: settled b, exit 1")
        #expect(world.live == "b b")
        #expect(world.registry.writes.isEmpty)
    }

    @Test("on a busy branch a late event may be settled instead")
    func lateEventSettled() async {
        let world = Scenario(forward: ForwardRules(behind: .settle))
        world.ready("a")
        world.ready("b")
        world.live("b")

        #expect(await world.event("e2e.yml", "a") == "settled a (behind), exit 0")
        #expect(world.registry.writes.isEmpty)
    }

    @Test("a target tag that is not there is a first promotion")
    func firstPromotion() async {
        let world = Scenario()
        world.ready("a")
        #expect(await world.promote("a") == "promote a, exit 0")
        #expect(world.live == "a a")
        #expect(world.receipts.last?.previous == nil)
    }

    @Test("a target tag that is absent beside present ones joins the group")
    func absentBesidePresent() async {
        let world = Scenario()
        world.ready("a")
        world.ready("b")
        world.live("a", image: 0)
        #expect(await world.promote("b") == "promote b, exit 0")
        #expect(world.live == "b b")
    }

    @Test("a member whose tag is absent is completed by a look at the live commit")
    func lookCompletesAGroup() async {
        let world = Scenario()
        world.ready("a")
        world.live("a", image: 0)
        #expect(await world.look() == "promote a, exit 0")
        #expect(world.live == "a a")
        #expect(world.registry.writes == [world.target(1)])
    }

    @Test("an image from another registry is moved from there")
    func otherSource() async {
        let world = Scenario(sources: "build.example/staging")
        world.ready("a")
        world.ready("b")
        world.live("a")
        #expect(await world.promote("b") == "promote b, exit 0")
        #expect(world.live == "b b")
        #expect(world.registry.current(world.target()) == world.digest("b"))
        #expect(world.registry.writes.allSatisfy { $0.repository.host.name == "ghcr.io" })
    }

    @Test("a rebuild of the live commit moves the tag to the new digest")
    func rebuilt() async {
        let world = Scenario(images: ["app"])
        world.ready("a")
        world.registry.publish(
            .named("older build"), .says(CommitID.named("a").hex), at: world.target())
        #expect(await world.promote("a") == "promote a, exit 0")
        #expect(world.registry.current(world.target()) == world.digest("a"))
    }

    @Test("two lines that were merged: each is older than the merge")
    func merged() async {
        let world = Scenario()
        world.ready("a")
        world.commit("b")
        world.built("b")
        world.gate("e2e.yml", "b", .success)
        world.commit("c", parents: ["a"], on: "feature")
        world.commit("m", parents: ["b", "c"])
        world.built("m")
        world.gate("e2e.yml", "m", .success)
        world.live("c")

        #expect(await world.promote("m") == "promote m, exit 0")
        #expect(world.live == "m m")
    }
}
