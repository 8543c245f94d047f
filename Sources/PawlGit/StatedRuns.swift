package import PawlCore
import PawlPorts

/// Runs and checks as a person states them, where no code host records any. A gate that is not
/// stated has no run.
package struct StatedRuns: Runs {
    /// Any one number: all stated runs are of the one repository.
    private static let repositoryID: Int64 = 0

    private let gates: [StatedGate]
    private let commit: Result<CommitID?, PortFailure>
    private let branch: BranchName
    private let now: Instant

    /// Who stated them.
    package let actor: String

    /// What `actor` states of one commit, now; of none, where there is nothing to state. Where it
    /// could not be told which commit is meant, every question fails with that: what was stated
    /// must not become a gate that has no run.
    package init(
        _ gates: [StatedGate], at commit: Result<CommitID?, PortFailure>, on branch: BranchName,
        by actor: String, now: Instant
    ) {
        self.gates = gates
        self.commit = commit
        self.branch = branch
        self.actor = actor
        self.now = now
    }

    /// One run for each stated gate; nothing is stated of other commits.
    package func runs(at commit: CommitID) async throws(PortFailure) -> [GateRun] {
        guard try self.commit.get() == commit else { return [] }
        return gates.enumerated().map { number, gate in
            var run = GateRun(
                id: Int64(number + 1), path: gate.name, workflowName: gate.name, commit: commit,
                branch: branch.text, event: "", repositoryID: Self.repositoryID,
                headRepositoryID: Self.repositoryID, state: gate.state, createdAt: now,
                updatedAt: now)
            run.statedBy = actor
            return run
        }
    }

    /// The stated run of that workflow.
    package func runs(
        of workflow: WorkflowName, since moment: Instant?
    ) async throws(PortFailure) -> [GateRun] {
        guard let commit = try commit.get() else { return [] }
        return try await runs(at: commit).filter { run in
            workflow.names(path: run.path, displayName: run.workflowName)
                && moment.map { run.createdAt >= $0 } ?? true
        }
    }

    /// Whatever is named can be stated.
    package func state(of workflow: WorkflowName) async throws(PortFailure) -> WorkflowState? {
        .active
    }

    /// A statement is about a whole run.
    package func jobs(of run: GateRun) async throws(PortFailure) -> [Job] {
        throw PortFailure(
            code: .unsupported, subject: "jobs of \(printable(run.path))",
            detail: "a gate that is stated has no jobs",
            advice: "Remove `job:` from the gate, or use a host that records runs.")
    }

    /// The stated result of that name; no app reported it.
    package func checks(
        named name: String, at commit: CommitID
    ) async throws(PortFailure) -> [CheckResult] {
        guard try self.commit.get() == commit else { return [] }
        return gates.filter { $0.name == name }.map {
            var result = CheckResult(name: name, app: nil, state: $0.state, at: now)
            result.statedBy = actor
            return result
        }
    }
}
