import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("Gates in the way")
struct GateStoryTests {
    /// `a` is live and `b` is built; the test says what the gate did.
    private func world(_ gates: [Gate] = [Scenario.e2e]) -> Scenario {
        let world = Scenario(gates: gates)
        world.ready("a")
        world.live("a")
        world.commit("b")
        world.built("b")
        return world
    }

    @Test("a red gate rejects", arguments: [RunState.failure, .timedOut, .startupFailure])
    func red(state: RunState) async {
        let world = world()
        world.gate("e2e.yml", "b", state)
        #expect(await world.promote("b") == "reject b (gate-failed), exit 1")
        #expect(world.live == "a a")
        #expect(world.reasons.first?.subject == "e2e.yml")
    }

    @Test(
        "a gate that has not ended holds",
        arguments: [RunState.queued, .requested, .waiting, .pending, .inProgress])
    func running(state: RunState) async {
        let world = world()
        world.gate("e2e.yml", "b", state)
        #expect(await world.promote("b") == "hold b (gate-running), exit 0")
        #expect(world.live == "a a")
    }

    @Test(
        "a gate that gave no verdict holds",
        arguments: [RunState.skipped, .neutral, .stale, .actionRequired])
    func noVerdict(state: RunState) async {
        let world = world()
        world.gate("e2e.yml", "b", state)
        #expect(await world.promote("b") == "hold b (gate-skipped), exit 0")
        #expect(world.live == "a a")
    }

    @Test("a gate in a word of tomorrow rejects and names the word")
    func unknownWord() async {
        let world = world()
        world.gate("e2e.yml", "b", .unknown("evaporated"))
        #expect(await world.promote("b") == "reject b (gate-unknown), exit 1")
        #expect(world.reasons.first?.text.contains("evaporated") == true)
    }

    @Test("a cancelled gate proves nothing: hold, or reject by policy")
    func cancelled() async {
        let patient = world()
        patient.gate("e2e.yml", "b", .cancelled)
        #expect(await patient.promote("b") == "hold b (gate-cancelled), exit 0")

        let strict = world([
            .workflow(WorkflowGate(workflow: WorkflowName("e2e.yml"), cancelled: .reject))
        ])
        strict.gate("e2e.yml", "b", .cancelled)
        #expect(await strict.promote("b") == "reject b (gate-cancelled), exit 1")
        #expect(strict.live == "a a")
    }

    @Test(
        "an absent gate passes only if the policy says so",
        arguments: [
            (WorkflowGate.Absent.pass, "promote b, exit 0", "b b"),
            (.hold, "hold b (gate-absent), exit 0", "a a"),
            (.proven, "hold b (gate-absent), exit 0", "a a"),
        ])
    func absent(policy: WorkflowGate.Absent, line: String, live: String) async {
        let world = world([
            .workflow(WorkflowGate(workflow: WorkflowName("e2e.yml"), absent: policy))
        ])
        #expect(await world.promote("b") == line)
        #expect(world.live == live)
    }

    @Test("a disabled or deleted workflow never passes, whatever the policy says of absence")
    func inactive() async {
        for state in [WorkflowState.inactive("disabled_manually"), nil] {
            let world = world([
                .workflow(WorkflowGate(workflow: WorkflowName("e2e.yml"), absent: .pass))
            ])
            world.host.workflow(WorkflowName("e2e.yml"), state)
            #expect(await world.promote("b") == "hold b (gate-inactive), exit 3")
            #expect(world.live == "a a")
        }
    }

    @Test("runs that do not count are no proof")
    func foreignRuns() async {
        let world = world()
        world.run("e2e.yml", "b", .success, commitFrom: 2)
        world.run("e2e.yml", "b", .success, commitFrom: nil)
        world.run("e2e.yml", "b", .success, branch: "feature")
        world.run("e2e.yml", "b", .success, event: "pull_request")
        world.run("e2e.yml", "b", .success, event: "workflow_run")
        world.run("e2e.yml", "b", .success, event: "repository_dispatch")
        world.run("other.yml", "b", .success)
        #expect(await world.promote("b") == "hold b (gate-absent), exit 0")
        #expect(world.live == "a a")
    }

    @Test("nor do they spoil one")
    func foreignRed() async {
        let world = world()
        world.gate("e2e.yml", "b", .success)
        world.run("e2e.yml", "b", .failure, commitFrom: 2)
        world.run("e2e.yml", "b", .failure, event: "pull_request")
        #expect(await world.promote("b") == "promote b, exit 0")
    }

    @Test("the newest run is judged, and a re-run that has not ended holds")
    func newest() async {
        let world = world()
        world.gate("e2e.yml", "b", .failure)
        world.gate("e2e.yml", "b", .success)
        world.rerun("e2e.yml", "b", .inProgress)
        #expect(await world.promote("b") == "hold b (gate-running), exit 0")
        world.rerun("e2e.yml", "b", .success)
        #expect(await world.promote("b") == "promote b, exit 0")
    }

    @Test("a gate may be asked for one job")
    func job() async {
        let gate = Gate.workflow(WorkflowGate(workflow: WorkflowName("e2e.yml"), job: "e2e"))
        for (jobs, line) in [
            ([Job(name: "e2e", state: .success)], "promote b, exit 0"),
            ([Job(name: "e2e", state: .skipped)], "hold b (gate-skipped), exit 0"),
            ([Job(name: "lint", state: .success)], "hold b (gate-skipped), exit 0"),
            ([], "hold b (gate-skipped), exit 0"),
            ([Job(name: "e2e", state: .failure)], "reject b (gate-failed), exit 1"),
        ] {
            let world = world([gate])
            let run = world.run("e2e.yml", "b", .success)
            world.host.jobs(jobs, of: run.id)
            #expect(await world.promote("b") == line)
        }
    }

    @Test("jobs are asked for only after their run was a success")
    func jobNotAsked() async {
        let world = world([
            .workflow(WorkflowGate(workflow: WorkflowName("e2e.yml"), job: "e2e"))
        ])
        world.gate("e2e.yml", "b", .failure)
        #expect(await world.promote("b") == "reject b (gate-failed), exit 1")
        #expect(world.host.count(.jobs) == 0)
    }

    @Test("a check passes by its newest result, from the named app only")
    func check() async {
        func result(_ state: RunState, by app: String?, at seconds: Int64) -> CheckResult {
            CheckResult(
                name: "security/scan", app: app, state: state,
                at: Instant(millisecondsSinceEpoch: seconds * 1000))
        }
        for (results, line) in [
            ([], "hold b (gate-absent), exit 0"),
            ([result(.success, by: "scanner", at: 1)], "promote b, exit 0"),
            ([result(.success, by: "stranger", at: 1)], "hold b (gate-absent), exit 0"),
            ([result(.success, by: nil, at: 1)], "hold b (gate-absent), exit 0"),
            (
                [result(.success, by: "scanner", at: 2), result(.failure, by: "scanner", at: 1)],
                "promote b, exit 0"
            ),
            (
                [result(.success, by: "scanner", at: 1), result(.failure, by: "scanner", at: 2)],
                "reject b (gate-failed), exit 1"
            ),
            ([result(.pending, by: "scanner", at: 1)], "hold b (gate-running), exit 0"),
        ] {
            let world = world([.check(name: "security/scan", app: "scanner")])
            for result in results { world.host.check(result, at: .named("b")) }
            #expect(await world.promote("b") == line)
        }
    }

    @Test("an age gate holds until the build is old enough")
    func age() async {
        let world = world([.age(.seconds(1800))])
        #expect(await world.promote("b") == "hold b (gate-young), exit 0")
        world.clock.advance(by: .seconds(1199))
        #expect(await world.promote("b") == "hold b (gate-young), exit 0")
        world.clock.advance(by: .seconds(1))
        #expect(await world.promote("b") == "promote b, exit 0")
    }

    @Test("the build is judged like a gate")
    func build() async {
        let world = Scenario()
        world.ready("a")
        world.live("a")
        world.commit("b")
        world.publishSources("b")
        world.gate("e2e.yml", "b", .success)
        world.run(Scenario.buildWorkflow, "b", .inProgress)
        #expect(await world.promote("b") == "hold b (build-running), exit 0")
        world.rerun(Scenario.buildWorkflow, "b", .failure)
        #expect(await world.promote("b") == "reject b (build-failed), exit 1")
        #expect(world.live == "a a")
    }

    @Test("an absent build run passes if every source carries the commit's revision")
    func absentBuild() async {
        let world = Scenario()
        world.ready("a")
        world.live("a")
        world.commit("b")
        world.publishSources("b")
        world.gate("e2e.yml", "b", .success)
        #expect(await world.promote("b") == "promote b, exit 0")
    }

    @Test("every gate must pass, and every reason is told")
    func several() async {
        let world = world([
            Scenario.e2e, .check(name: "scan", app: nil),
            .workflow(WorkflowGate(workflow: WorkflowName("load.yml"))),
        ])
        world.gate("e2e.yml", "b", .success)
        world.gate("load.yml", "b", .failure)
        #expect(await world.promote("b") == "reject b (gate-absent, gate-failed), exit 1")
        #expect(world.reasons.map(\.subject) == ["scan", "load.yml"])
        #expect(world.receipts.last?.foremost?.subject == "load.yml")
    }
}
