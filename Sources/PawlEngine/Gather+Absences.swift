import PawlCore
import PawlPorts

// What could prove that a gate without a counted run was not due. Asked only of such gates, and
// only where the policy wants a proof.

extension Gather {
    func askAboutAbsences(
        _ candidate: Candidate, _ facts: inout Facts, _ log: Fact<CommitGraph>
    ) async {
        let gates = candidate.channel.gates.compactMap { gate -> WorkflowGate? in
            guard case .workflow(let gate) = gate, gate.absent == .proven,
                newestRun(of: gate.workflow, candidate, facts, policy, events: gate.events)
                    == .absent
            else { return nil }
            return gate
        }
        guard !gates.isEmpty else { return }
        let live = await oldestLive(facts.images, log.value)
        facts.absences = await answers(to: gates) { gate in
            await absence(of: gate, for: candidate, live, log)
        }
        await askAboutJobs(&facts)
    }

    private func absence(
        of gate: WorkflowGate, for candidate: Candidate, _ live: Fact<CommitID>,
        _ log: Fact<CommitGraph>
    ) async -> Absence {
        let path = gate.workflow.filePath
        async let triggers = triggers(at: path, of: candidate.commit)
        var absence = Absence(path: path)
        absence.origin = await origin(of: gate, for: candidate, live, log)
        if let base = absence.origin.value?.base {
            absence.changes = await Fact.asking {
                try await ports.history.changes(from: base, to: candidate.commit)
            }
        }
        absence.triggers = await triggers
        return absence
    }

    private func triggers(at path: String?, of commit: CommitID) async -> Fact<WorkflowTriggers> {
        guard let path else { return .notAsked }
        return await Fact.asking {
            guard let bytes = try await ports.history.file(at: path, of: commit) else { return nil }
            return try ports.workflows.triggers(bytes)
        }
    }

    /// One list of the gate's runs serves every commit on the way.
    private func origin(
        of gate: WorkflowGate, for candidate: Candidate, _ live: Fact<CommitID>,
        _ log: Fact<CommitGraph>
    ) async -> Fact<Absence.Origin> {
        if let failure = live.failure ?? log.failure { return .unreadable(failure) }
        guard let graph = log.value,
            let way = graph.way(from: live.value, to: candidate.commit)
        else { return .seen(.outOfSight(live.value ?? candidate.commit)) }
        let since = graph.oldestTime(of: way)?.earlier(by: Limits.clockSkewMax)
        return await Fact.asking {
            let runs =
                way.isEmpty
                ? [] : try await ports.runs.runs(of: gate.workflow, since: since)
            return PawlCore.origin(
                of: gate, along: way, in: runs, on: policy.branch, live: live.value)
        }
    }

    /// The oldest commit that the whole group is live at; `absent` if a member is nowhere, or where
    /// nobody knows: for that one, nothing was let through.
    private func oldestLive(
        _ images: [Facts.ImageFacts], _ graph: CommitGraph?
    ) async -> Fact<CommitID> {
        var oldest: CommitID?
        for image in images {
            switch image.live {
            case .absent: return .absent
            case .unreadable(let failure):
                return image.target == .absent ? .absent : .unreadable(failure)
            case .seen(let live):
                guard let known = oldest, known != live else {
                    oldest = live
                    continue
                }
                switch await ancestry(of: live, from: known, graph) {
                case .seen(.behind): oldest = live
                case .seen(.ahead), .seen(.identical): continue
                case .seen(.diverged), .absent, .unreadable:
                    return .unreadable(
                        PortFailure(
                            code: .ambiguous, subject: "what is live",
                            detail: "the oldest commit that the group is live at cannot be told"))
                }
            }
        }
        return oldest.map { .seen($0) } ?? .absent
    }

    /// A `job:` gate asks the run that the verdict would come from, too.
    private func askAboutJobs(_ facts: inout Facts) async {
        let runs = facts.absences.compactMap { gate, absence -> GateRun? in
            guard gate.job != nil, case .seen(.verdict(let run)) = absence.origin,
                run.state == .success, facts.jobs[run.id] == nil
            else { return nil }
            return run
        }
        let jobs = await answers(to: runs) { run in
            await Fact.asking { try await ports.runs.jobs(of: run) }
        }
        for (run, answer) in jobs { facts.jobs[run.id] = answer }
    }
}
