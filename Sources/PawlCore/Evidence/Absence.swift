/// What is known about a gate that has no run for the candidate (`absent: proven`): where a verdict
/// could be inherited from, and what would prove that no run was due since.
package struct Absence: Hashable, Sendable {
    /// Where the verdict comes from that the candidate would inherit.
    package enum Origin: Hashable, Sendable {
        /// The newest run between live and the candidate that ended in pass or reject, red
        /// included.
        case verdict(GateRun)
        /// There is no such run: what is live was let through.
        case live(CommitID)
        /// A run on the way has not ended; its verdict could be the one.
        case unfinished(GateRun)
        /// No ancestor has a verdict, and nothing is live.
        case none
        /// The page of the branch's log does not reach back to this commit: what is live, or the
        /// candidate itself.
        case outOfSight(CommitID)

        /// The commit that the proof begins at.
        package var base: CommitID? {
            switch self {
            case .verdict(let run): run.commit
            case .live(let commit): commit
            case .unfinished, .none, .outOfSight: nil
            }
        }
    }

    /// Where the verdict would come from.
    package var origin: Fact<Origin> = .notAsked
    /// The gate's file from the repository's root; `nil` if the policy names the gate otherwise.
    package var path: String?
    /// What starts the gate's workflow, as its file at the candidate says; `absent` if the
    /// candidate has no such file.
    package var triggers: Fact<WorkflowTriggers> = .notAsked
    /// The files that changed from the origin's commit to the candidate.
    package var changes: Fact<ChangedFiles> = .notAsked

    /// Nothing is known yet.
    package init(path: String?) { self.path = path }
}
