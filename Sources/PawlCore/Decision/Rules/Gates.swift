// Rule 5: the build and every gate, one word of the table at a time.

/// `nil` where the policy names no build (`host: git`).
func buildFinding(_ candidate: Candidate, _ facts: Facts, _ policy: Policy) -> Finding? {
    guard let build = candidate.channel.build else { return nil }
    switch newestRun(of: build, candidate, facts, policy) {
    case .unreadable(let failure):
        return Finding(.build, .hold(unreadableRuns(build.text, failure)))
    case .seen(let run):
        return Finding(
            .build, build.text,
            judgement(of: run.state, subject: build.text, words: .build, cancelled: .hold),
            evidence: evidence(build.text, run), link: run.link)
    case .absent:
        if let inactive = inactiveWorkflow(build, facts) {
            return Finding(.build, .hold(inactive))
        }
        guard sourcesCarryRevision(candidate, facts) else {
            return Finding(
                .build,
                .hold(
                    Reason(
                        .buildAbsent, build.text,
                        "\(build) has no run for \(candidate.commit.short) that counts.")))
        }
        return Finding(
            .build, build.text, .pass,
            evidence: "\(build) has no run for \(candidate.commit.short); "
                + "every source image says that it was built from it.")
    }
}

func gateFinding(
    _ gate: Gate, _ candidate: Candidate, _ facts: Facts, _ policy: Policy
) -> Finding {
    switch gate {
    case .workflow(let gate): workflowFinding(gate, candidate, facts, policy)
    case .check(let name, let app): checkFinding(name, app, candidate, facts)
    case .age(let age): ageFinding(age, gate.name, candidate, facts, policy)
    }
}

private func workflowFinding(
    _ gate: WorkflowGate, _ candidate: Candidate, _ facts: Facts, _ policy: Policy
) -> Finding {
    let name = gate.workflow.text
    switch newestRun(of: gate.workflow, candidate, facts, policy, events: gate.events) {
    case .unreadable(let failure):
        return Finding(.gate, .hold(unreadableRuns(name, failure)))
    case .seen(let run):
        let judged = judgement(
            of: run.state, subject: name, words: .gate, cancelled: gate.cancelled)
        guard judged == .pass, let job = gate.job else {
            return Finding(
                .gate, name, judged, evidence: evidence(name, run), link: run.link)
        }
        return Finding(
            .gate, name, jobJudgement(job, of: name, facts.jobs[run.id] ?? .notAsked),
            evidence: evidence(name, run) + " Its job \(job) must be a success too.",
            link: run.link)
    case .absent:
        return absentFinding(gate, candidate, facts, policy)
    }
}

private func absentFinding(
    _ gate: WorkflowGate, _ candidate: Candidate, _ facts: Facts, _ policy: Policy
) -> Finding {
    let name = gate.workflow.text
    if let inactive = inactiveWorkflow(gate.workflow, facts) {
        return Finding(.gate, .hold(inactive))
    }
    let absence = "\(name) has no run for \(candidate.commit.short) that counts"
    switch gate.absent {
    case .pass:
        return Finding(
            .gate, name, .pass, evidence: "\(absence); the policy lets that pass (absent: pass).")
    case .hold:
        return Finding(
            .gate,
            .hold(
                Reason(
                    .gateAbsent, name, "\(absence); the policy waits for one (absent: hold).")))
    case .proven:
        return provenFinding(gate, candidate, facts, policy)
    }
}

private func inactiveWorkflow(_ workflow: WorkflowName, _ facts: Facts) -> Reason? {
    switch facts.workflows[workflow] ?? .notAsked {
    case .seen(.active):
        nil
    case .seen(.inactive(let word)):
        Reason(
            .gateInactive, workflow.text,
            "\(workflow) is \(word) at the host and cannot report.")
    case .absent:
        Reason(
            .gateInactive, workflow.text,
            "The repository has no workflow \(workflow).",
            advice: "Correct the name in the policy, or restore the workflow.")
    case .unreadable(let failure):
        unreadableRuns(workflow.text, failure)
    }
}

func jobJudgement(
    _ job: String, of gate: String, _ jobs: Fact<[Job]>
) -> Finding.Judgement {
    switch jobs {
    case .seen(let jobs):
        let named = jobs.filter { $0.name == job }
        guard !named.isEmpty else {
            return .hold(Reason(.gateSkipped, gate, "The run of \(gate) has no job \(job)."))
        }
        // A matrix may give several jobs one name: all of them must be a success.
        return worst(named.map { jobJudgement($0, of: gate) })
    case .absent:
        return .hold(Reason(.gateSkipped, gate, "The run of \(gate) has no jobs."))
    case .unreadable(let failure):
        return .hold(unreadableRuns(gate, failure))
    }
}

private func jobJudgement(_ job: Job, of gate: String) -> Finding.Judgement {
    switch job.state {
    case .success: .pass
    case .unknown(let word):
        .reject(
            Reason(
                .gateUnknown, gate,
                "Job \(job.name) of \(gate) is in a state that Pawl does not know: \(word)."))
    case let state where isRed(state):
        .reject(Reason(.gateFailed, gate, "Job \(job.name) of \(gate) ended in \(state)."))
    case let state:
        .hold(Reason(.gateSkipped, gate, "Job \(job.name) of \(gate) is \(state)."))
    }
}

/// Any reject wins over any hold, any hold over a pass.
private func worst(_ judgements: [Finding.Judgement]) -> Finding.Judgement {
    judgements.first { if case .reject = $0 { true } else { false } }
        ?? judgements.first { $0 != .pass } ?? .pass
}

private func checkFinding(
    _ name: String, _ app: String?, _ candidate: Candidate, _ facts: Facts
) -> Finding {
    switch facts.checks {
    case .unreadable(let failure):
        return Finding(.gate, .hold(unreadableRuns(name, failure)))
    case .absent:
        return Finding(.gate, .hold(absentCheck(name, candidate)))
    case .seen(let results):
        let counted = results.filter {
            $0.name == name && (app == nil || $0.app == app || $0.statedBy != nil)
        }
        guard let at = counted.map(\.at).max() else {
            return Finding(.gate, .hold(absentCheck(name, candidate)))
        }
        // Times have whole seconds: of several at the newest one, the worst is judged.
        let newest = counted.filter { $0.at == at }
        let judged = worst(
            newest.map { judgement(of: $0.state, subject: name, words: .gate, cancelled: .hold) })
        let states = newest.map { "\($0.state)" }.joined(separator: ", ")
        return Finding(
            .gate, name, judged,
            evidence: newest.first?.statedBy.map { "\(name) is \(states), as stated by \($0)." }
                ?? "\(name) is \(states), since \(at.timestamp).",
            link: newest.first?.link)
    }
}

private func absentCheck(_ name: String, _ candidate: Candidate) -> Reason {
    Reason(
        .gateAbsent, name, "Nothing has reported \(name) on \(candidate.commit.short).",
        advice: "Let \(name) report on this commit.")
}

private func ageFinding(
    _ age: Duration, _ name: String, _ candidate: Candidate, _ facts: Facts, _ policy: Policy
) -> Finding {
    let run: Fact<GateRun> =
        candidate.channel.build.map { newestRun(of: $0, candidate, facts, policy) } ?? .absent
    switch run {
    case .seen(let run) where run.state == .success:
        let passed = facts.now.since(run.updatedAt)
        let seen = "The build ended at \(run.updatedAt.timestamp)."
        guard passed >= age else {
            var reason = Reason(
                .gateYoung, name,
                "\(name): \(seen) It is old enough at \((run.updatedAt + age).timestamp).")
            reason.until = run.updatedAt + age
            return Finding(.gate, .hold(reason))
        }
        return Finding(.gate, name, .pass, evidence: seen, link: run.link)
    case .unreadable(let failure):
        return Finding(.gate, .hold(unreadableRuns(name, failure)))
    case .seen, .absent:
        return Finding(
            .gate,
            .hold(
                Reason(
                    .gateYoung, name, "There is no successful build whose age could be counted.")))
    }
}

func evidence(_ name: String, _ run: GateRun) -> String {
    if let actor = run.statedBy { return "\(name) is \(run.state), as stated by \(actor)." }
    return "\(name) is \(run.state): run \(run.id), attempt \(run.attempt), \(run.event), "
        + "updated \(run.updatedAt.timestamp)."
}

/// What a list of runs already says against a candidate. An empty answer says nothing: the list may
/// lack a run. It spares the questions about a candidate that cannot go, and lets none pass.
package func obstacles(
    for candidate: Candidate, in runs: [GateRun], under policy: Policy
) -> [Reason] {
    func obstacle(
        _ workflow: WorkflowName, _ events: [String], _ words: GateWords,
        _ cancelled: WorkflowGate.Cancelled
    ) -> Reason? {
        let newest = newestRun(
            of: workflow, at: candidate.commit, in: runs, on: policy.branch, events: events)
        return newest.flatMap { run in
            judgement(
                of: run.state, subject: workflow.text, words: words, cancelled: cancelled
            ).reason
        }
    }
    let build = candidate.channel.build.flatMap {
        obstacle($0, WorkflowGate.usualEvents, .build, .hold)
    }
    return (build.map { [$0] } ?? [])
        + candidate.channel.gates.compactMap { gate in
            guard case .workflow(let gate) = gate else { return nil }
            return obstacle(gate.workflow, gate.events, .gate, gate.cancelled)
        }
}
