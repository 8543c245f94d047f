package import PawlCore
import PawlHTTP
package import PawlPorts

extension GitHubHost {
    /// Tells a move by starting a workflow on the channel's branch; the inputs are filled in from
    /// the announcement. See `dispatch` for the rest.
    package func tell(
        _ announcement: Announcement, by workflow: WorkflowName, inputs: [Hook.Input],
        since moment: Instant, clock: Clock
    ) async throws(PortFailure) -> String {
        try await dispatch(
            workflow, on: announcement.branch,
            inputs: inputs.map { (name: $0.name, value: announcement.filled($0.template)) },
            mark: announcement.entry, since: moment, clock: clock)
    }

    /// Starts a workflow and gives the address of its run, once GitHub shows it. `since` is when
    /// this or an earlier attempt began.
    ///
    /// GitHub knows no key by which a repetition could be told. Where an earlier attempt or its
    /// answer was lost, only a run whose title bears `mark` is taken for the one that was to be
    /// started: a workflow titles its runs so by `run-name`. Without such a run it is started
    /// again: twice is what hooks are told to expect, never is not.
    package func dispatch(
        _ workflow: WorkflowName, on branch: BranchName, inputs: [(name: String, value: String)],
        mark: String, since moment: Instant, clock: Clock
    ) async throws(PortFailure) -> String {
        try await WorkflowDispatch(
            host: self, workflow: workflow, branch: branch, inputs: inputs,
            mark: inputs.contains { $0.value.contains(mark) } ? mark : nil, since: moment,
            clock: clock
        ).told()
    }
}

/// One workflow to be started.
struct WorkflowDispatch: Sendable {
    /// Own choice: a first attempt begins sooner than this after its beginning was written down.
    static let repeatedAfter = Duration.seconds(60)
    /// Own choice: GitHub lists a run some seconds after it was asked for.
    static let appearance = Duration.seconds(45)
    /// Own choice: first pause between two looks; doubled each time.
    static let pause = Duration.seconds(1)
    /// Own choice: longest pause between two looks.
    static let pauseMax = Duration.seconds(5)
    /// Own choice: requests to start it.
    static let attemptsMax = 2
    /// Own choice: GitHub's clock and those of runners are closer than this.
    static let skewMax = Duration.seconds(600)

    let host: GitHubHost
    let workflow: WorkflowName
    let branch: BranchName
    let inputs: [(name: String, value: String)]
    /// What the run's title bears; `nil` where the run is not told.
    let mark: String?
    let since: Instant
    let clock: Clock

    private enum Answer {
        case started(link: String)
        /// GitHub took it, and names no run.
        case taken
        /// GitHub does not know the question for the run's name.
        case withoutDetails
    }

    func told() async throws(PortFailure) -> String {
        let begin = clock.now()
        let before = try await runs(from: begin)
        if begin.since(since) >= Self.repeatedAfter,
            let run = oldest(before.filter { $0.createdAt >= since && isMarked($0) })
        {
            return words("was started before", run.link)
        }
        let known = Set(before.map(\.id))
        let call = try await self.call()
        var attempt = 1
        while true {
            let lost: PortFailure?
            do throws(PortFailure) {
                switch try await started(call) {
                case .started(let link): return words("started", link)
                case .taken, .withoutDetails: lost = nil
                }
            } catch {
                guard [.unreachable, .timedOut, .serverFailed].contains(error.code) else {
                    throw error
                }
                lost = error
            }
            // Without a mark there is nothing to wait for after a lost answer.
            if lost == nil || mark != nil,
                let run = try await appeared(
                    beyond: known, since: begin, marked: lost != nil)
            {
                return words("started", run.link)
            }
            guard let lost else {
                throw host.failure(
                    .missing, call,
                    "GitHub took it, but shows no run after \(Self.appearance.inWords)",
                    advice: "Look at the workflow's runs; start it by hand if there is none.")
            }
            guard attempt < Self.attemptsMax else { throw lost }
            attempt += 1
        }
    }

    /// With the question for the run's name, and without it where GitHub refuses the question.
    private func started(_ call: Call) async throws(PortFailure) -> Answer {
        let answer = try await sent(call, asksForRun: true)
        guard case .withoutDetails = answer else { return answer }
        return try await sent(call, asksForRun: false)
    }

    private func sent(_ call: Call, asksForRun: Bool) async throws(PortFailure) -> Answer {
        var call = call
        call.body = body(asksForRun: asksForRun)
        let response = try await host.answer(to: call)
        switch response.status {
        case 200:
            // Whatever stands in a 200, the run was started.
            let run = try? JSONBody.read(WireDispatched.self, from: response.body)
            return run.map { .started(link: $0.htmlURL) } ?? .taken
        case 201...204: return .taken
        case 400, 422:
            let message = GitHubHost.message(of: response) ?? ""
            if asksForRun, message.contains("return_run_details") { return .withoutDetails }
            let advice = advice(message)
            throw host.failure(.refused, call, host.answeredInFull(response), advice: advice)
        default: throw host.refusal(response, of: call)
        }
    }

    private func call() async throws(PortFailure) -> Call {
        if let file = workflow.fileName { return call(percentEncoded(file)) }
        let all = try await permitted { () throws(PortFailure) in try await host.listed(workflow) }
        let active = all.filter { $0.state == .active }
        guard active.count < 2, let one = active.first ?? all.first else {
            throw host.failure(
                .ambiguous, call(""), "\(active.count) workflows bear the name \(workflow)",
                advice: "Name the workflow by its file.")
        }
        return call("\(one.id)")
    }

    /// A dispatch is never repeated blindly: each one starts a run.
    private func call(_ address: String) -> Call {
        Call(
            what: "dispatch of \(OutsideText.line(workflow.text))",
            path: "/actions/workflows/\(address)/dispatches", permission: "actions: write",
            method: .post, isRepeatable: false)
    }

    private func body(asksForRun: Bool) -> [UInt8] {
        var members = [
            JSONValue.Member(key: "ref", value: .string(branch.text)),
            JSONValue.Member(
                key: "inputs",
                value: .object(
                    inputs.map { JSONValue.Member(key: $0.name, value: .string($0.value)) })),
        ]
        if asksForRun {
            members.append(JSONValue.Member(key: "return_run_details", value: .bool(true)))
        }
        return Array(JSONValue.object(members).text.utf8)
    }

    // MARK: Runs

    /// The runs of this workflow and branch that somebody asked for, as far back as an earlier
    /// attempt or a wrong clock could have put one.
    private func runs(from moment: Instant) async throws(PortFailure) -> [GateRun] {
        let first = min(since, moment + (.zero - Self.skewMax))
        return try await permitted { () throws(PortFailure) in
            try await host.runs(of: workflow, since: first)
        }.filter { $0.event == "workflow_dispatch" && $0.branch == branch.text && $0.isOwn }
    }

    private func isMarked(_ run: GateRun) -> Bool {
        mark.map { run.title?.contains($0) == true } ?? false
    }

    private func oldest(_ runs: [GateRun]) -> GateRun? { runs.min { $0.id < $1.id } }

    /// Looks until there is a run that was not there before; `marked`: one that is surely this
    /// one's.
    private func appeared(
        beyond known: Set<Int64>, since begin: Instant, marked: Bool
    ) async throws(PortFailure) -> GateRun? {
        var pause = Self.pause
        var waited = Duration.zero
        while true {
            let runs = try await runs(from: begin).filter { !known.contains($0.id) }
            if let run = oldest(runs.filter(isMarked)) ?? (marked ? nil : oldest(runs)) {
                return run
            }
            guard waited < Self.appearance else { return nil }
            do {
                try await clock.sleep(pause)
            } catch {
                throw PortFailure(
                    code: .timedOut, subject: "dispatch of \(OutsideText.line(workflow.text))",
                    detail: "the run ended while it waited for the workflow to start")
            }
            waited += pause
            pause = min(pause * 2, Self.pauseMax)
        }
    }

    /// Whoever may start a workflow may read its runs: one permission is named for both.
    private func permitted<Value>(
        _ look: () async throws(PortFailure) -> Value
    ) async throws(PortFailure) -> Value {
        do throws(PortFailure) {
            return try await look()
        } catch  where error.code == .denied {
            throw PortFailure(
                code: error.code, subject: error.subject, detail: error.detail,
                advice: "Give the token the permission actions: write. A workflow's job has it by "
                    + "`permissions: actions: write`.")
        }
    }

    // MARK: Words

    private func words(_ what: String, _ link: String) -> String {
        "\(what): \(OutsideText.line(link))"
    }

    private func advice(_ message: String) -> String {
        let message = message.lowercased()
        return if message.contains("does not have 'workflow_dispatch'") {
            "Let the workflow start on workflow_dispatch, in its file on the default branch."
        } else if message.contains("unexpected inputs") {
            "Declare these inputs under on.workflow_dispatch.inputs of the workflow, or take them "
                + "out of the hook."
        } else if message.contains("required input") || message.contains("not provided") {
            "Add the input to the hook, or give it a default in the workflow."
        } else if message.contains("disabled") {
            "Enable the workflow."
        } else if message.contains("no ref found") {
            "Check branch: in the policy."
        } else {
            "Check the hook's inputs against on.workflow_dispatch of the workflow."
        }
    }
}

/// What GitHub says of a workflow that was started.
private struct WireDispatched: Decodable {
    let htmlURL: String

    private enum CodingKeys: String, CodingKey {
        case htmlURL = "html_url"
    }
}
