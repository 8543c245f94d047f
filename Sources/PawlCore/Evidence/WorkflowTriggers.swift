/// What a workflow file says starts it, as far as Pawl must know.
package struct WorkflowTriggers: Hashable, Sendable {
    /// The `name:` of the workflow, by which `workflow_run` triggers call it; `nil` if it has none.
    package let name: String?
    /// What pushes start it.
    package let push: PushTrigger
    /// The display names that its `workflow_run` trigger lists; empty if there is no such trigger.
    package let workflowRuns: [String]
    /// Whether it has a `schedule:`.
    package let hasSchedule: Bool

    /// Triggers in full.
    package init(
        name: String? = nil, push: PushTrigger, workflowRuns: [String] = [],
        hasSchedule: Bool = false
    ) {
        self.name = name
        self.push = push
        self.workflowRuns = workflowRuns
        self.hasSchedule = hasSchedule
    }
}

/// What pushes start a workflow.
package enum PushTrigger: Hashable, Sendable {
    /// The file has no `push` trigger.
    case never
    /// A push to a branch that the first filter takes, with a changed file that the second takes.
    case on(branches: BranchFilter, paths: PathFilter)
}
