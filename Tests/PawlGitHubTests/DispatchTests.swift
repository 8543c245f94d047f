import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlTesting
import Testing

private let deploy = WorkflowName("deploy.yml")

/// A GitHub whose `deploy.yml` can be dispatched with the input `sha`, by a clock of its own.
private struct DispatchStage {
    let stage: Stage
    let clock = ManualClock()

    init(
        _ answer: GitHubDouble.DispatchAnswer = .details, delay: Duration = .zero,
        token given: String? = token
    ) throws {
        stage = try Stage(token: given)
        github.commit(sha("1"))
        github.branch("main", at: sha("1"))
        github.dispatchable(
            "deploy.yml", name: "Deploy", inputs: ["sha", "key"], titledBy: "key")
        let clock = clock
        github.dispatching(answer, delay: delay, now: { clock.now })
    }

    var github: GitHubDouble { stage.github }

    func dispatch(
        _ workflow: WorkflowName = deploy, inputs: [(name: String, value: String)] = [],
        mark: String = "entry-1", since: Instant? = nil, by host: GitHubHost? = nil
    ) async throws(PortFailure) -> String {
        let branch: BranchName = wellFormed { try BranchName("main") }
        return try await (host ?? stage.host).dispatch(
            workflow, on: branch, inputs: inputs, mark: mark, since: since ?? clock.now,
            clock: clock.clock)
    }

    /// A host that repeats requests as the program does.
    var repeating: GitHubHost {
        get throws {
            try stage.host { RetryingExchange($0, clock: clock.clock, jitter: { 0.5 }) }
        }
    }

    /// A run that somebody started by hand, so long before the clock's present.
    @discardableResult
    func run(
        _ ago: Duration, event: String = "workflow_dispatch", branch: String = "main",
        title: String? = nil
    ) -> GitHubRun {
        let run = github.run(
            "deploy.yml", at: sha("1"), status: "queued", event: event, branch: branch,
            createdAt: clock.now + (.zero - ago))
        return github.change(run) { $0.title = title }
    }
}

@Suite("Starting a workflow", .timeLimit(.minutes(20)))
struct DispatchTests {
    @Test("The workflow gets its inputs on its branch, and the run's address is told")
    func started() async throws {
        let stage = try DispatchStage()
        let words = try await stage.dispatch(inputs: [("sha", "1a2b3c4 \"ü\"")])
        #expect(words == "started: https://github.example/acme/app/actions/runs/1002")
        #expect(
            stage.github.dispatches == [
                GitHubDispatch(
                    file: "deploy.yml", branch: "main", inputs: ["sha": "1a2b3c4 \"ü\""])
            ])
        #expect(stage.stage.lines.count == 2)
        #expect(stage.clock.slept.isEmpty)
    }

    @Test("An announcement fills the inputs in")
    func announcement() async throws {
        let stage = try DispatchStage()
        let movement = Movement(
            kind: .promote, commit: try commit("1"), previous: nil, images: [])
        let entry = Entry(
            id: "e1", at: stage.clock.now, by: "mona", reason: nil, key: LedgerContract.latest,
            event: .move(movement), after: nil, hash: nil)
        let told = try #require(
            Announcement(entry, tag: try Tag("latest"), branch: try BranchName("main")))
        _ = try await stage.stage.host.tell(
            told, by: deploy, inputs: [Hook.Input(name: "sha", template: "{short_sha}/{entry}")],
            since: stage.clock.now, clock: stage.clock.clock)
        #expect(stage.github.dispatches.map(\.inputs) == [["sha": "1000000/e1"]])
    }

    @Test(
        "Where GitHub names no run, the run is waited for",
        arguments: [
            GitHubDouble.DispatchAnswer.bare, .refusesDetails,
        ])
    func waited(answer: GitHubDouble.DispatchAnswer) async throws {
        let stage = try DispatchStage(answer, delay: .seconds(8))
        // Older ones, of which none is the one asked for.
        stage.run(.seconds(5))
        stage.run(.seconds(500))
        let words = try await stage.dispatch()
        #expect(words == "started: https://github.example/acme/app/actions/runs/1004")
        #expect(stage.github.dispatches.count == 1)
        #expect(stage.clock.slept == [1, 2, 4, 5].map { .seconds($0) })
    }

    @Test("A run of another event or branch that appears meanwhile is not the one asked for")
    func others() async throws {
        let stage = try DispatchStage(.bare, delay: .seconds(8))
        stage.clock.after(.seconds(1)) { stage.run(.zero, event: "push") }
        stage.clock.after(.seconds(2)) { stage.run(.zero, branch: "side") }
        let words = try await stage.dispatch()
        #expect(words.hasSuffix("/1002"))
        #expect(stage.clock.slept.count == 4)
    }

    @Test("A run that never appears is a failure that says what GitHub answered")
    func swallowed() async throws {
        let stage = try DispatchStage(.swallows)
        let failed = await failure { try await stage.dispatch() }
        #expect(failed?.code == .missing)
        #expect(failed?.subject == "dispatch of deploy.yml in acme/app at localhost")
        #expect(failed?.detail == "GitHub took it, but shows no run after 45s")
        #expect(stage.github.dispatches.count == 1)
    }

    @Test("What an earlier run may have started is looked for before anything is sent")
    func earlier() async throws {
        let stage = try DispatchStage()
        stage.run(.seconds(295), title: "Deploy entry-0")
        let first = stage.run(.seconds(290), title: "Deploy entry-1")
        stage.run(.seconds(100), title: "Deploy entry-1")
        let words = try await stage.dispatch(
            inputs: [("key", "entry-1")], since: stage.clock.now + .seconds(-300))
        #expect(words.hasSuffix("/\(first.id)"))
        #expect(words.hasPrefix("was started before"))
        #expect(stage.github.dispatches.isEmpty)
        #expect(stage.stage.lines.count == 1)
    }

    @Test("Runs of before that time, of others, events and branches are no reason not to start it")
    func notEarlier() async throws {
        let stage = try DispatchStage()
        let mine = "Deploy entry-1"
        stage.run(.seconds(301), title: mine)
        stage.run(.seconds(200), event: "push", title: mine)
        stage.run(.seconds(200), branch: "side", title: mine)
        // Started by hand, for another entry, or with the same words and no key among the inputs.
        stage.run(.seconds(200))
        stage.run(.seconds(200), title: "Deploy entry-2")
        let since = stage.clock.now + .seconds(-300)
        _ = try await stage.dispatch(inputs: [("key", "entry-1")], since: since)
        #expect(stage.github.dispatches.count == 1)
        stage.run(.seconds(200), title: mine)
        _ = try await stage.dispatch(inputs: [("sha", "1")], since: since)
        #expect(stage.github.dispatches.count == 2)
    }

    @Test("The first attempt starts it, whatever ran a moment ago by a clock that is off")
    func firstAttempt() async throws {
        let stage = try DispatchStage()
        stage.run(.seconds(-30))
        stage.run(.zero)
        _ = try await stage.dispatch(since: stage.clock.now + .seconds(-5))
        #expect(stage.github.dispatches.count == 1)
    }

    @Test("A lost answer is looked after: the run is there, and no second one is started")
    func lostAnswer() async throws {
        let stage = try DispatchStage(delay: .seconds(6))
        stage.github.fault(
            .changed { _ in CannedResponse(status: 200, ending: .dropsBeforeAnswer) },
            on: "dispatches", times: 1)
        // Somebody else's appears sooner.
        stage.clock.after(.seconds(1)) { stage.run(.zero, title: "by hand") }
        let words = try await stage.dispatch(
            inputs: [("key", "entry-1")], by: try stage.repeating)
        #expect(words == "started: https://github.example/acme/app/actions/runs/1002")
        #expect(stage.github.dispatches.count == 1)
    }

    @Test("After a lost answer another's run is not believed: it is started again")
    func lostWithoutMark() async throws {
        for inputs in [[("sha", "1")], [("key", "entry-1")]] {
            let stage = try DispatchStage()
            stage.github.fault(.dropped, on: "dispatches", times: 1)
            stage.clock.after(.seconds(1)) { stage.run(.zero, title: "by hand") }
            _ = try await stage.dispatch(
                inputs: inputs.map { (name: $0.0, value: $0.1) }, by: try stage.repeating)
            #expect(stage.github.dispatches.map(\.inputs) == [[inputs[0].0: inputs[0].1]])
        }
    }

    @Test("A request that came to nothing is sent again, once", arguments: [500, 502, 0])
    func again(status: Int) async throws {
        let stage = try DispatchStage()
        let fault = status == 0 ? GitHubFault.dropped : .error(status, "Oops")
        stage.github.fault(fault, on: "dispatches", times: 1)
        _ = try await stage.dispatch(by: try stage.repeating)
        #expect(stage.github.dispatches.count == 1)
        stage.github.fault(fault, on: "dispatches")
        let failed = await failure { try await stage.dispatch(by: try stage.repeating) }
        #expect(failed?.code == (status == 0 ? .unreachable : .serverFailed))
        #expect(stage.stage.lines.count { $0.hasPrefix("POST") } == 4)
    }

    @Test("Where the runs cannot be looked at after a lost answer, nothing more is sent")
    func blind() async throws {
        let stage = try DispatchStage()
        stage.github.fault(.dropped, on: "dispatches")
        stage.clock.after(.seconds(2)) { stage.github.fault(.html(), on: "/runs") }
        let failed = await failure { try await stage.dispatch(inputs: [("key", "entry-1")]) }
        #expect(failed?.code == .garbled)
        #expect(stage.stage.lines.count { $0.hasPrefix("POST") } == 1)
    }

    @Test("What GitHub refuses is told with what to do")
    func refused() async throws {
        let stage = try DispatchStage()
        let strange = await failure { try await stage.dispatch(inputs: [("tag", "x")]) }
        #expect(strange?.code == .refused)
        #expect(
            strange?.detail == "GitHub answered 422 (Unexpected inputs provided: [\"tag\"])")
        #expect(strange?.advice?.contains("on.workflow_dispatch.inputs") == true)

        stage.github.workflow("lint.yml")
        let deaf = await failure { try await stage.dispatch(WorkflowName("lint.yml")) }
        #expect(deaf?.code == .refused)
        #expect(deaf?.advice?.contains("start on workflow_dispatch") == true)

        stage.github.workflow("deploy.yml", state: "disabled_manually")
        let off = await failure { try await stage.dispatch() }
        #expect(off?.code == .refused)
        #expect(off?.advice == "Enable the workflow.")

        stage.github.workflow("deploy.yml")
        stage.github.branch("main", at: nil)
        let away = await failure { try await stage.dispatch() }
        #expect(away?.code == .refused)
        #expect(away?.advice == "Check branch: in the policy.")
        #expect(stage.github.dispatches.isEmpty)
    }

    @Test("A workflow that is not there is named, and nothing is sent")
    func unknown() async throws {
        let stage = try DispatchStage()
        for name in ["gone.yml", "Gone"] {
            let failed = await failure { try await stage.dispatch(WorkflowName(name)) }
            #expect(failed?.code == .missing)
            #expect(failed?.detail.contains("has no workflow of that name") == true)
        }
        #expect(stage.stage.lines.allSatisfy { $0.hasPrefix("GET") })
    }

    @Test("A display name is resolved; of two that bear it none is started")
    func displayName() async throws {
        let stage = try DispatchStage()
        stage.github.dispatchable("old.yml", name: "Deploy")
        stage.github.workflow("old.yml", state: "disabled_manually")
        _ = try await stage.dispatch(WorkflowName("Deploy"))
        #expect(stage.github.dispatches.map(\.file) == ["deploy.yml"])
        stage.github.workflow("old.yml")
        let failed = await failure { try await stage.dispatch(WorkflowName("Deploy")) }
        #expect(failed?.code == .ambiguous)
        #expect(stage.github.dispatches.count == 1)
    }

    @Test("A token that may not start workflows is told so, as a job gets the right")
    func denied() async throws {
        for permission in ["actions: write", "actions"] {
            let stage = try DispatchStage()
            stage.github.revoke(permission)
            let failed = await failure { try await stage.dispatch() }
            #expect(failed?.code == .denied)
            #expect(
                failed?.advice
                    == "Give the token the permission actions: write. A workflow's job has it by "
                    + "`permissions: actions: write`.")
        }
        let stage = try DispatchStage()
        stage.github.fault(.error(404, "Not Found"), on: "dispatches")
        #expect(await failure { try await stage.dispatch() }?.code == .denied)
    }

    @Test("A rate limit, and an answer that is none, are no start")
    func trouble() async throws {
        for (fault, code) in [
            (GitHubFault.secondaryLimit(retryAfter: 90), PortFailure.Code.throttled),
            (.html(), .missing), (.answer(.json("{}")), .missing), (.html(302), .garbled),
            (.answer(CannedResponse(status: 304)), .garbled),
        ] {
            let stage = try DispatchStage()
            stage.github.fault(fault, on: "dispatches")
            #expect(await failure { try await stage.dispatch() }?.code == code)
        }
    }
}
