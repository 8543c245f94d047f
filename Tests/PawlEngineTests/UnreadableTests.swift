import PawlCore
import PawlEngine
import PawlPorts
import PawlTesting
import Testing

@Suite("What cannot be read is exit 3, and nothing is moved")
struct UnreadableTests {
    private func world(_ gates: [Gate] = [Scenario.e2e]) -> Scenario {
        let world = Scenario(gates: gates)
        world.ready("a")
        world.live("a")
        world.ready("b")
        return world
    }

    private func expectNothingMoved(_ world: Scenario, _ line: String) async {
        #expect(await world.promote("b") == line)
        #expect(world.live == "a a")
        #expect(world.registry.writes.isEmpty)
        #expect(world.reasons.allSatisfy { !$0.advice.isEmpty })
    }

    @Test("the runs", arguments: [PortFailure.Code.serverFailed, .denied, .garbled, .throttled])
    func runs(code: PortFailure.Code) async {
        let world = world()
        world.host.unreadable(.runs, code)
        await expectNothingMoved(world, "hold b (gate-unreadable), exit 3")
    }

    @Test("the log, where the host can answer nothing else")
    func history() async {
        let world = world()
        world.host.unreadable(.log)
        world.host.unreadable(.position)
        await expectNothingMoved(world, "hold b (ancestry-unreadable), exit 3")
    }

    @Test("the log alone is no loss: the host answers about single commits")
    func logAlone() async {
        let world = world()
        world.host.unreadable(.log)
        await world.promote("b")
        #expect(world.live == "b b")
        #expect(world.host.count(.position) == 1)
        #expect(world.host.count(.ancestry) == 1)
    }

    @Test("the comparison with what is live")
    func compare() async {
        let world = Scenario()
        world.ready("a")
        world.live("a")
        world.commit("between")
        world.ready("b")
        world.host.page(rows: 1)
        world.host.unreadable(.ancestry)
        await expectNothingMoved(world, "hold b (ancestry-unreadable), exit 3")
    }

    @Test(
        "a source", arguments: [PortFailure.Code.serverFailed, .garbled, .mismatched, .tooLarge])
    func source(code: PortFailure.Code) async {
        let world = world()
        world.registry.unreadable(world.source("b", image: 1), code)
        await expectNothingMoved(world, "hold b (registry-unreadable), exit 3")
    }

    @Test("a source that the registry denies: never taken for absent")
    func sourceDenied() async {
        let world = world()
        world.registry.unreadable(world.source("b", image: 1), .denied)
        await expectNothingMoved(world, "hold b (registry-denied), exit 3")
    }

    @Test("a target: never taken for a first promotion")
    func target() async {
        let world = world()
        world.registry.unreadable(world.target(1))
        await expectNothingMoved(world, "hold b (registry-unreadable), exit 3")
        let denied = self.world()
        denied.registry.unreadable(denied.target(1), .denied)
        await expectNothingMoved(denied, "hold b (registry-denied), exit 3")
    }

    @Test("a revision, of a source or of a target")
    func revision() async {
        for times in [1, .max] {
            let world = world()
            world.registry.fail(
                [.revision], world.target(1).repository, with: .mismatched, times: times)
            await expectNothingMoved(world, "hold b (registry-unreadable), exit 3")
        }
    }

    @Test("a short label of a live image")
    func resolve() async {
        let world = world()
        for image in 0...1 {
            world.live("a", image: image, says: .says(CommitID.named("a").short))
        }
        world.host.unreadable(.resolve)
        #expect(await world.promote("b") == "hold b (ancestry-unreadable), exit 3")
        #expect(world.registry.writes.isEmpty)
    }

    @Test("a workflow's state, where the gate has no run")
    func workflowState() async {
        let world = Scenario(gates: [
            .workflow(WorkflowGate(workflow: WorkflowName("e2e.yml"), absent: .pass))
        ])
        world.ready("a")
        world.live("a")
        world.commit("b")
        world.built("b")
        world.host.unreadable(.state)
        await expectNothingMoved(world, "hold b (gate-unreadable), exit 3")
    }

    @Test("jobs and checks")
    func jobsAndChecks() async {
        let jobs = world([
            .workflow(WorkflowGate(workflow: WorkflowName("e2e.yml"), job: "e2e"))
        ])
        jobs.host.unreadable(.jobs)
        await expectNothingMoved(jobs, "hold b (gate-unreadable), exit 3")
        let checks = world([.check(name: "scan", app: nil)])
        checks.host.unreadable(.checks)
        await expectNothingMoved(checks, "hold b (gate-unreadable), exit 3")
    }

    @Test("everything at once")
    func everything() async {
        let world = world()
        for question in MemoryHost.Question.allCases { world.host.unreadable(question) }
        for image in 0...1 { world.registry.unreadable(world.target(image)) }
        await expectNothingMoved(world, "hold b (ancestry-unreadable), exit 3")
    }
}
