import PawlCore
import PawlEngine
import PawlPorts
import PawlServer
import PawlTesting
import Testing

@Suite("What is shown of a channel")
struct PageTests {
    @Test("the strip goes from the tip back to what is live, each commit with its verdict")
    func strip() {
        let world = ServerWorld()
        world.scenario.ready("a")
        world.start()
        world.scenario.commit("b")
        world.scenario.built("b")
        world.scenario.gate("e2e.yml", "b", .failure)
        world.scenario.commit("c")
        world.scenario.built("c")
        world.scenario.gate("e2e.yml", "c", .inProgress)
        world.pass(.seconds(61))
        let strip = world.situation?.strip ?? []
        #expect(strip.map(\.commit) == ["c", "b", "a"].map(CommitID.named))
        #expect(strip.map { $0.judged?.outcome } == [.hold, .reject, nil])
        #expect(strip.map(\.isLive) == [false, false, true])
        #expect(strip.allSatisfy { $0.judged?.isDryRun ?? true })
        #expect(world.situation?.status?.commitsBehind == 2)
        #expect(world.situation?.history.map(\.number) == [2, 1])
    }

    @Test("a long way back is cut, and what is live is still shown")
    func longStrip() {
        let world = ServerWorld()
        world.scenario.ready("live")
        world.start()
        for index in 0..<30 { world.scenario.commit("c\(index)") }
        world.pass(.seconds(61))
        let strip = world.situation?.strip ?? []
        #expect(strip.count == Limits.stripCommitsMax)
        #expect(strip.first?.commit == .named("c29"))
        #expect(strip.last?.commit == .named("live"))
        #expect(strip.last?.isLive == true)
    }

    @Test("a full look that finds nothing new judges no commit of the strip again")
    func cheap() {
        let world = ServerWorld()
        world.scenario.ready("a")
        world.start()
        for index in 0..<8 {
            world.scenario.commit("c\(index)")
            world.scenario.built("c\(index)")
            world.scenario.gate("e2e.yml", "c\(index)", .failure)
        }
        world.pass(.seconds(310))
        let before = world.scenario.host.count(.runs)
        let looks = world.count(.looks)
        world.pass(.seconds(600))
        #expect(world.count(.looks) - looks == 2)
        // A look and a status ask for the newest commits' runs; the strip's eight are not.
        #expect(world.scenario.host.count(.runs) - before <= 8)
    }

    @Test("an event goes before the page: a page half made is finished later")
    func eventFirst() {
        let world = ServerWorld()
        world.scenario.ready("a")
        world.start()
        world.scenario.ready("b")
        let time = world.time
        // Reading is slow from now on, so that the page takes its time.
        world.scenario.registry.before { call in
            if call.kind == .pin { try? await time.clock.sleep(.seconds(1)) }
        }
        world.event("e2e.yml", "b")
        world.pass(.seconds(3))
        world.scenario.ready("c")
        world.event("e2e.yml", "c")
        world.pass(.seconds(30))
        #expect(world.live == "c c")
        #expect(world.situation?.strip.map(\.commit) == [.named("c")])
        #expect(world.situation?.status?.ledger?.plan?.commit == .named("c"))
    }

    @Test("a channel at rest changes its page only when it is looked at")
    func quiet() {
        let world = ServerWorld()
        world.scenario.ready("a")
        world.start()
        world.pass(.seconds(400))
        let number = world.keeper.board.number
        world.pass(.seconds(190))
        #expect(world.keeper.board.number == number)
    }
}
