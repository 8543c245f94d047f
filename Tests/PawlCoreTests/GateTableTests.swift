import PawlCore
import PawlTesting
import Testing

/// Rule 5's table, row by row, written from the contract.
@Suite("The table of rule 5")
struct GateTableTests {
    static let rows: [(RunState, gate: String, build: String)] = [
        (.success, "promote", "promote"),
        (.failure, "reject (gate-failed)", "reject (build-failed)"),
        (.timedOut, "reject (gate-failed)", "reject (build-failed)"),
        (.startupFailure, "reject (gate-failed)", "reject (build-failed)"),
        (.cancelled, "hold (gate-cancelled)", "hold (gate-cancelled)"),
        (.skipped, "hold (gate-skipped)", "hold (gate-skipped)"),
        (.neutral, "hold (gate-skipped)", "hold (gate-skipped)"),
        (.stale, "hold (gate-skipped)", "hold (gate-skipped)"),
        (.actionRequired, "hold (gate-skipped)", "hold (gate-skipped)"),
        (.queued, "hold (gate-running)", "hold (build-running)"),
        (.requested, "hold (gate-running)", "hold (build-running)"),
        (.waiting, "hold (gate-running)", "hold (build-running)"),
        (.pending, "hold (gate-running)", "hold (build-running)"),
        (.inProgress, "hold (gate-running)", "hold (build-running)"),
        (.unknown("evaporated"), "reject (gate-unknown)", "reject (gate-unknown)"),
        (.unknown(""), "reject (gate-unknown)", "reject (gate-unknown)"),
    ]

    @Test("a gate's run", arguments: rows)
    func gate(state: RunState, gate: String, build: String) {
        var judging = Judging()
        judging.facts.runs = .seen([
            Judging.run(Judging.build, .success), Judging.run(Judging.gate, state),
        ])
        #expect(judging.line == gate)
    }

    @Test("the build's run", arguments: rows)
    func build(state: RunState, gate: String, build: String) {
        var judging = Judging()
        judging.facts.runs = .seen([
            Judging.run(Judging.build, state), Judging.run(Judging.gate, .success),
        ])
        #expect(judging.line == build)
    }

    @Test("a check's result", arguments: rows)
    func check(state: RunState, gate: String, build: String) {
        var judging = Judging(gates: [.check(name: "scan", app: nil)])
        judging.facts.checks = .seen([
            CheckResult(
                name: "scan", app: nil, state: state, at: Instant(millisecondsSinceEpoch: 1))
        ])
        #expect(judging.line == gate)
    }

    @Test("every known state is in the table")
    func whole() {
        #expect(Set(RunState.known).isSubset(of: Self.rows.map(\.0)))
    }

    @Test("an unknown word is named, and the run is linked")
    func unknownIsNamed() {
        var judging = Judging()
        var run = Judging.run(Judging.gate, .unknown("evaporated"))
        run.link = "https://ci.example/runs/2"
        judging.facts.runs = .seen([Judging.run(Judging.build, .success), run])
        let decision = judging.decided()
        #expect(decision.verdict.reasons.first?.text.contains("evaporated") == true)
        #expect(decision.findings.first { $0.rule == .gate }?.link == "https://ci.example/runs/2")
    }

    @Test("cancelled: reject makes a cancelled gate red, and nothing else")
    func cancelled() {
        for (state, gate, _) in Self.rows {
            var judging = Judging(gates: [Judging.e2e(cancelled: .reject)])
            judging.facts.runs = .seen([
                Judging.run(Judging.build, .success), Judging.run(Judging.gate, state),
            ])
            #expect(judging.line == (state == .cancelled ? "reject (gate-cancelled)" : gate))
        }
    }

    @Test("unreadable runs hold, whatever the policy says of absence")
    func unreadable() {
        for absent in WorkflowGate.Absent.allCases {
            var judging = Judging(gates: [Judging.e2e(absent)])
            judging.facts.runs = .unreadable(unread)
            #expect(judging.line == "hold (gate-unreadable, gate-unreadable)")
        }
    }

    @Test("absent: only an active workflow may be absent, and without a proof only pass passes")
    func absent() {
        let states: [(Fact<WorkflowState>?, String)] = [
            (.seen(.active), ""), (.seen(.inactive("deleted")), "hold (gate-inactive)"),
            (.absent, "hold (gate-inactive)"), (.unreadable(unread), "hold (gate-unreadable)"),
            (nil, "hold (gate-unreadable)"),
        ]
        for absent in WorkflowGate.Absent.allCases {
            for (state, line) in states {
                var judging = Judging(gates: [Judging.e2e(absent)])
                judging.facts.runs = .seen([Judging.run(Judging.build, .success)])
                judging.facts.workflows[WorkflowName(Judging.gate)] = state
                let active =
                    switch absent {
                    case .pass: "promote"
                    case .hold: "hold (gate-absent)"
                    case .proven: "hold (gate-unreadable)"
                    }
                #expect(judging.line == (line.isEmpty ? active : line))
            }
        }
    }

    @Test("a job that is asked for must be a success too", arguments: rows)
    func job(state: RunState, gate: String, build: String) {
        var judging = Judging(gates: [Judging.e2e(job: "e2e")])
        judging.facts.jobs[2] = .seen([
            Job(name: "lint", state: .success), Job(name: "e2e", state: state),
        ])
        let red: [RunState] = [.failure, .timedOut, .startupFailure]
        let expected =
            switch state {
            case .success: "promote"
            case .unknown: "reject (gate-unknown)"
            default: red.contains(state) ? "reject (gate-failed)" : "hold (gate-skipped)"
            }
        #expect(judging.line == expected)
    }

    @Test("a missing job holds; unreadable jobs hold")
    func missingJob() {
        var judging = Judging(gates: [Judging.e2e(job: "e2e")])
        for (jobs, line) in [
            (Fact.seen([]), "hold (gate-skipped)"), (.absent, "hold (gate-skipped)"),
            (.seen([Job(name: "E2E", state: .success)]), "hold (gate-skipped)"),
            (.unreadable(unread), "hold (gate-unreadable)"),
        ] as [(Fact<[Job]>, String)] {
            judging.facts.jobs[2] = jobs
            #expect(judging.line == line)
        }
        judging.facts.jobs = [:]
        #expect(judging.line == "hold (gate-unreadable)")
    }

    @Test("an absent build passes only if every source carries the commit")
    func absentBuild() {
        var judging = Judging()
        judging.facts.runs = .seen([Judging.run(Judging.gate, .success)])
        judging.facts.workflows[WorkflowName(Judging.build)] = .seen(.active)
        #expect(judging.line == "promote")
        judging.facts.images[1].sourceRevision = .unreadable(unread)
        #expect(judging.line == "hold (registry-unreadable, build-absent)")
        judging.facts.images[1].source = .absent
        #expect(judging.line == "hold (build-absent)")
    }

    @Test("age counts from the end of the newest successful build")
    func age() {
        var judging = Judging(gates: [.age(.seconds(1800))])
        let built = Judging.run(Judging.build, .success, created: 5_000)
        judging.facts.runs = .seen([built])
        judging.facts.now = built.updatedAt + .milliseconds(1_799_999)
        #expect(judging.line == "hold (gate-young)")
        judging.facts.now = built.updatedAt + .milliseconds(1_800_000)
        #expect(judging.line == "promote")
        judging.facts.now = Instant(millisecondsSinceEpoch: 0)
        #expect(judging.line == "hold (gate-young)")
        judging.facts.runs = .unreadable(unread)
        #expect(judging.line == "hold (gate-unreadable, gate-unreadable)")
    }
}
