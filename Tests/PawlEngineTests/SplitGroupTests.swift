import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("A group found split")
struct SplitGroupTests {
    /// `app` is at `b`, `worker` is still at `a`; all is green unless a test says otherwise.
    private func split() -> Scenario {
        let world = Scenario()
        world.ready("a")
        world.ready("b")
        world.live("b", image: 0)
        world.live("a", image: 1)
        return world
    }

    @Test("is finished forward by its newest commit")
    func healed() async {
        let world = split()
        #expect(await world.promote("b") == "promote b (group-healed), exit 0")
        #expect(world.live == "b b")
        #expect(world.registry.writes == [world.target(1)])
    }

    @Test("is finished forward before a newer candidate is promoted")
    func healedThenPromoted() async {
        let world = split()
        world.ready("c")
        #expect(await world.promote("c") == "promote c (group-healed), exit 0")
        #expect(world.live == "c c")
        #expect(world.registry.writes.count == 3)
    }

    @Test("is finished forward even if the candidate itself may not go")
    func healedAlthoughTheCandidateMayNot() async {
        let world = split()
        world.commit("c")
        world.built("c")
        world.gate("e2e.yml", "c", .failure)
        #expect(await world.promote("c") == "reject c (group-healed, gate-failed), exit 1")
        #expect(world.live == "b b")

        world.live("a", image: 1)
        world.rerun("e2e.yml", "c", .inProgress)
        #expect(await world.promote("c") == "hold c (group-healed, gate-running), exit 0")
        #expect(world.live == "b b")
    }

    @Test("is finished forward by a late event of the older commit, which is then behind")
    func healedByLateEvent() async {
        let world = split()
        #expect(
            await world.event("e2e.yml", "a")
                == "reject a (group-healed, behind); look: settled b, exit 1")
        #expect(world.live == "b b")
    }

    @Test("is finished forward by a look")
    func healedByLook() async {
        let world = split()
        #expect(await world.look() == "promote b (group-healed), exit 0")
        #expect(world.live == "b b")
    }

    @Test("is finished forward by a look that then finds its candidate red")
    func healedByLookWithRedTip() async {
        let world = split()
        world.commit("c")
        world.built("c")
        world.gate("e2e.yml", "c", .failure)
        #expect(await world.look() == "promote b (group-healed, gate-failed), exit 0")
        #expect(world.live == "b b")
        #expect(world.receipts.last?.promoted == true)
        #expect(world.receipts.last?.images.map(\.moved) == [false, true])
    }

    @Test("is left alone when its newest commit is red: exit 3, with the command to run")
    func leftAlone() async {
        let world = split()
        world.gate("e2e.yml", "b", .failure)
        #expect(await world.promote("b") == "error b (group-split, gate-failed), exit 3")
        #expect(world.live == "b a")
        #expect(world.registry.writes.isEmpty)
        let advice = world.reasons.first?.advice ?? ""
        #expect(advice.contains("pawl promote \(CommitID.named("b").hex) --channel latest"))
        #expect(advice.contains("--override"))
    }

    @Test("is left alone by a newer green candidate too, and by a look")
    func leftAloneByOthers() async {
        let world = split()
        world.gate("e2e.yml", "b", .failure)
        world.ready("c")
        #expect(await world.promote("c") == "error c (group-split, gate-failed), exit 3")
        #expect(await world.look() == "error b (group-split, gate-failed), exit 3")
        #expect(world.live == "b a")
        #expect(world.registry.writes.isEmpty)
    }

    @Test("is left alone while its newest commit's gate runs")
    func leftAloneWhileRunning() async {
        let world = split()
        world.rerun("e2e.yml", "b", .inProgress)
        #expect(await world.promote("b") == "error b (group-split, gate-running), exit 3")
        #expect(world.live == "b a")
    }

    @Test("ends by a person's order, in either direction")
    func override() async {
        let forward = split()
        forward.gate("e2e.yml", "b", .failure)
        #expect(
            await forward.promote("b", override: "end the split")
                == "promote b (group-healed), exit 0")
        #expect(forward.live == "b b")

        let back = split()
        back.gate("e2e.yml", "b", .failure)
        #expect(await back.promote("a", override: "go back") == "promote a (group-healed), exit 0")
        #expect(back.live == "a a")
    }

    @Test("whose last write fails again is not called healed")
    func notHealed() async {
        let world = split()
        world.registry.fail([.put], world.target(1).repository, with: .serverFailed)
        #expect(
            await world.promote("b")
                == "error b (registry-unreadable, unfinished, group-split), exit 3")
        #expect(world.live == "b a")
    }

    @Test("at commits that diverged is left alone")
    func diverged() async {
        let world = Scenario()
        world.ready("a")
        world.commit("x", parents: ["a"], on: "feature")
        world.ready("b")
        world.ready("c")
        world.live("b", image: 0)
        world.live("x", image: 1)
        #expect(await world.promote("c") == "error c (group-split), exit 3")
        #expect(world.live == "b x")
        #expect(world.registry.writes.isEmpty)
    }

    @Test("is left alone when ancestry cannot be read")
    func unreadableAncestry() async {
        let world = split()
        world.ready("c")
        world.host.page(rows: 1)
        world.host.unreadable(.ancestry)
        #expect(await world.promote("c") == "error c (group-split), exit 3")
        #expect(world.live == "b a")
    }

    @Test("of three, with one unreadable, is left alone")
    func unreadableThird() async {
        let world = Scenario(images: ["app", "worker", "web"])
        world.ready("a")
        world.ready("b")
        world.live("b", image: 0)
        world.live("a", image: 1)
        world.live("a", image: 2)
        world.registry.unreadable(world.target(2))
        #expect(await world.promote("b") == "error b (group-split, registry-unreadable), exit 3")
        #expect(world.registry.writes.isEmpty)
    }

    @Test("a dry run says the same as a run, and writes nothing")
    func dryRun() async {
        let cases: [(String, String)] = [
            ("b", "promote b (group-healed), exit 0"),
            ("c", "hold c (group-healed, gate-running), exit 0"),
            ("d", "reject d (group-healed, gate-failed), exit 1"),
            ("a", "reject a (group-healed, behind), exit 1"),
        ]
        for (commit, line) in cases {
            let world = split()
            world.commit("c")
            world.built("c")
            world.gate("e2e.yml", "c", .inProgress)
            world.commit("d")
            world.built("d")
            world.gate("e2e.yml", "d", .failure)
            #expect(await world.promote(commit, dryRun: true) == line)
            #expect(world.live == "b a")
            #expect(world.registry.writes.isEmpty)
            let dry = world.receipts.last
            await world.promote(commit)
            let wet = world.receipts.last
            #expect(dry?.isDryRun == true)
            #expect(wet?.isDryRun == false)
            #expect(dry?.outcome == wet?.outcome)
            #expect(Set(dry?.reasons.map(\.code) ?? []) == Set(wet?.reasons.map(\.code) ?? []))
            #expect(wet?.exitStatus == dry?.exitStatus)
        }
    }
}
