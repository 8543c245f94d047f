package import PawlCore

/// What the engine may ask about workflow runs and checks.
///
/// `nil` is the host's own word that a thing is not there; a look that failed throws.
package protocol Runs: Sendable {
    /// Every run for the commit, of any workflow, event and repository, newest attempt of each.
    func runs(at commit: CommitID) async throws(PortFailure) -> [GateRun]

    /// Whether a workflow can report; `nil` if the repository has none of that name.
    func state(of workflow: WorkflowName) async throws(PortFailure) -> WorkflowState?

    /// The jobs of a run's newest attempt.
    func jobs(of run: GateRun) async throws(PortFailure) -> [Job]

    /// Check runs and commit statuses on the commit that have this name.
    func checks(named name: String, at commit: CommitID) async throws(PortFailure) -> [CheckResult]

    /// Every run of a workflow that was created at that moment or later, or every run at all; of
    /// any branch, event and repository, newest attempt of each. A list that cannot be known whole
    /// throws.
    func runs(
        of workflow: WorkflowName, since moment: Instant?
    ) async throws(PortFailure) -> [GateRun]
}
