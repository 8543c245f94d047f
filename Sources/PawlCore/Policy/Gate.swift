/// What must be green before the tag moves.
package enum Gate: Hashable, Sendable {
    /// A workflow's run for exactly the candidate.
    case workflow(WorkflowGate)
    /// A check run or commit status of that name on exactly the candidate, by that app if named.
    case check(name: String, app: String?)
    /// A minimum time since the newest successful build.
    case age(Duration)

    /// The gate's own name in every reason.
    package var name: String {
        switch self {
        case .workflow(let gate): gate.workflow.text
        case .check(let name, _): name
        case .age(let duration): "age \(duration.inWords)"
        }
    }
}

/// A gate that is a workflow.
package struct WorkflowGate: Hashable, Sendable {
    /// What the absence of a run means.
    package enum Absent: String, Hashable, Sendable, CaseIterable { case proven, pass, hold }
    /// What a cancelled run means.
    package enum Cancelled: String, Hashable, Sendable, CaseIterable { case hold, reject }

    /// The events whose runs count unless the policy says otherwise. Runs of `workflow_run` and
    /// `repository_dispatch` bear the branch tip's id whatever they tested.
    package static let usualEvents = ["push", "schedule", "workflow_dispatch"]

    /// Which workflow.
    package let workflow: WorkflowName
    /// Policy for no run.
    package let absent: Absent
    /// Policy for a cancelled run.
    package let cancelled: Cancelled
    /// Events whose runs count.
    package let events: [String]
    /// A job that must be a success too.
    package let job: String?

    /// The defaults are the contract's.
    package init(
        workflow: WorkflowName, absent: Absent = .proven, cancelled: Cancelled = .hold,
        events: [String] = usualEvents, job: String? = nil
    ) {
        self.workflow = workflow
        self.absent = absent
        self.cancelled = cancelled
        self.events = events
        self.job = job
    }
}

extension Duration {
    /// `90s`, `30m`, `2h`, `7d`: the largest unit that divides it, as the policy writes it.
    package var inWords: String {
        let seconds = components.seconds
        for (size, unit) in [(86400 as Int64, "d"), (3600, "h"), (60, "m")]
        where seconds >= size && seconds % size == 0 {
            return "\(seconds / size)\(unit)"
        }
        return "\(seconds)s"
    }
}
