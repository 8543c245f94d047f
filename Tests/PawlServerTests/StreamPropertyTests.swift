import PawlCore
import PawlPorts
import PawlServer
import PawlTesting
import Testing

@Suite("Any stream of events")
struct StreamPropertyTests {
    /// SplitMix64: the same numbers for the same seed.
    private struct Numbers {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
            return Int((value ^ (value >> 31)) >> 1) % bound
        }
    }

    @Test(
        "lost, doubled, late and reordered: in the end the channel is where a look takes it",
        arguments: 0..<60)
    func endState(seed: Int) {
        var numbers = Numbers(state: UInt64(seed))
        let keepsLedger = seed % 2 == 0
        let world = ServerWorld(Scenario(keepsLedger: keepsLedger))
        world.scenario.ready("c0")
        world.start()

        var late: [Observation] = []
        for index in 1...(3 + numbers.below(6)) {
            let name = "c\(index)"
            world.scenario.commit(name)
            if numbers.below(5) > 0 { world.scenario.built(name) }
            let states: [RunState] = [.success, .success, .failure, .inProgress, .cancelled]
            world.scenario.gate("e2e.yml", name, states[numbers.below(states.count)])
            for workflow in [Scenario.buildWorkflow, "e2e.yml"] {
                guard let run = world.scenario.newestRun(of: workflow, name) else { continue }
                late.append(.runEnded(run, repository: world.scenario.policy.repository))
            }
            // Some are lost for good, some come more than once, in any order, at any time.
            for _ in 0..<numbers.below(4) {
                let event = late[numbers.below(late.count)]
                world.deliver(event, id: numbers.below(3) == 0 ? "same" : nil)
            }
            if numbers.below(2) == 0 { world.pass(.seconds(numbers.below(40))) }
            if numbers.below(4) == 0 { world.scenario.rerun("e2e.yml", name, .success) }
        }
        world.pass(.seconds(121))
        let end = world.live

        // The same world seen by somebody who only looks, at the end.
        let looked = world.time.answer { await world.scenario.look() }
        #expect(world.live == end, "\(looked ?? "no answer")")
        #expect(end == newestProvable(in: world))
        #expect(world.deliveries.waitingIDs == [])
        if keepsLedger { #expect(world.scenario.faults.isEmpty) }
    }

    /// What the rules come to in this small world, told without the engine: the newest commit with
    /// images and a green gate.
    private func newestProvable(in world: ServerWorld) -> String {
        let names = (0..<12).map { "c\($0)" }.reversed()
        let newest = names.first { name in
            world.scenario.registry.current(world.scenario.source(name)) != nil
                && world.scenario.newestRun(of: "e2e.yml", name)?.state == .success
        }
        return newest.map { "\($0) \($0)" } ?? "- -"
    }
}
