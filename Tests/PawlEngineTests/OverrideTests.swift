import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("A person's order")
struct OverrideTests {
    private func world() -> Scenario {
        let world = Scenario()
        world.ready("a")
        world.live("a")
        world.commit("b")
        world.built("b")
        return world
    }

    @Test("passes the gates, and is in the receipt with the rules that it passed")
    func passesGates() async {
        for state in RunState.known where state != .success {
            let world = world()
            world.gate("e2e.yml", "b", state)
            #expect(await world.promote("b", override: "hotfix") == "promote b, exit 0")
            #expect(world.live == "b b")
            let receipt = world.receipts.last
            #expect(receipt?.override?.actor == "ada")
            #expect(receipt?.override?.reason == "hotfix")
            let gate = receipt?.findings.first { $0.rule == .gate }
            #expect(gate?.isOverridden == true)
            #expect(gate?.judgement != .pass)
        }
    }

    @Test("goes back: an override to a commit behind is a rollback")
    func rollback() async {
        let world = world()
        world.gate("e2e.yml", "b", .success)
        world.live("b")
        #expect(await world.promote("a", override: "b is broken") == "promote a, exit 0")
        #expect(world.live == "a a")
        #expect(world.receipts.last?.previous == .named("b"))
    }

    @Test("passes a diverged live commit")
    func diverged() async {
        let world = world()
        world.commit("x", parents: ["a"], on: "feature")
        world.live("x")
        #expect(await world.promote("b", override: "branch rewritten") == "promote b, exit 0")
        #expect(world.live == "b b")
    }

    @Test("is not followed by a look")
    func noLook() async {
        let world = world()
        world.ready("c")
        world.live("c")
        #expect(await world.promote("b", override: "c is broken") == "promote b, exit 0")
        #expect(world.live == "b b")
        #expect(world.host.count(.log) == 1)
    }

    @Test("does not pass the branch")
    func notTheBranch() async {
        let world = world()
        world.commit("x", parents: ["a"], on: "feature")
        world.built("x")
        #expect(await world.promote("x", override: "please") == "reject x (other-branch), exit 1")
        #expect(world.live == "a a")
    }

    @Test("does not pass a missing, foreign or unlabelled source")
    func notTheSources() async {
        let missing = world()
        missing.registry.remove(missing.source("b", image: 1))
        #expect(
            await missing.promote("b", override: "please") == "reject b (source-missing), exit 1")
        let foreign = world()
        foreign.publishSource("b", image: 1, says: .says(CommitID.named("a").hex))
        #expect(
            await foreign.promote("b", override: "please") == "reject b (source-mismatch), exit 1")
        let unlabelled = world()
        unlabelled.publishSource("b", image: 1, says: .unlabelled)
        #expect(
            await unlabelled.promote("b", override: "please")
                == "reject b (source-unlabelled), exit 1")
        for world in [missing, foreign, unlabelled] { #expect(world.live == "a a") }
    }

    @Test("does not pass a registry that cannot be read")
    func notTheUnreadable() async {
        for place in 0...1 {
            let world = world()
            world.registry.unreadable(place == 0 ? world.source("b") : world.target())
            #expect(
                await world.promote("b", override: "please")
                    == "hold b (registry-unreadable), exit 3")
            #expect(world.live == "a a")
        }
    }

    @Test("does not write where push rights are refused")
    func notTheRights() async {
        let world = world()
        world.registry.fail([.preparePush], world.target(1).repository, with: .denied)
        #expect(
            await world.promote("b", override: "please") == "error b (registry-denied), exit 3")
        #expect(world.live == "a a")
    }

    @Test("to what is live already is settled")
    func settled() async {
        let world = world()
        #expect(await world.promote("a", override: "again") == "settled a, exit 0")
    }
}
