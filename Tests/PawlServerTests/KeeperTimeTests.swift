import PawlCore
import PawlEngine
import PawlPorts
import PawlServer
import PawlTesting
import Synchronization
import Testing

@Suite("Looking by itself")
struct KeeperTimeTests {
    @Test("a hold by age is looked at again at its instant, not before and not at the next sweep")
    func age() {
        let world = ServerWorld(
            Scenario(gates: [.age(.seconds(610)), Scenario.e2e], keepsLedger: true))
        world.scenario.ready("a")
        world.start()
        #expect(world.live == "- -")
        #expect(world.situation?.nextLookAt == world.time.now + .seconds(10))
        world.pass(.milliseconds(9_999))
        #expect(world.live == "- -")
        world.pass(.milliseconds(1))
        #expect(world.live == "a a")
        #expect(world.count(.looks, ["cause": "again"]) == 1)
    }

    @Test("a move that gave way is left alone, and tried again when its pause is over")
    func gaveWay() {
        let world = ServerWorld.atRest()
        world.scenario.ready("b")
        world.scenario.registry.fail(
            [.put], world.scenario.target(1).repository, with: .immutable)
        world.event("e2e.yml", "b")
        world.pass(.seconds(500))
        #expect(world.live == "a a")
        world.scenario.registry.recover()
        world.pass(.seconds(90))
        #expect(world.live == "a a")
        world.pass(.seconds(20))
        #expect(world.live == "b b")
    }

    @Test("a host that cannot be read is asked again after 5 s, then twice as long, up to 5 min")
    func backoff() {
        let world = ServerWorld()
        world.scenario.ready("a")
        world.sweepFails.withLock { $0 = .unreachable }
        world.scenario.host.unreadable(.log)
        let asked = Mutex<[Int64]>([])
        let time = world.time
        world.scenario.registry.before { call in
            // The first question of each look; patrols ask the same one in between.
            if call.kind == .digest {
                asked.withLock { asked in
                    let now = time.now.since(ManualClock.start).milliseconds / 1000
                    if asked.last != now { asked.append(now) }
                }
            }
        }
        world.start()
        #expect(world.keeper.readiness().isReady == false)
        world.pass(.seconds(36))
        #expect(asked.withLock { $0 } == [0, 5, 15, 35])
        world.pass(.seconds(1200))
        let pauses = asked.withLock { zip($0, $0.dropFirst()).map { $1 - $0 } }
        #expect(pauses.max() ?? 0 <= 300)
        #expect(world.count(.looks) < 16)

        world.scenario.host.unreadable(.log, nil)
        world.sweepFails.withLock { $0 = nil }
        world.pass(.seconds(300))
        #expect(world.live == "a a")
        #expect(world.keeper.readiness().isReady)
    }

    @Test("chance makes a pause shorter, by half at most")
    func jitter() {
        let world = ServerWorld(chance: 1)
        world.scenario.ready("a")
        world.scenario.host.unreadable(.log)
        world.start()
        world.pass(.milliseconds(2_499))
        #expect(world.count(.looks) == 1)
        world.pass(.milliseconds(1))
        #expect(world.count(.looks) == 2)
    }

    @Test("every channel is looked at in full although no event comes and nothing changes")
    func full() {
        let world = ServerWorld.atRest()
        // An image comes late, which no run tells of.
        world.scenario.commit("b")
        world.scenario.run(Scenario.buildWorkflow, "b", .success)
        world.scenario.gate("e2e.yml", "b", .success)
        world.pass(.seconds(125))
        #expect(world.live == "a a")
        world.scenario.publishSources("b")
        world.pass(.seconds(310))
        #expect(world.live == "b b")
        #expect(world.count(.looks, ["cause": "full"]) > 0)
    }

    @Test("a tag moved by others is reported within the patrol, and left there by policy")
    func movedByOthers() {
        let world = ServerWorld()
        for name in ["a", "b"] { world.scenario.ready(name) }
        world.start()
        world.scenario.live("a", image: 1)
        world.pass(.seconds(61))
        let codes = world.situation?.status?.reasons.map(\.code) ?? []
        #expect(codes.contains(.movedByOthers))
        #expect(world.count(.movedByOthers) == 1)
        world.pass(.seconds(60))
        #expect(world.live == "b a")
        #expect(world.count(.patrols, ["result": "moved-by-others"]) >= 1)

        world.scenario.live("b", image: 1)
        world.pass(.seconds(300))
        #expect(world.count(.movedByOthers) == 0)
        #expect(world.situation?.status?.reasons.map(\.code) == [])
    }

    @Test("where the policy says restore, the patrol has the tag put back")
    func restored() {
        let world = ServerWorld(
            Scenario(forward: ForwardRules(movedByOthers: .restore), keepsLedger: true))
        for name in ["a", "b"] { world.scenario.ready(name) }
        world.start()
        world.scenario.live("a", image: 1)
        world.pass(.seconds(80))
        #expect(world.live == "b b")
        #expect(world.scenario.log.suffix(2) == ["restore b", "followed 3"])
    }

    @Test("without a ledger a tag that is not where it was is a reason to look")
    func withoutLedger() {
        let world = ServerWorld(Scenario())
        for name in ["a", "b"] { world.scenario.ready(name) }
        world.start()
        world.pass(.seconds(61))
        world.scenario.live("a", image: 1)
        world.pass(.seconds(61))
        #expect(world.live == "b b")
    }

    @Test("a wall clock that is put back by an hour stops nothing")
    func clockBack() {
        let world = ServerWorld.atRest()
        world.pass(.seconds(30))
        world.time.jump(by: .seconds(-3600))
        world.scenario.ready("b")
        world.pass(.seconds(130))
        #expect(world.live == "b b")
    }

    @Test("many channels at rest take turns, and a rate bounds what all patrols cost together")
    func many() {
        var pace = Pace()
        pace.patrolsPerSecond = 1
        let world = ServerWorld(pace: pace, isServing: false)
        world.serveMany(200)
        world.start()
        world.pass(.seconds(11))
        #expect(world.keeper.board.situations.allSatisfy { $0.lookedAt != nil })
        // Well after the beginning a minute costs a fifth of the full looks, and 60 patrols.
        world.pass(.seconds(600))
        let before = (world.count(.looks), world.count(.patrols))
        world.pass(.seconds(60))
        #expect(abs(world.count(.looks) - before.0 - 40) <= 8)
        #expect(abs(world.count(.patrols) - before.1 - 60) <= 15)
    }

    @Test("six hundred channels: each is looked at in full every five minutes, not one after 17")
    func hundreds() {
        let world = ServerWorld(isServing: false)
        world.serveMany(600)
        world.start()
        world.pass(.seconds(300))
        for _ in 0..<3 {
            world.pass(.seconds(150))
            let oldest = world.time.now.earlier(by: .seconds(300))
            let late = world.keeper.board.situations.count { ($0.lookedAt ?? oldest) < oldest }
            #expect(late == 0)
        }
    }
}
