import PawlCore
import PawlPorts
import PawlTesting

/// The code host of a world, as one errand reaches it.
struct StagedHost: History, Runs {
    let world: World
    let errand: Errand

    /// The world's moment 0.
    static let start = ManualClock.start

    private func slot(_ commit: CommitID) throws(PortFailure) -> Slot {
        guard let slot = world.names.slot(of: commit) else { throw World.failure(.missing) }
        return slot
    }

    // MARK: History

    func log(of branch: BranchName) async throws(PortFailure) -> CommitGraph {
        let names = world.names
        let rows = world.script.shape.pageRows
        return try await world.call(.log, of: errand) { state, asOf in
            guard let tip = state.trace.truth.tip.value(asOf: asOf) else {
                return (.failure(World.failure(.missing)), nil)
            }
            let page = state.trace.chart.log(from: tip).prefix(rows).map { commit in
                CommitGraph.Commit(
                    id: names.commits[commit.slot],
                    parents: commit.parents.map { names.commits[$0] },
                    committedAt: Self.start + .milliseconds(commit.at))
            }
            return (.success(CommitGraph(page)), nil)
        }
    }

    func ancestry(
        of commit: CommitID, from base: CommitID
    ) async throws(PortFailure) -> Ancestry {
        let (newer, older) = (try slot(commit), try slot(base))
        return try await world.call(.ancestry(newer, from: older), of: errand) { state, _ in
            guard Self.isKnown(newer, state), Self.isKnown(older, state) else {
                return (.failure(World.failure(.missing)), nil)
            }
            return (.success(state.trace.chart.ancestry(of: newer, from: older)), nil)
        }
    }

    func position(
        of commit: CommitID, on branch: BranchName
    ) async throws(PortFailure) -> Facts.Position {
        let slot = try slot(commit)
        return try await world.call(.position(slot), of: errand) { state, asOf in
            guard let tip = state.trace.truth.tip.value(asOf: asOf), Self.isKnown(slot, state)
            else {
                return (.failure(World.failure(.missing)), nil)
            }
            return (
                .success(state.trace.chart.isAtOrBelow(slot, tip) ? .onBranch : .elsewhere), nil
            )
        }
    }

    func resolve(_ name: CommitName) async throws(PortFailure) -> CommitID? {
        let names = world.names
        return try await world.call(.resolve("\(name)"), of: errand) { state, _ in
            let found = state.trace.chart.commits.filter {
                names.commits[$0.slot].hex.hasPrefix("\(name)") && Self.isKnown($0.slot, state)
            }
            guard found.count < 2 else { return (.failure(World.failure(.ambiguous)), nil) }
            return (.success(found.first.map { names.commits[$0.slot] }), nil)
        }
    }

    func changes(
        from base: CommitID, to commit: CommitID
    ) async throws(PortFailure) -> ChangedFiles {
        let (older, newer) = (try slot(base), try slot(commit))
        let listed = world.script.shape.listedFiles
        return try await world.call(.changes(older, newer), of: errand) { state, _ in
            guard let before = state.trace.chart[older], let after = state.trace.chart[newer] else {
                return (.failure(World.failure(.missing)), nil)
            }
            let files = after.tree.changes(from: before.tree)
            return (
                .success(ChangedFiles(Array(files.prefix(listed)), isWhole: files.count <= listed)),
                nil
            )
        }
    }

    func file(at path: String, of commit: CommitID) async throws(PortFailure) -> [UInt8]? {
        let slot = try slot(commit)
        guard let place = Tree.paths.firstIndex(of: path) else { return nil }
        return try await world.call(.file(path: place, slot), of: errand) { state, _ in
            guard let version = state.trace.chart[slot]?.tree.versions[place] else {
                return (.failure(World.failure(.missing)), nil)
            }
            return (.success(version == 0 ? nil : [UInt8(place), version]), nil)
        }
    }

    /// Reads what `file` gives.
    static let reader = WorkflowReader { bytes throws(PortFailure) in
        guard bytes.count == 2,
            let workflow = Workflow.allCases.first(where: { $0.path == Int(bytes[0]) })
        else { throw World.failure(.garbled) }
        return workflow.triggers(at: bytes[1])
    }

    /// A commit is known once it was pushed, force-pushed ones for ever.
    private static func isKnown(_ slot: Slot, _ state: World.State) -> Bool {
        state.trace.truth.tip.points.contains { state.trace.chart.isAtOrBelow(slot, $0.value) }
    }

    // MARK: Runs

    func runs(at commit: CommitID) async throws(PortFailure) -> [GateRun] {
        let slot = try slot(commit)
        let names = world.names
        return try await world.call(.runs(slot), of: errand) { state, asOf in
            let runs = state.trace.truth.runs.filter { $0.slot == slot }
            return (.success(runs.compactMap { Self.record(of: $0, asOf: asOf, names) }), nil)
        }
    }

    func runs(
        of workflow: WorkflowName, since moment: Instant?
    ) async throws(PortFailure) -> [GateRun] {
        guard let asked = Workflow.allCases.first(where: { $0.name == workflow }) else {
            throw World.failure(.missing)
        }
        let names = world.names
        return try await world.call(.runsOf(asked), of: errand) { state, asOf in
            let runs = state.trace.truth.runs.filter { line in
                line.workflow == asked
                    && moment.map { Self.start + .milliseconds(line.createdAt) >= $0 } ?? true
            }
            return (.success(runs.compactMap { Self.record(of: $0, asOf: asOf, names) }), nil)
        }
    }

    func state(of workflow: WorkflowName) async throws(PortFailure) -> WorkflowState? {
        guard let asked = Workflow.allCases.first(where: { $0.name == workflow }) else {
            return nil
        }
        return try await world.call(.state(asked), of: errand) { state, asOf in
            let isActive = state.trace.truth.active[asked.rawValue].value(asOf: asOf) ?? true
            return (.success(isActive ? .active : .inactive("disabled_manually")), nil)
        }
    }

    func jobs(of run: GateRun) async throws(PortFailure) -> [Job] {
        try await world.call(.jobs(run.id), of: errand) { state, asOf in
            guard let line = state.trace.truth.runs.first(where: { $0.id == run.id }),
                let run = line.states.value(asOf: asOf)
            else { return (.failure(World.failure(.missing)), nil) }
            return (.success([Job(name: Shape.job, state: run.job)]), nil)
        }
    }

    func checks(
        named name: String, at commit: CommitID
    ) async throws(PortFailure) -> [CheckResult] {
        let slot = try slot(commit)
        return try await world.call(.checks(slot), of: errand) { state, asOf in
            guard name == Shape.check,
                let word = state.trace.truth.checks[slot].value(asOf: asOf)
            else { return (.success([]), nil) }
            return (.success([CheckResult(name: name, app: nil, state: word, at: Self.start)]), nil)
        }
    }

    /// The host's record of a run as it was at a moment; `nil` if there was none yet.
    private static func record(
        of line: Truth.RunLine, asOf: Int64, _ names: Names
    ) -> GateRun? {
        line.states.points.last { $0.at <= asOf }.map { point in
            gateRun(point.value, createdAt: line.createdAt, updatedAt: point.at, names)
        }
    }

    /// A run in the product's terms.
    static func gateRun(
        _ run: Run, createdAt: Int64, updatedAt: Int64, _ names: Names
    ) -> GateRun {
        GateRun(
            id: run.id, attempt: run.attempt, path: ".github/workflows/\(run.workflow.fileName)",
            workflowName: nil, commit: names.commits[run.slot],
            branch: run.decoy == .otherBranch ? "feature" : "main",
            event: run.decoy == .otherEvent ? "workflow_run" : "push", repositoryID: 1,
            headRepositoryID: run.decoy == .fork ? 2 : 1, state: run.state,
            createdAt: start + .milliseconds(createdAt),
            updatedAt: start + .milliseconds(updatedAt))
    }
}
