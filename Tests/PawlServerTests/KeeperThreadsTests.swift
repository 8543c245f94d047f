import PawlCore
import PawlEngine
import PawlPorts
import PawlServer
import PawlTesting
import Testing

@Suite("On many threads")
struct KeeperThreadsTests {
    /// The machine's own time, from where every test begins.
    private static func realClock() -> PawlPorts.Clock {
        let began = ContinuousClock.now
        return PawlPorts.Clock(
            now: { ManualClock.start + (ContinuousClock.now - began) },
            sleep: { (duration) async throws(CancellationError) in
                do { try await Task.sleep(for: duration) } catch { throw CancellationError() }
            })
    }

    @Test(
        "forty channels, four hundred events at once and a reload amid them: all of it ends",
        .timeLimit(.minutes(4)))
    func together() async {
        let world = ServerWorld(isServing: false)
        let scenario = world.scenario
        for index in 0..<20 { scenario.ready("c\(index)") }
        let channels = (0..<40).map { ServerWorld.channel("n\($0)", like: scenario.channel) }
        let policy = ServerWorld.policy(scenario.policy, channels: channels)
        let clock = Self.realClock()
        let deliveries = MemoryDeliveries()
        let keeper = Keeper(
            deliveries: deliveries, door: world.door, clock: clock, chance: { 0.5 })
        let served = Served(
            policy: policy, file: "pawl.yaml", ports: scenario.ports(clock: clock),
            fingerprint: { () throws(PortFailure) in "the same" })
        keeper.serve([served])
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await keeper.run() }
            group.addTask {
                await withTaskGroup(of: Void.self) { senders in
                    for sender in 0..<20 {
                        senders.addTask {
                            await send(20, from: sender, world, deliveries, keeper)
                        }
                    }
                    await senders.waitForAll()
                }
                keeper.serve([served])
                // As long as it takes; after a wake-up that was lost, longer than the limit.
                while deliveries.words.count < 400 { try? await Task.sleep(for: .milliseconds(5)) }
                let receipt = await keeper.orders.carryOut(
                    .look, ChannelAddress(policy.repository, channels[0].name))
                #expect(receipt?.outcome == .settled)
                keeper.stop()
            }
        }
        #expect(deliveries.waitingIDs == [])
        for channel in channels {
            let target = ImageReference(channel.images[0].target, channel.to)
            #expect(scenario.registry.current(target) == scenario.digest("c19"))
        }
    }

    private func send(
        _ count: Int, from sender: Int, _ world: ServerWorld, _ deliveries: MemoryDeliveries,
        _ keeper: Keeper
    ) async {
        for index in 0..<count {
            guard let run = world.scenario.newestRun(of: "e2e.yml", "c\((sender + index) % 20)")
            else { continue }
            let body = world.door.body(
                of: .runEnded(run, repository: world.scenario.policy.repository))
            let delivery = Delivery(
                id: "\(sender)-\(index)", event: "workflow_run", body: body,
                received: ManualClock.start)
            _ = try? await deliveries.keep(delivery)
            keeper.read()
        }
    }
}
