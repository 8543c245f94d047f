import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("check --live tries everything that the policy needs")
struct LiveCheckTests {
    private func world(_ gates: [Gate] = [Scenario.e2e]) -> Scenario {
        let world = Scenario(gates: gates)
        world.commit("a")
        world.workflowFile("e2e.yml", .paths("src/**"))
        world.built("a")
        world.live("a")
        return world
    }

    private func checks(_ world: Scenario) async -> [LiveCheck] {
        await world.engine(dryRun: true).liveChecks(of: [world.channel], mayWrite: true)
    }

    private func worst(_ world: Scenario) async -> Int32 {
        await checks(world).map(\.exitStatus).max() ?? 0
    }

    @Test("a world that has everything is fine, and nothing is written")
    func fine() async {
        let world = world()
        #expect(await worst(world) == 0)
        #expect(world.registry.writes.isEmpty)
    }

    @Test("each read that fails is named and ends in 3")
    func unreadable() async {
        let check = Gate.check(name: "security/scan", app: nil)
        for question in [MemoryHost.Question.log, .runs, .state, .file, .checks] {
            let world = world([Scenario.e2e, check])
            world.host.unreadable(question)
            #expect(await worst(world) == 3, "\(question)")
        }
    }

    @Test("a gate that is disabled, not there, or can never be proved absent ends in 2")
    func wrong() async {
        let disabled = world()
        disabled.host.workflow(WorkflowName("e2e.yml"), .inactive("disabled_manually"))
        #expect(await worst(disabled) == 2)
        let missing = world()
        missing.host.workflow(WorkflowName("e2e.yml"), nil)
        #expect(await worst(missing) == 2)
        let elsewhere = world()
        elsewhere.workflowFile("e2e.yml", .branches("release/**"))
        #expect(await worst(elsewhere) == 2)
    }
}

@Suite("The workflow that runs Pawl must learn of everything that a channel waits for")
struct TriggerCheckTests {
    private func channel(_ gates: [Gate] = [Scenario.e2e]) -> Channel {
        Scenario(gates: gates).channel
    }

    private func files(
        listing names: [String], hasSchedule: Bool = false
    ) -> [WorkflowFileFacts] {
        let promote = WorkflowTriggers(
            name: "Promote", push: .never, workflowRuns: names, hasSchedule: hasSchedule)
        let build = WorkflowTriggers(name: "Publish", push: .on(branches: .all, paths: .all))
        let gate = WorkflowTriggers(name: "End to end", push: .on(branches: .all, paths: .all))
        return [
            file("promote.yml", promote, runsPawl: true),
            file("publish-image.yml", build, runsPawl: false),
            file("e2e.yml", gate, runsPawl: false),
        ]
    }

    private func file(
        _ name: String, _ triggers: WorkflowTriggers, runsPawl: Bool
    ) -> WorkflowFileFacts {
        WorkflowFileFacts(
            path: ".github/workflows/\(name)", triggers: .seen(triggers), runsPawl: runsPawl)
    }

    @Test("by their display names")
    func listed() {
        let checks = triggerChecks(of: channel(), in: files(listing: ["Publish", "End to end"]))
        #expect(checks.map(\.exitStatus) == [0, 0])
    }

    @Test("one that is not listed is an error: its completion would start nothing")
    func notListed() {
        let checks = triggerChecks(of: channel(), in: files(listing: ["Publish"]))
        #expect(checks.map(\.exitStatus) == [0, 2])
        // The file's name is not what the trigger goes by.
        let byFile = triggerChecks(of: channel(), in: files(listing: ["Publish", "e2e.yml"]))
        #expect(byFile.map(\.exitStatus) == [0, 2])
    }

    @Test("age and check gates want a schedule: no event brings them back")
    func schedule() {
        let waiting = channel([.age(.seconds(1800))])
        let without = triggerChecks(of: waiting, in: files(listing: ["Publish"]))
        #expect(without.map(\.exitStatus) == [0, 2])
        let with = triggerChecks(
            of: waiting, in: files(listing: ["Publish"], hasSchedule: true))
        #expect(with.map(\.exitStatus) == [0, 0])
    }

    @Test("where no workflow here runs Pawl, nothing is said")
    func elsewhere() {
        #expect(triggerChecks(of: channel(), in: []).isEmpty)
    }
}
