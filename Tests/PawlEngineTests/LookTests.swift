import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("The look")
struct LookTests {
    private func world() -> Scenario {
        let world = Scenario()
        world.ready("a")
        world.live("a")
        return world
    }

    @Test("finds the newest promotable commit")
    func newest() async {
        let world = world()
        world.ready("b")
        world.ready("c")
        #expect(await world.look() == "promote c, exit 0")
        #expect(world.live == "c c")
    }

    @Test("skips a red tip, and says why")
    func redTip() async {
        let world = world()
        world.ready("b")
        world.commit("c")
        world.built("c")
        world.gate("e2e.yml", "c", .failure)
        #expect(await world.look() == "promote b (gate-failed), exit 0")
        #expect(world.live == "b b")
        #expect(world.reasons.first?.subject == CommitID.named("c").hex)
    }

    @Test("skips commits that were never built")
    func neverBuilt() async {
        let world = world()
        world.ready("b")
        world.commit("c")
        world.commit("d")
        #expect(await world.look() == "promote b (build-absent), exit 0")
        #expect(world.live == "b b")
        #expect(world.reasons.count == 2)
    }

    @Test("with nothing newer is settled")
    func nothingNewer() async {
        let world = world()
        #expect(await world.look() == "settled a, exit 0")
        world.commit("b")
        world.built("b")
        world.gate("e2e.yml", "b", .inProgress)
        #expect(await world.look() == "settled a (gate-running), exit 0")
        #expect(world.live == "a a")
    }

    @Test("never goes back: a tip that is live keeps older green commits where they are")
    func neverBack() async {
        let world = world()
        world.ready("b")
        world.commit("c")
        world.built("c")
        world.live("c")
        #expect(await world.look() == "settled c, exit 0")
        #expect(world.live == "c c")
    }

    @Test("whose branch cannot be read is exit 3")
    func unreadableLog() async {
        let world = world()
        world.ready("b")
        world.host.unreadable(.log)
        #expect(await world.look() == "error (ancestry-unreadable), exit 3")
        #expect(world.live == "a a")
    }

    @Test("that cannot read what is live is exit 3")
    func unreadableLive() async {
        for (code, word) in [
            (PortFailure.Code.serverFailed, "registry-unreadable"), (.denied, "registry-denied"),
        ] {
            let world = world()
            world.ready("b")
            world.registry.unreadable(world.target(1), code)
            #expect(await world.look() == "error (\(word)), exit 3")
            #expect(world.live == "a a")
        }
    }

    @Test("that cannot read a newer candidate is exit 3 unless another one goes")
    func unreadableCandidate() async {
        let world = world()
        world.ready("b")
        world.registry.unreadable(world.source("b"))
        #expect(await world.look() == "hold (registry-unreadable), exit 3")
        world.registry.recover()
        world.ready("c")
        world.registry.unreadable(world.source("c"))
        #expect(await world.look() == "promote b (registry-unreadable), exit 0")
    }

    @Test("that cannot read the gates is exit 3")
    func unreadableGates() async {
        let world = world()
        world.ready("b")
        world.host.unreadable(.runs)
        #expect(await world.look() == "hold (gate-unreadable), exit 3")
        #expect(world.live == "a a")
    }

    @Test("with nothing live at all promotes the newest that may go")
    func noLive() async {
        let world = Scenario()
        world.ready("a")
        world.ready("b")
        world.commit("c")
        #expect(await world.look() == "promote b (build-absent), exit 0")
        #expect(world.live == "b b")
    }

    @Test("with nothing live and nothing promotable holds")
    func nothingAtAll() async {
        let world = Scenario()
        world.commit("a")
        #expect(await world.look() == "hold (build-absent), exit 0")
        #expect(world.live == "- -")
    }

    @Test("on an empty world could not tell")
    func emptyWorld() async {
        let world = Scenario()
        #expect(await world.look() == "error (ancestry-unreadable), exit 3")
    }

    @Test("judges at most so many commits, however far live is behind")
    func bounded() async {
        let world = Scenario(images: ["app"])
        world.ready("a")
        world.live("a")
        for number in 1...(Limits.lookCandidatesMax + 10) {
            world.commit("red \(number)")
            world.built("red \(number)")
            world.gate("e2e.yml", "red \(number)", .failure)
        }
        #expect(await world.look() == "settled a (gate-failed), exit 0")
        #expect(world.reasons.count == Limits.lookCandidatesMax)
    }

    @Test("with a live commit that is older than the page still finds its way forward")
    func liveBeyondThePage() async {
        let world = world()
        world.ready("b")
        world.ready("c")
        world.host.page(rows: 1)
        #expect(await world.look() == "promote c, exit 0")
        #expect(world.live == "c c")
    }

    @Test("after a promotion finds what became green meanwhile")
    func meanwhile() async {
        let world = world()
        world.ready("b")
        world.commit("c")
        world.built("c")
        world.gate("e2e.yml", "c", .inProgress)
        // `c` turns green while `b` is being written: its own event saw `b` still on the way.
        world.registry.before { call in
            guard call.kind == .put, world.newestRun(of: "e2e.yml", "c")?.state != .success
            else { return }
            world.rerun("e2e.yml", "c", .success)
        }
        #expect(await world.event("e2e.yml", "b") == "promote b; look: promote c, exit 0")
        #expect(world.live == "c c")
    }

    @Test("after a promotion with nothing newer to promote says why")
    func nothingMeanwhile() async {
        let world = world()
        world.ready("b")
        world.commit("c")
        world.built("c")
        world.gate("e2e.yml", "c", .failure)
        #expect(
            await world.promote("b") == "promote b; look: settled b (gate-failed), exit 0")
        #expect(world.live == "b b")
    }

    @Test("after a promotion that cannot look leaves the promotion a success")
    func cannotLookAfterwards() async {
        let world = world()
        world.ready("b")
        world.registry.before { call in
            if call.kind == .put { world.host.unreadable(.log) }
        }
        #expect(
            await world.promote("b")
                == "promote b; look: error (ancestry-unreadable), exit 0")
        #expect(world.live == "b b")
    }
}
