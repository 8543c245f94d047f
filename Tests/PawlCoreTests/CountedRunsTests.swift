import PawlCore
import PawlTesting
import Testing

@Suite("Runs that count")
struct CountedRunsTests {
    private func newest(
        _ runs: [GateRun], events: [String] = WorkflowGate.usualEvents
    ) -> Fact<GateRun> {
        var judging = Judging()
        judging.facts.runs = .seen(runs)
        return newestRun(
            of: WorkflowName(Judging.gate), judging.candidate, judging.facts, judging.policy,
            events: events)
    }

    private func run(_ change: (inout GateRun) -> Void = { _ in }) -> GateRun {
        var run = Judging.run(Judging.gate, .success)
        change(&run)
        return run
    }

    @Test("push, schedule and workflow_dispatch count; nothing else unless the policy says so")
    func events() {
        for event in ["push", "schedule", "workflow_dispatch"] {
            #expect(newest([run { $0.event = event }]).value?.event == event)
        }
        for event in [
            "pull_request", "pull_request_target", "workflow_run", "repository_dispatch",
            "merge_group", "PUSH", "",
        ] {
            #expect(newest([run { $0.event = event }]) == .absent)
        }
        #expect(newest([run { $0.event = "merge_group" }], events: ["merge_group"]).value != nil)
        #expect(newest([run()], events: ["merge_group"]) == .absent)
    }

    @Test("a fork's run never counts, even on a branch of the same name")
    func forks() {
        #expect(newest([run { $0.headRepositoryID = 2 }]) == .absent)
        #expect(newest([run { $0.headRepositoryID = nil }]) == .absent)
    }

    @Test("another branch, another commit, another workflow or no branch do not count")
    func others() {
        #expect(newest([run { $0.branch = "feature" }]) == .absent)
        #expect(newest([run { $0.branch = "Main" }]) == .absent)
        #expect(newest([run { $0.branch = nil }]) == .absent)
        #expect(newest([run { $0.commit = .named("other") }]) == .absent)
        #expect(newest([run { $0.path = ".github/workflows/other.yml" }]) == .absent)
        #expect(newest([]) == .absent)
    }

    @Test("the newest by creation is judged, wherever it stands in the list")
    func creation() {
        let old = run {
            $0.id = 9; $0.createdAt = Instant(millisecondsSinceEpoch: 1)
        }
        let new = run {
            $0.id = 3; $0.createdAt = Instant(millisecondsSinceEpoch: 2)
        }
        #expect(newest([old, new]).value?.id == 3)
        #expect(newest([new, old]).value?.id == 3)
    }

    @Test("an old run changed lately is still the old one")
    func updateDoesNotMakeNew() {
        let old = run {
            $0.id = 1
            $0.attempt = 3
            $0.updatedAt = Instant(millisecondsSinceEpoch: 9_000)
        }
        let new = run {
            $0.id = 2; $0.createdAt = Instant(millisecondsSinceEpoch: 2_000)
        }
        #expect(newest([old, new]).value?.id == 2)
    }

    @Test("of one run the newest attempt is judged, of one attempt the record updated last")
    func attempts() {
        let first = run { $0.state = .failure }
        let second = run {
            $0.attempt = 2; $0.state = .inProgress
        }
        #expect(newest([second, first]).value?.state == .inProgress)
        #expect(newest([first, second]).value?.state == .inProgress)
        let later = run {
            $0.attempt = 2
            $0.state = .success
            $0.updatedAt = Instant(millisecondsSinceEpoch: 2_000)
        }
        #expect(newest([later, second, first]).value?.state == .success)
        #expect(newest([first, second, later]).value?.state == .success)
    }

    @Test("unreadable stays unreadable, absent stays absent")
    func facts() {
        var judging = Judging()
        judging.facts.runs = .unreadable(unread)
        let name = WorkflowName(Judging.gate)
        #expect(
            newestRun(of: name, judging.candidate, judging.facts, judging.policy)
                == .unreadable(unread))
        judging.facts.runs = .absent
        #expect(newestRun(of: name, judging.candidate, judging.facts, judging.policy) == .absent)
    }

    @Test("of a check's results the newest counts, of the named app")
    func checks() {
        func result(_ name: String, _ app: String?, _ state: RunState, _ at: Int64) -> CheckResult {
            CheckResult(
                name: name, app: app, state: state, at: Instant(millisecondsSinceEpoch: at))
        }
        var judging = Judging(gates: [.check(name: "scan", app: "scanner")])
        for (results, line) in [
            (
                [result("scan", "scanner", .success, 2), result("scan", "scanner", .failure, 1)],
                "promote"
            ),
            (
                [result("scan", "scanner", .failure, 2), result("scan", "scanner", .success, 1)],
                "reject (gate-failed)"
            ),
            ([result("scan", "stranger", .success, 1)], "hold (gate-absent)"),
            ([result("scan", nil, .success, 1)], "hold (gate-absent)"),
            ([result("other", "scanner", .success, 1)], "hold (gate-absent)"),
            (
                [result("scan", "scanner", .success, 1), result("scan", "stranger", .failure, 2)],
                "promote"
            ),
            ([], "hold (gate-absent)"),
        ] {
            judging.facts.checks = .seen(results)
            #expect(judging.line == line)
        }
        judging.facts.checks = .unreadable(unread)
        #expect(judging.line == "hold (gate-unreadable)")
        judging.facts.checks = .absent
        #expect(judging.line == "hold (gate-absent)")
    }
}
