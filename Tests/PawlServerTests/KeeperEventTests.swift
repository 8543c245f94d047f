import PawlCore
import PawlEngine
import PawlPorts
import PawlServer
import PawlTesting
import Synchronization
import Testing

@Suite("Events")
struct KeeperEventTests {
    @Test("the first look promotes what may go, without any event")
    func firstLook() {
        let world = ServerWorld()
        world.scenario.ready("a")
        world.scenario.live("a")
        world.scenario.ready("b")
        world.start()
        #expect(world.live == "b b")
        #expect(world.situation?.status?.ledger?.plan?.commit == .named("b"))
        #expect(world.situation?.lookedAt == world.time.now)
        #expect(world.situation?.isAtWork == false)
    }

    @Test("a gate's event promotes its commit at once, and is finished with the verdict's word")
    func event() {
        let world = ServerWorld.atRest()
        world.scenario.ready("b")
        let id = world.event("e2e.yml", "b")
        #expect(world.live == "b b")
        #expect(world.deliveries.words == [id: "promote"])
        #expect(world.keeper.tally.histograms[Metric.eventToTag()]?.count == 1)
    }

    @Test("an event that was lost is found by the sweep")
    func lost() {
        let world = ServerWorld.atRest()
        world.scenario.ready("b")
        world.pass(.seconds(59))
        #expect(world.live == "a a")
        world.pass(.seconds(2))
        #expect(world.live == "b b")
    }

    @Test("a sweep that is told nothing new looks at nothing")
    func quietSweep() {
        let world = ServerWorld.atRest()
        let asked = world.scenario.host.countOfAll
        world.pass(.seconds(25))
        #expect(world.sweeps.withLock { $0 } == 1)
        world.pass(.seconds(200))
        #expect(world.sweeps.withLock { $0 } == 4)
        #expect(world.scenario.host.countOfAll == asked)
        #expect(world.count(.sweeps, ["result": "unchanged"]) == 3)
    }

    @Test("fifty copies of one event under one id are one row and one step")
    func doubled() {
        let world = ServerWorld.atRest()
        world.scenario.ready("b")
        for _ in 0..<50 { world.event("e2e.yml", "b", id: "same") }
        #expect(world.live == "b b")
        #expect(world.deliveries.words == ["same": "promote"])
        #expect(world.count(.looks, ["cause": "event"]) == 1)
    }

    @Test("a thousand events about one commit cost two steps: one under way, one for the rest")
    func burst() {
        let world = ServerWorld.atRest()
        world.scenario.ready("b")
        let time = world.time
        world.scenario.registry.before { call in
            if call.kind == .preparePush { try? await time.clock.sleep(.seconds(1)) }
        }
        world.event("e2e.yml", "b")
        for _ in 0..<999 { world.event("e2e.yml", "b") }
        world.pass(.seconds(5))
        #expect(world.live == "b b")
        #expect(world.count(.looks, ["cause": "event"]) == 2)
        #expect(world.deliveries.waitingIDs == [])
        #expect(world.deliveries.words.count == 1000)
    }

    @Test("a late event for an older commit moves nothing back")
    func reordered() {
        let world = ServerWorld.atRest()
        world.scenario.ready("b")
        world.scenario.ready("c")
        world.event("e2e.yml", "c")
        let late = world.event("e2e.yml", "b")
        #expect(world.live == "c c")
        #expect(world.deliveries.words[late] == "reject")
    }

    @Test("an event's own run counts although the host does not list it yet")
    func ownRun() {
        let world = ServerWorld.atRest()
        world.eventAhead(of: "b")
        #expect(world.live == "b b")
    }

    @Test("of several events about one commit the newest run counts, in whatever order they came")
    func newestRun() {
        for isLate in [false, true] {
            let world = ServerWorld.atRest()
            world.scenario.ready("b")
            let time = world.time
            world.scenario.registry.before { call in
                if call.kind == .preparePush { try? await time.clock.sleep(.seconds(1)) }
            }
            world.event("e2e.yml", "b")
            world.scenario.commit("c")
            world.scenario.built("c")
            if !isLate { world.event(Scenario.buildWorkflow, "c") }
            world.gateAhead(of: "c")
            if isLate { world.event(Scenario.buildWorkflow, "c") }
            world.pass(.seconds(5))
            #expect(world.live == "c c", "\(isLate)")
            #expect(world.deliveries.words.values.sorted() == ["promote", "promote", "promote"])
        }
    }

    @Test("a delivery whose write took longer than a later one's is not passed over")
    func slowWrite() {
        let world = ServerWorld.atRest()
        world.scenario.ready("b")
        world.deliveries.hide("slow")
        world.event("e2e.yml", "b", id: "slow")
        world.event(Scenario.buildWorkflow, "b", id: "fast")
        #expect(world.deliveries.words.keys.sorted() == ["fast"])
        world.deliveries.hide(nil)
        world.pass(.seconds(61))
        #expect(world.deliveries.words.keys.sorted() == ["fast", "slow"])
    }

    @Test("events that concern nobody and bodies that are no payload end at once")
    func unconcerned() {
        let world = ServerWorld.atRest()
        let asked = world.scenario.host.countOfAll
        world.scenario.run("lint.yml", "a", .success)
        let other = world.event("lint.yml", "a")
        let garbled = Delivery(
            id: "garbled", event: "workflow_run", body: [0xFF], received: world.time.now)
        let deliveries = world.deliveries
        _ = world.time.answer { try? await deliveries.keep(garbled) }
        world.keeper.read()
        world.time.settle()
        #expect(world.deliveries.words == [other: "not-concerned", "garbled": "garbled"])
        #expect(world.scenario.host.countOfAll == asked)
    }

    @Test("at start every delivery that waits is read again, and none is asked for twice")
    func restart() {
        let before = ServerWorld()
        before.scenario.ready("a")
        before.scenario.ready("b")
        // It was kept, and the process was killed before anybody read it.
        before.event("e2e.yml", "b", id: "kept")
        #expect(before.deliveries.waitingIDs == ["kept"])

        let after = ServerWorld(
            before.scenario, deliveries: before.deliveries, door: before.door)
        after.start()
        #expect(after.deliveries.waitingIDs == [])
        #expect(after.live == "b b")
    }

    @Test("deliveries that the host sent while nobody listened are fetched at start")
    func missed() {
        let world = ServerWorld(isServing: false)
        world.scenario.ready("a")
        guard let run = world.scenario.newestRun(of: "e2e.yml", "a") else { return }
        let body = world.door.body(
            of: .runEnded(run, repository: world.scenario.policy.repository))
        let delivery = Delivery(
            id: "sent", event: "workflow_run", body: body, received: world.time.now)
        world.keeper.serve([
            world.served(missed: { () throws(PortFailure) in [delivery, delivery] })
        ])
        world.start()
        #expect(world.deliveries.words.keys.sorted() == ["sent"])
        #expect(world.count(.deliveries, ["outcome": "missed"]) == 1)
    }

    @Test("a store that is away for a while loses nothing, and readiness says so meanwhile")
    func storeAway() {
        let world = ServerWorld.atRest()
        world.scenario.ready("b")
        world.deliveries.fail(.waiting, with: .busy)
        world.event("e2e.yml", "b")
        #expect(world.live == "a a")
        #expect(world.keeper.readiness().checks.first?.trouble != nil)
        world.deliveries.fail(.waiting, with: nil)
        world.pass(.seconds(20))
        #expect(world.live == "b b")
        #expect(world.keeper.readiness().checks.first?.trouble == nil)
        #expect(world.deliveries.waitingIDs == [])
    }

    @Test("a store that cannot forget what is old says so until it can, and work goes on")
    func cannotForget() {
        let world = ServerWorld()
        world.scenario.ready("a")
        world.deliveries.fail(.forget, with: .busy)
        world.start()
        let trouble = world.keeper.readiness().checks.first?.trouble
        #expect(trouble?.hasPrefix("Old ones could not be forgotten") == true)
        world.scenario.ready("b")
        world.event("e2e.yml", "b")
        #expect(world.live == "b b")
        #expect(world.keeper.readiness().isReady == false)
        world.deliveries.fail(.forget, with: nil)
        world.pass(.seconds(400))
        #expect(world.keeper.readiness().isReady)
    }

    @Test("what could not be recorded as finished is recorded later")
    func finishLater() {
        let world = ServerWorld.atRest()
        world.scenario.ready("b")
        world.deliveries.fail(.finish, with: .full)
        let id = world.event("e2e.yml", "b")
        #expect(world.live == "b b")
        #expect(world.deliveries.waitingIDs == [id])
        #expect(world.keeper.readiness().isReady == false)
        world.deliveries.fail(.finish, with: nil)
        world.pass(.seconds(61))
        #expect(world.deliveries.words == [id: "promote"])
        #expect(world.keeper.readiness().isReady)
    }
}
