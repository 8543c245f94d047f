import PawlCore
import PawlTesting
import Testing

@Suite("Forward, and on the branch")
struct ForwardStoryTests {
    private func world(_ forward: ForwardRules = ForwardRules()) -> Scenario {
        let world = Scenario(forward: forward)
        world.ready("a")
        world.live("a")
        world.ready("b")
        return world
    }

    @Test("a commit that is not on the branch is rejected, and nothing else is judged")
    func elsewhere() async {
        let world = world()
        world.commit("x", parents: ["a"], on: "feature")
        world.built("x")
        world.gate("e2e.yml", "x", .success)
        #expect(await world.promote("x") == "reject x (other-branch), exit 1")
        #expect(world.live == "a a")
        #expect(world.registry.count(.revision) == 0)
    }

    @Test("an unknown commit is wrong use: exit 2")
    func unknownCommit() async {
        let world = world()
        #expect(await world.promote("nowhere") == "error (bad-candidate), exit 2")
        #expect(
            await world.promote("", digits: "0123456") == "error (bad-candidate), exit 2")
        #expect(world.registry.writes.isEmpty)
    }

    @Test("a short commit is resolved at the host; an ambiguous one is wrong use")
    func shortCommit() async {
        let world = world()
        let short = CommitID.named("b").short
        #expect(await world.promote("", digits: short) == "promote b, exit 0")

        let other = wellFormed { try CommitID(short + String(repeating: "0", count: 33)) }
        world.host.commit(
            CommitGraph.Commit(id: other, parents: []),
            on: wellFormed { try BranchName("feature") })
        #expect(await world.promote("", digits: short) == "error (bad-candidate), exit 2")
        #expect(world.reasons.first?.advice == "Give more digits.")
    }

    @Test("a short commit that the host cannot resolve just now is exit 3")
    func unresolvable() async {
        let world = world()
        world.host.unreadable(.resolve)
        #expect(
            await world.promote("", digits: CommitID.named("b").short)
                == "error (ancestry-unreadable), exit 3")
    }

    @Test("a target without a revision: rejected, or accepted with a warning")
    func unlabelledTarget() async {
        let strict = world()
        strict.live("a", image: 1, says: .unlabelled)
        #expect(await strict.promote("b") == "reject b (unlabelled), exit 1")
        #expect(strict.live == "a ?")

        let lenient = world(ForwardRules(unlabelled: .accept))
        lenient.live("a", image: 1, says: .unlabelled)
        #expect(await lenient.promote("b") == "promote b (unlabelled), exit 0")
        #expect(lenient.live == "b b")
    }

    @Test("a target whose label is no commit id counts as unlabelled")
    func nonsenseTarget() async {
        let world = world()
        world.live("a", image: 0, says: .says("v1.2.3"))
        #expect(await world.promote("b") == "reject b (unlabelled), exit 1")
        #expect(world.reasons.first?.text.contains("v1.2.3") == true)
    }

    @Test("a target's short revision is resolved; ambiguous and unknown are unreadable")
    func shortRevision() async {
        let short = CommitID.named("a").short
        let resolved = world()
        for image in 0...1 { resolved.live("a", image: image, says: .says(short)) }
        #expect(await resolved.promote("b") == "promote b, exit 0")
        #expect(resolved.live == "b b")

        let ambiguous = world()
        for image in 0...1 { ambiguous.live("a", image: image, says: .says(short)) }
        let other = wellFormed { try CommitID(short + String(repeating: "0", count: 33)) }
        ambiguous.host.commit(
            CommitGraph.Commit(id: other, parents: []),
            on: wellFormed { try BranchName("feature") })
        #expect(await ambiguous.promote("b") == "hold b (ancestry-unreadable), exit 3")

        let unknown = world()
        for image in 0...1 { unknown.live("a", image: image, says: .says("0123456789")) }
        #expect(await unknown.promote("b") == "hold b (ancestry-unreadable), exit 3")
        #expect(unknown.registry.writes.isEmpty)
    }

    @Test("a live commit that the branch no longer has has diverged")
    func diverged() async {
        let world = world()
        world.commit("c")
        world.live("c")
        world.commit("d", parents: ["a"])
        world.built("d")
        world.gate("e2e.yml", "d", .success)
        #expect(await world.promote("d") == "reject d (diverged), exit 1")
        #expect(world.live == "c c")
    }

    @Test("where the page of the log ends, the host is asked")
    func beyondThePage() async {
        let world = world()
        world.ready("c")
        world.host.page(rows: 1)
        #expect(await world.promote("c") == "promote c, exit 0")
        #expect(world.host.count(.ancestry) == 1)

        #expect(await world.promote("b") == "reject b (behind), exit 1")
        #expect(world.host.count(.position) == 1)
    }
}
