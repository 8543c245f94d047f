// Rule 5, what it looks at: which runs count, and which of them is judged.

/// The newest run of a workflow that counts for the candidate: of this repository and not a fork,
/// on the channel's branch, of an event that counts, for exactly the commit.
package func newestRun(
    of workflow: WorkflowName, _ candidate: Candidate, _ facts: Facts, _ policy: Policy,
    events: [String] = WorkflowGate.usualEvents
) -> Fact<GateRun> {
    switch facts.runs {
    case .unreadable(let failure): return .unreadable(failure)
    case .absent: return .absent
    case .seen(let runs):
        let newest = newestRun(
            of: workflow, at: candidate.commit, in: runs, on: policy.branch, events: events)
        return newest.map { .seen($0) } ?? .absent
    }
}

/// The newest of these runs that counts for the commit.
func newestRun(
    of workflow: WorkflowName, at commit: CommitID, in runs: [GateRun], on branch: BranchName,
    events: [String]
) -> GateRun? {
    let counted = runs.filter { run in
        workflow.names(path: run.path, displayName: run.workflowName)
            && run.commit == commit && run.isOwn && run.branch == branch.text
            && (run.statedBy != nil || events.contains(run.event))
    }
    guard var newest = counted.first else { return nil }
    for run in counted.dropFirst() where run.isNewer(than: newest) { newest = run }
    return newest
}

/// The words that mean "this commit is bad".
package func isRed(_ state: RunState) -> Bool {
    switch state {
    case .failure, .timedOut, .startupFailure: true
    default: false
    }
}

/// The words that mean "ask again".
package func isUnfinished(_ state: RunState) -> Bool {
    switch state {
    case .queued, .requested, .waiting, .pending, .inProgress: true
    default: false
    }
}

func unreadableRuns(_ subject: String, _ failure: PortFailure) -> Reason {
    Reason(
        .gateUnreadable, subject,
        "The runs of \(subject) could not be read: \(failure.detail).", advice: failure.advice)
}
