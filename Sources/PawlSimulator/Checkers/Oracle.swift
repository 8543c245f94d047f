import PawlCore

/// The contract's rules about gates and sources, written a second time and apart from the product:
/// over numbers instead of names, over what was so instead of what was read.
struct Oracle: Sendable {
    /// What a gate comes to.
    enum Standing: Hashable, Sendable { case green, red, waits }

    let trace: Trace
    var shape: Shape { trace.shape }
    var chart: Chart { trace.chart }
    var truth: Truth { trace.truth }

    // MARK: Runs

    /// The newest run that counts, as it stood when a record was about to happen.
    func newestRun(of workflow: Workflow, at slot: Slot, before place: Int) -> Run? {
        truth.runs.filter { $0.workflow == workflow && $0.slot == slot && $0.decoy == nil }
            .compactMap { line in line.states.value(before: place).map { (line.createdAt, $0) } }
            .max { ($0.0, $0.1.id) < ($1.0, $1.1.id) }?.1
    }

    /// The table: each word of the host.
    func standing(
        of state: RunState, cancelled: WorkflowGate.Cancelled
    ) -> Standing {
        switch state {
        case .success: .green
        case .failure, .timedOut, .startupFailure, .unknown: .red
        case .cancelled: cancelled == .reject ? .red : .waits
        default: .waits
        }
    }

    // MARK: Gates

    /// What a gate comes to for a commit, where the channel is let through up to `live`.
    func standing(
        of gate: Shape.GateShape, for slot: Slot, live: Slot?, before place: Int, at moment: Int64
    ) -> Standing {
        switch gate {
        case .workflow(let workflow, let absent, let cancelled, let byJob):
            if let run = newestRun(of: workflow, at: slot, before: place) {
                return standing(of: run, cancelled, byJob: byJob)
            }
            let isActive = truth.active[workflow.rawValue].value(before: place) ?? true
            guard isActive else { return .waits }
            switch absent {
            case .pass: return .green
            case .hold: return .waits
            case .proven:
                return inherited(
                    workflow, cancelled, byJob: byJob, by: slot, live: live, before: place)
            }
        case .check:
            return truth.checks[slot].value(before: place).map {
                standing(of: $0, cancelled: .hold)
            } ?? .waits
        case .age(let minutes):
            guard let build = newestRun(of: .publish, at: slot, before: place),
                build.state == .success, let since = lastChange(of: build, before: place)
            else { return .waits }
            return since + Int64(minutes) * 60_000 <= moment ? .green : .waits
        }
    }

    private func standing(
        of run: Run, _ cancelled: WorkflowGate.Cancelled, byJob: Bool
    ) -> Standing {
        let own = standing(of: run.state, cancelled: cancelled)
        guard own == .green, byJob else { return own }
        return run.job == .success ? .green : standing(of: run.job, cancelled: .hold)
    }

    private func lastChange(of run: Run, before place: Int) -> Int64? {
        truth.runs.first { $0.id == run.id }?.states.points.last { $0.place < place }?.at
    }

    /// `absent: proven`. Red is inherited, and so is green, where nothing that changed since could
    /// have started the gate.
    private func inherited(
        _ workflow: Workflow, _ cancelled: WorkflowGate.Cancelled, byJob: Bool, by slot: Slot,
        live: Slot?, before place: Int
    ) -> Standing {
        let way = chart.log(from: slot).map(\.slot).filter { commit in
            live.map { $0 != commit && chart.isAtOrBelow($0, commit) } ?? true
        }
        for commit in way {
            guard let run = newestRun(of: workflow, at: commit, before: place) else { continue }
            if [.queued, .inProgress].contains(run.state) { return .waits }
            let verdict = standing(of: run.state, cancelled: cancelled)
            guard verdict != .waits else { continue }
            guard isUnconcerned(workflow, from: commit, to: slot) else { return .waits }
            return standing(of: run, cancelled, byJob: byJob)
        }
        guard let live, isUnconcerned(workflow, from: live, to: slot) else { return .waits }
        return .green
    }

    /// Whether nothing between two commits could have started the workflow.
    private func isUnconcerned(_ workflow: Workflow, from base: Slot, to slot: Slot) -> Bool {
        guard base != slot else { return true }
        guard let before = chart[base]?.tree, let after = chart[slot]?.tree,
            before.versions[workflow.path] == after.versions[workflow.path],
            after.versions[workflow.path] > 0
        else { return false }
        let filter = workflow.filter(at: after.versions[workflow.path])
        guard filter != .every, filter != .never else { return false }
        let files = after.changes(from: before)
        guard files.count <= shape.listedFiles else { return false }
        return !files.contains { file in
            filter.takes(file.path) || file.previousPath.map(filter.takes) ?? false
        }
    }

    // MARK: The build and its images

    /// Whether the build lets a commit pass whose images say what they should.
    func buildStands(for slot: Slot, before place: Int) -> Bool {
        if let run = newestRun(of: .publish, at: slot, before: place) {
            return run.state == .success
        }
        return truth.active[Workflow.publish.rawValue].value(before: place) ?? true
    }

    /// The commit's own image as its source tag names it.
    func source(_ image: Int, of slot: Slot, before place: Int) -> Artifact? {
        let shelf = shape.names.shelf(of: slot)
        let artifact = truth.source(image: image, shelf: shelf).value(before: place) ?? nil
        return artifact.flatMap { $0.says == slot ? $0 : nil }
    }
}

extension Artifact {
    /// The commit that it may stand for as a source: its full label says so, be it true or not.
    package var says: Slot? {
        switch make {
        case .first, .again: slot
        case .mislabelled: slot ^ Names.twin
        case .short, .unlabelled, .mixed: nil
        }
    }

    /// The commit that a target is taken to be at.
    package var live: Slot? {
        switch make {
        case .first, .again, .short, .mixed: slot
        case .mislabelled: slot ^ Names.twin
        case .unlabelled: nil
        }
    }
}
