import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("Events")
struct EventTests {
    private func world() -> Scenario {
        let world = Scenario()
        world.ready("a")
        world.live("a")
        return world
    }

    @Test("both completions lead to the same promotion, whichever comes last")
    func bothOrders() async {
        for last in ["e2e.yml", Scenario.buildWorkflow] {
            let world = world()
            world.ready("b")
            #expect(await world.event(last, "b") == "promote b, exit 0")
            #expect(world.live == "b b")
        }
    }

    @Test("a gate that ends before the build holds; the build's event then promotes")
    func gateFirst() async {
        let world = world()
        world.commit("b")
        world.run(Scenario.buildWorkflow, "b", .inProgress)
        world.gate("e2e.yml", "b", .success)
        #expect(
            await world.event("e2e.yml", "b")
                == "hold b (build-running); look: settled a, exit 0")
        world.publishSources("b")
        world.rerun(Scenario.buildWorkflow, "b", .success)
        #expect(await world.event(Scenario.buildWorkflow, "b") == "promote b, exit 0")
    }

    @Test("an event that is not a success is ignored, and nothing is asked")
    func notGreen() async {
        let world = world()
        world.commit("b")
        world.gate("e2e.yml", "b", .failure)
        #expect(await world.event("e2e.yml", "b") == "ignore (upstream-not-green), exit 0")
        #expect(world.host.countOfAll == 0)
        #expect(world.registry.calls.isEmpty)
    }

    @Test("an event of a fork, another branch or workflow is ignored")
    func foreign() async {
        let world = world()
        world.commit("b")
        let fork = world.run("e2e.yml", "b", .success, commitFrom: 2)
        #expect(
            await world.event(.runEnded(fork, repository: world.policy.repository))
                == "ignore (from-fork), exit 0")
        let branch = world.run("e2e.yml", "b", .success, branch: "feature")
        #expect(
            await world.event(.runEnded(branch, repository: world.policy.repository))
                == "ignore (other-branch), exit 0")
        let other = world.run("lint.yml", "b", .success)
        #expect(
            await world.event(.runEnded(other, repository: world.policy.repository))
                == "ignore (not-concerned), exit 0")
        #expect(world.registry.calls.isEmpty)
    }

    @Test("any other event is a look")
    func schedule() async {
        let world = world()
        world.ready("b")
        #expect(await world.event(.other("schedule")) == "promote b, exit 0")
        #expect(
            await world.event(
                .dispatched(sha: nil, reason: nil, repository: world.policy.repository))
                == "settled b, exit 0")
    }

    @Test("the event's own record counts where the host's is older")
    func ownRecordNewer() async {
        let world = world()
        world.ready("b")
        guard var run = world.newestRun(of: "e2e.yml", "b") else { return }
        var old = run
        old.state = .inProgress
        old.updatedAt = Instant(millisecondsSinceEpoch: 0)
        world.host.record(old)
        run.updatedAt = ManualClock.start
        #expect(
            await world.event(.runEnded(run, repository: world.policy.repository))
                == "promote b, exit 0")
    }

    @Test("the host's record counts where the event is of an older attempt")
    func hostRecordNewer() async {
        let world = world()
        world.ready("b")
        guard let run = world.newestRun(of: "e2e.yml", "b") else { return }
        world.rerun("e2e.yml", "b", .inProgress)
        #expect(
            await world.event(.runEnded(run, repository: world.policy.repository))
                == "hold b (gate-running); look: settled a, exit 0")
        #expect(world.live == "a a")
    }

    @Test("without the host's list the event's own run is no list")
    func eventIsNoList() async {
        let world = world()
        world.ready("b")
        world.host.unreadable(.runs)
        #expect(
            await world.event("e2e.yml", "b")
                == "hold b (gate-unreadable); look: settled a, exit 3")
        #expect(world.live == "a a")
    }

    @Test("after a commit that is held, the look promotes the one before it")
    func lookAfterHold() async {
        let world = world()
        world.ready("b")
        world.commit("c")
        world.built("c")
        #expect(
            await world.event(Scenario.buildWorkflow, "c")
                == "hold c (gate-absent); look: promote b, exit 0")
        #expect(world.live == "b b")
    }

    @Test("after a commit that is rejected, a look that promotes makes the exit status 0")
    func lookAfterReject() async {
        let world = world()
        world.ready("b")
        world.commit("c")
        world.built("c")
        world.gate("e2e.yml", "c", .failure)
        #expect(
            await world.event(Scenario.buildWorkflow, "c")
                == "reject c (gate-failed); look: promote b, exit 0")
        #expect(world.live == "b b")
    }

    @Test("after a commit that is behind, the look finds a newer one than live")
    func lookAfterBehind() async {
        let world = world()
        world.ready("b")
        world.ready("c")
        world.live("b")
        #expect(
            await world.event("e2e.yml", "a") == "reject a (behind); look: promote c, exit 0")
        #expect(world.live == "c c")
    }

    @Test("after a commit that is rejected, a look that cannot tell makes the exit status 3")
    func lookCannotTell() async {
        let world = world()
        world.ready("b")
        world.live("b")
        world.ready("c")
        world.registry.unreadable(world.source("c"))
        #expect(
            await world.event("e2e.yml", "a")
                == "reject a (behind); look: hold (registry-unreadable), exit 3")
    }
}
