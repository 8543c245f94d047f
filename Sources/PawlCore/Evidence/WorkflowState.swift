/// Whether a workflow can report at all.
package enum WorkflowState: Hashable, Sendable {
    case active
    /// Disabled or deleted, in the host's word: it will never report.
    case inactive(String)
}
