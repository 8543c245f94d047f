// Rule 5, an absent gate: a path filter may have left the candidate out. That passes only by proof,
// and the verdict before it is inherited, red included.

/// `V`: the newest commit on the way whose newest counted run ended in a word that the table maps
/// to pass or reject. An unfinished run that is met first holds. Without any, what is live was let
/// through.
///
/// `way` has the commits that descend from what is live and lead to the candidate, newest first;
/// `runs` every run of the gate since the oldest of them.
package func origin(
    of gate: WorkflowGate, along way: [CommitID], in runs: [GateRun], on branch: BranchName,
    live: CommitID?
) -> Absence.Origin {
    for commit in way {
        let newest = newestRun(
            of: gate.workflow, at: commit, in: runs, on: branch, events: gate.events)
        guard let run = newest else { continue }
        if isUnfinished(run.state) { return .unfinished(run) }
        switch verdict(of: run, gate) {
        case .pass, .reject: return .verdict(run)
        case .warn, .settle, .hold: continue
        }
    }
    return live.map { .live($0) } ?? .none
}

private func verdict(of run: GateRun, _ gate: WorkflowGate) -> Finding.Judgement {
    judgement(
        of: run.state, subject: gate.workflow.text, words: .gate, cancelled: gate.cancelled)
}

func provenFinding(
    _ gate: WorkflowGate, _ candidate: Candidate, _ facts: Facts, _ policy: Policy
) -> Finding {
    let name = gate.workflow.text
    let absence = facts.absences[gate] ?? Absence(path: nil)
    let lacks = "\(name) has no run for \(candidate.commit.short) that counts"
    switch absence.origin {
    case .unreadable(let failure):
        return Finding(.gate, .hold(unreadableRuns(name, failure)))
    case .absent, .seen(.none):
        return absent(name, "\(lacks), nor for any commit before it.")
    case .seen(.outOfSight(let commit)):
        return absent(
            name,
            "\(lacks), and the newest commits of the branch do not show the whole way from "
                + "\(commit.short).")
    case .seen(.unfinished(let run)):
        return Finding(
            .gate,
            .hold(
                Reason(
                    .gateRunning, name,
                    "\(lacks); \(name) is \(run.state) for \(run.commit.short) before it.")),
            link: run.link)
    case .seen(.live(let live)):
        let proof = proof(gate, absence, from: live, candidate, policy)
        return proof.hold
            ?? Finding(
                .gate, name, .pass,
                evidence: "\(lacks), and none was due: \(proof.evidence) "
                    + "\(live.short) is live.")
    case .seen(.verdict(let run)):
        let proof = proof(gate, absence, from: run.commit, candidate, policy)
        return proof.hold ?? inherited(gate, run, facts, lacks, proof.evidence)
    }
}

/// The candidate has the verdict of the run, whatever that is.
private func inherited(
    _ gate: WorkflowGate, _ run: GateRun, _ facts: Facts, _ lacks: String, _ proof: String
) -> Finding {
    let name = gate.workflow.text
    let seen = evidence(name, run)
    var judged = verdict(of: run, gate)
    if judged == .pass, let job = gate.job {
        judged = jobJudgement(job, of: name, facts.jobs[run.id] ?? .notAsked)
    }
    if case .reject(let reason) = judged {
        judged = .reject(
            Reason(
                reason.code, name,
                "\(lacks), and nothing since \(run.commit.short) could have mended it: "
                    + reason.text,
                advice: reason.advice))
    }
    return Finding(
        .gate, name, judged,
        evidence: "\(lacks), and none was due: \(proof) At \(run.commit.short), \(seen)",
        link: run.link)
}

/// The proof for base..candidate: the gate's file is the same at both, its push trigger takes the
/// branch, and its path filter takes none of the changed files, by their old names or new.
private func proof(
    _ gate: WorkflowGate, _ absence: Absence, from base: CommitID, _ candidate: Candidate,
    _ policy: Policy
) -> (hold: Finding?, evidence: String) {
    let name = gate.workflow.text
    let range = "\(base.short)..\(candidate.commit.short)"
    // The run is the candidate's own: it was created after the runs at the candidate were read.
    guard base != candidate.commit else { return (nil, "the run is its own.") }
    guard let path = absence.path else {
        return (
            absent(
                name,
                "\(name) has no run for \(candidate.commit.short), and a display name does not "
                    + "say which file could prove that none was due.",
                advice: "Name the gate by its file in the policy."), ""
        )
    }
    let changes: ChangedFiles
    switch absence.changes {
    case .seen(let seen): changes = seen
    case .absent: return (absent(name, "What changed in \(range) is not known."), "")
    case .unreadable(let failure):
        return (Finding(.gate, .hold(unreadable(name, "What changed in \(range)", failure))), "")
    }
    guard !changes.paths.contains(path) else {
        let reason = Reason(
            .gateChanged, name,
            "\(path) was changed in \(range), so its filter proves nothing about the commits "
                + "before.", advice: "Run \(name) on this commit.")
        return (Finding(.gate, .hold(reason)), "")
    }
    switch absence.triggers {
    case .unreadable(let failure):
        return (Finding(.gate, .hold(unreadable(name, path, failure))), "")
    case .absent:
        return (neverRuns(name, "\(path) is not there at \(candidate.commit.short)."), "")
    case .seen(let triggers):
        return filtered(name, triggers.push, changes, range, policy.branch)
    }
}

private func filtered(
    _ name: String, _ push: PushTrigger, _ changes: ChangedFiles, _ range: String,
    _ branch: BranchName
) -> (hold: Finding?, evidence: String) {
    guard case .on(let branches, let paths) = push else {
        return (neverRuns(name, "\(name) has no push trigger."), "")
    }
    guard branches.takes(branch) else {
        return (neverRuns(name, "The push trigger of \(name) leaves \(branch) out."), "")
    }
    guard paths != .all else {
        return (
            absent(name, "\(name) starts on every push to \(branch), and has no run in \(range)."),
            ""
        )
    }
    if let file = changes.paths.first(where: { paths.takes($0) }) {
        return (
            absent(
                name,
                "\(file) was changed in \(range) and should have started \(name), which has "
                    + "no run."), ""
        )
    }
    guard changes.isWhole else {
        return (
            absent(
                name,
                "More files were changed in \(range) than the host lists "
                    + "(\(changes.files.count)), so it is not proved that no run was due."), ""
        )
    }
    return (
        nil,
        "its filter (\(paths)) takes none of the files changed in \(range) "
            + "(\(changes.files.count))."
    )
}

private func absent(_ name: String, _ text: String, advice: String? = nil) -> Finding {
    Finding(
        .gate,
        .hold(Reason(.gateAbsent, name, text, advice: advice ?? "Run \(name) on this commit.")))
}

private func neverRuns(_ name: String, _ text: String) -> Finding {
    Finding(
        .gate,
        .hold(
            Reason(
                .gateNeverRuns, name, text,
                advice: "Run \(name) on this commit, or give it a push trigger for the branch.")))
}

private func unreadable(_ name: String, _ what: String, _ failure: PortFailure) -> Reason {
    Reason(
        .gateUnreadable, name, "\(what) could not be read: \(failure.detail).",
        advice: failure.advice)
}
