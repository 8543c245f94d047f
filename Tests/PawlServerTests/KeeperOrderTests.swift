import PawlCore
import PawlEngine
import PawlPorts
import PawlServer
import PawlTesting
import Synchronization
import Testing

@Suite("Orders, generations and the end")
struct KeeperOrderTests {
    private let why = wellFormed { try Override(actor: "ada", reason: "it is broken") }
    private let said = wellFormed { try Statement(actor: "ada", reason: "lunch") }

    /// Every write to a registry takes so long.
    private func slow(_ world: ServerWorld, _ duration: Duration, tag: String? = nil) {
        let time = world.time
        world.scenario.registry.before { call in
            guard case .put(_, let image) = call, tag == nil || image.tag?.text == tag else {
                return
            }
            try? await time.clock.sleep(duration)
        }
    }

    /// A step that promotes "b" is under way, and takes five seconds for each write.
    private func slowly(_ world: ServerWorld) {
        world.scenario.ready("b")
        slow(world, .seconds(5))
        world.event("e2e.yml", "b")
    }

    @Test("a person's order goes before events that came earlier")
    func ordersFirst() {
        let world = ServerWorld.atRest()
        slowly(world)
        world.eventAhead(of: "c")
        #expect(world.situation?.isAtWork == true)
        let receipt = world.order(.hold(said))
        #expect(receipt?.outcome == .hold)
        world.pass(.seconds(30))
        // The step under way went to its end; nothing after the order moved.
        #expect(world.live == "b b")
        #expect(world.situation?.status?.ledger?.hold?.actor == "ada")
    }

    @Test("what an order makes possible goes at once")
    func resume() {
        let world = ServerWorld.atRest()
        _ = world.order(.hold(said))
        world.scenario.ready("b")
        world.event("e2e.yml", "b")
        #expect(world.live == "a a")
        _ = world.order(.resume(nil, said))
        #expect(world.live == "b b")
    }

    @Test("a rollback takes the group back, and every event after it is held")
    func rollback() {
        let world = ServerWorld.atRest()
        world.scenario.ready("b")
        world.event("e2e.yml", "b")
        let receipt = world.order(.rollback(.full(.named("a")), why))
        #expect(receipt?.promoted == true)
        world.scenario.ready("c")
        world.event("e2e.yml", "c")
        world.pass(.seconds(400))
        #expect(world.live == "a a")
        #expect(world.situation?.history.first?.actor == "pawl")
        #expect(world.situation?.history.contains { $0.actor == "ada" } == true)
        #expect(world.count(.held) == 1)
    }

    @Test("a commit is explained at once, and nothing is written or waited for")
    func explain() {
        let world = ServerWorld.atRest()
        world.scenario.ready("b")
        slow(world, .seconds(60))
        world.event("e2e.yml", "b")
        let began = world.time.now
        let (orders, address) = (world.keeper.orders, world.address)
        let receipt = world.time.answer {
            await orders.explain(.full(.named("b")), address)
        }
        #expect(receipt??.isDryRun == true)
        #expect(world.time.now == began)
    }

    @Test("two channels do not wait for each other")
    func twoChannels() {
        let world = ServerWorld(isServing: false)
        let one = world.scenario.channel
        let two = ServerWorld.channel("stable", like: one)
        world.keeper.serve([
            world.served(ServerWorld.policy(world.scenario.policy, channels: [one, two]))
        ])
        world.scenario.ready("a")
        world.start()
        world.pass(.seconds(1))
        slow(world, .seconds(500), tag: "latest")
        world.scenario.ready("b")
        world.event("e2e.yml", "b")
        let stable = ImageReference(two.images[0].target, two.to)
        #expect(world.scenario.registry.current(stable) == world.scenario.digest("b"))
        #expect(world.live == "a a")
        // The event ends when both are done.
        #expect(world.deliveries.words.isEmpty)
        world.pass(.seconds(1100))
        #expect(world.live == "b b")
        #expect(world.deliveries.words.values.sorted() == ["promote"])
    }

    @Test("a bad file keeps the last good policy, and says so until it is good again")
    func badFile() {
        let world = ServerWorld.atRest()
        let complaint = Board.Complaint(file: "pawl.yaml", text: "line 3: unknown key")
        world.keeper.serve([], complaints: [complaint])
        world.time.settle()
        #expect(world.keeper.board.complaints == [complaint])
        let policy = world.keeper.readiness().checks.last
        #expect(policy == Readiness.Check(name: "policy pawl.yaml", trouble: complaint.text))
        world.scenario.ready("b")
        world.event("e2e.yml", "b")
        #expect(world.live == "b b")

        world.keeper.serve([world.served()])
        world.pass(.seconds(1))
        #expect(world.keeper.board.complaints == [])
        #expect(world.keeper.readiness().isReady)
    }

    @Test("a step keeps the policy that it began with; the next one has the new one")
    func generation() {
        let world = ServerWorld.atRest()
        slowly(world)
        // From now on nothing goes without a gate that never reports.
        let strict = ServerWorld.channel(
            "latest", like: world.scenario.channel, gates: [.check(name: "never", app: nil)])
        world.keeper.serve([
            world.served(ServerWorld.policy(world.scenario.policy, channels: [strict]))
        ])
        world.pass(.seconds(6))
        #expect(world.live == "b b")
        world.scenario.ready("c")
        world.event("e2e.yml", "c")
        world.pass(.seconds(100))
        #expect(world.live == "b b")
        #expect(world.situation?.last?.reasons.first?.code == .gateAbsent)
        #expect(world.situation?.channel == strict)
    }

    @Test("a policy that changed is let go of when the last step with it has ended, not before")
    func letGo() {
        let world = ServerWorld(isServing: false)
        let hasEnded = Mutex(false)
        world.scenario.ready("a")
        world.keeper.serve([
            world.served(lifetime: Lifetime { hasEnded.withLock { $0 = true } })
        ])
        world.start()
        world.scenario.ready("b")
        slow(world, .seconds(5))
        world.event("e2e.yml", "b")
        world.keeper.serve([world.served()])
        world.time.settle()
        #expect(hasEnded.withLock { $0 } == false)
        world.pass(.seconds(30))
        #expect(world.live == "b b")
        #expect(hasEnded.withLock { $0 })
    }

    @Test("a channel that was removed stops after its step, and its place is gone")
    func removed() {
        let world = ServerWorld.atRest()
        slowly(world)
        let other = ServerWorld.channel("stable", like: world.scenario.channel)
        world.keeper.serve([
            world.served(ServerWorld.policy(world.scenario.policy, channels: [other]))
        ])
        world.pass(.seconds(30))
        #expect(world.live == "b b")
        #expect(world.situation == nil)
        #expect(world.order(.look) == nil)
        world.scenario.ready("c")
        world.pass(.seconds(700))
        #expect(world.live == "b b")
        #expect(world.count(.behindCommits, ["channel": "acme/app/latest"]) == 0)
    }

    @Test("a channel that comes back while it is on its last step is worked on by one worker")
    func comesBack() {
        let world = ServerWorld.atRest()
        slowly(world)
        let other = ServerWorld.channel("stable", like: world.scenario.channel)
        world.keeper.serve([
            world.served(ServerWorld.policy(world.scenario.policy, channels: [other]))
        ])
        world.time.settle()
        world.keeper.serve([world.served()])
        world.scenario.ready("c")
        world.pass(.seconds(100))
        #expect(world.live == "c c")
        #expect(world.scenario.faults.isEmpty)
    }

    @Test("a stop lets the step finish and be recorded, and takes nothing new")
    func stop() {
        let world = ServerWorld.atRest()
        world.scenario.ready("b")
        slow(world, .seconds(5))
        let begun = world.event("e2e.yml", "b")
        world.scenario.ready("c")
        let waiting = world.event("e2e.yml", "c")
        world.keeper.stop()
        world.time.settle()
        #expect(world.runs)
        #expect(world.order(.look) == nil)
        world.pass(.seconds(11))
        #expect(world.runs == false)
        #expect(world.live == "b b" || world.live == "c c")
        #expect(world.scenario.log.last?.hasPrefix("followed") == true)
        #expect(world.deliveries.words[begun] == "promote")
        #expect(world.deliveries.waitingIDs == [waiting])

        // The next start finds what was not begun.
        let after = ServerWorld(world.scenario, deliveries: world.deliveries, door: world.door)
        world.scenario.registry.before(nil)
        after.start()
        #expect(after.live == "c c")
        #expect(after.deliveries.waitingIDs == [])
    }

    @Test("a stop does not wait for an image that may come yet, and its event is read again")
    func stopWhileWaiting() {
        let world = ServerWorld.atRest()
        world.scenario.commit("b")
        world.scenario.run(Scenario.buildWorkflow, "b", .success, ago: .zero)
        world.scenario.gate("e2e.yml", "b", .success)
        let waiting = world.event("e2e.yml", "b")
        world.pass(.seconds(5))
        #expect(world.situation?.isAtWork == true)
        world.keeper.stop()
        world.pass(.seconds(2))
        #expect(world.runs == false)
        #expect(world.deliveries.waitingIDs == [waiting])
    }

    @Test("a server at rest stops at once, and one that is cancelled ends too")
    func ends() {
        let world = ServerWorld.atRest()
        world.keeper.stop()
        world.time.settle()
        #expect(world.runs == false)

        let other = ServerWorld()
        other.scenario.ready("a")
        let task = other.time.begin { await other.keeper.run() }
        other.time.settle()
        task.cancel()
        other.time.settle()
        let hasEnded = other.time.answer {
            await task.value
            return true
        }
        #expect(hasEnded == true)
    }
}
