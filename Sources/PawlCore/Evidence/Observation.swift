/// What an event says happened. It only says "look": it never decides.
package enum Observation: Hashable, Sendable {
    /// A workflow run ended. The run is the event's own record of it.
    case runEnded(GateRun, repository: CodeRepository)
    /// A workflow run changed otherwise (requested, in progress).
    case runChanged(GateRun, repository: CodeRepository)
    /// A person started the workflow by hand, with its inputs as typed.
    case dispatched(sha: String?, reason: String?, repository: CodeRepository)
    /// Any other event: a reason to look.
    case other(String)
}

/// Rule 1: whether an event concerns a channel, and which commit it proposes.
package enum Concern: Hashable, Sendable {
    /// The commit that the event is about.
    case candidate(CommitID)
    /// Nothing to judge, but a reason to look.
    case look
    /// The event is not about this channel.
    case none(Reason)
}

/// Rule 1. The event's workflow is the channel's build or one of its gates, its branch is the
/// channel's, the run belongs to this repository and not to a fork, its conclusion is success.
package func concern(
    of observation: Observation, for channel: Channel, under policy: Policy
) -> Concern {
    switch observation {
    case .other:
        return .look
    case .dispatched(_, _, let repository):
        return repository == policy.repository ? .look : .none(otherRepository(repository, policy))
    case .runChanged(let run, _):
        return .none(
            Reason(.upstreamNotGreen, run.path, "The run of \(run.path) has not ended."))
    case .runEnded(let run, let repository):
        guard repository == policy.repository else {
            return .none(otherRepository(repository, policy))
        }
        guard run.isOwn else {
            return .none(
                Reason(.fromFork, run.path, "The run of \(run.path) came from a fork."))
        }
        guard
            channel.workflows.contains(where: {
                $0.names(path: run.path, displayName: run.workflowName)
            })
        else {
            return .none(
                Reason(
                    .notConcerned, run.path,
                    "\(run.path) is neither the build nor a gate of channel \(channel.name)."))
        }
        guard run.branch == policy.branch.text else {
            return .none(
                Reason(
                    .otherBranch, run.branch ?? "",
                    "The run is for branch \(run.branch ?? "(none)"), not for \(policy.branch).",
                    advice: "Nothing."))
        }
        guard run.state == .success else {
            return .none(
                Reason(
                    .upstreamNotGreen, run.path,
                    "The run of \(run.path) ended in \(run.state)."))
        }
        return .candidate(run.commit)
    }
}

private func otherRepository(_ repository: CodeRepository, _ policy: Policy) -> Reason {
    Reason(
        .notConcerned, "\(repository)",
        "The event is about \(repository), not about \(policy.repository).")
}
