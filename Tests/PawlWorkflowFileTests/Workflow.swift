import PawlCore
import PawlWorkflowFile

/// What a file is read to.
enum Workflow {
    case triggers(WorkflowTriggers)
    case refused(PortFailure)

    init(_ text: String) { self.init(bytes: Array(text.utf8)) }

    init(bytes: [UInt8]) {
        do throws(PortFailure) {
            self = .triggers(try WorkflowFile.triggers(of: bytes))
        } catch {
            self = .refused(error)
        }
    }

    var triggers: WorkflowTriggers? {
        if case .triggers(let triggers) = self { triggers } else { nil }
    }
    var push: PushTrigger? { triggers?.push }
    var failure: PortFailure? { if case .refused(let failure) = self { failure } else { nil } }
    /// `garbled: line 1, column 1: …`; empty if it was read.
    var refusal: String { failure.map { "\($0.code.rawValue): \($0.detail)" } ?? "" }
}
