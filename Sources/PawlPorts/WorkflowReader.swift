package import PawlCore

/// Reads workflow files.
package struct WorkflowReader: Sendable {
    /// What starts the workflow whose file this is. Throws `garbled` for what is no workflow file,
    /// `unsupported` for one that GitHub would refuse or that Pawl cannot judge.
    package var triggers: @Sendable ([UInt8]) throws(PortFailure) -> WorkflowTriggers

    /// A reader by its function.
    package init(
        triggers: @escaping @Sendable ([UInt8]) throws(PortFailure) -> WorkflowTriggers
    ) {
        self.triggers = triggers
    }

    /// One that can read no file.
    package static let none = WorkflowReader { _ throws(PortFailure) in throw .notAsked }
}
