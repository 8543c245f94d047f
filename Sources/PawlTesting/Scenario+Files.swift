import PawlCore
package import PawlPorts
import Synchronization

// What commits change. Unless said otherwise a commit with one parent or none changes `anyFile`, a
// merge nothing of its own, and every commit has the file of every workflow of the channel, started
// by every push.

extension Scenario {
    /// The file that a commit changes of which nothing is said.
    package static let anyFile = "src/app.swift"

    /// All that a commit changes, compared with its parents.
    package func changed(_ name: String, _ paths: [String]) {
        host.edits(edits(paths, by: name), of: .named(name))
    }

    /// A commit takes files away; what else was said of it stays.
    package func removed(_ name: String, _ paths: [String]) {
        for path in paths { host.edit(path, .remove, of: .named(name)) }
    }

    /// A commit gives a file another name; what else was said of it stays. The file has this text
    /// in the commit before.
    package func renamed(_ name: String, _ path: String, text: String, to newPath: String) {
        host.edit(path, .remove, of: .named(name))
        host.edit(newPath, .text(text), of: .named(name))
    }

    /// A commit writes a file; what else was said of it stays.
    package func wrote(_ name: String, _ path: String, _ text: String) {
        host.edit(path, .text(text), of: .named(name))
    }

    /// The file of a workflow: in every commit, or from one on, which thereby changes it.
    package func workflowFile(
        _ workflow: String, at commit: String? = nil, _ file: WorkflowFile
    ) {
        state.withLock { $0.workflowFiles[Array(file.text.utf8)] = file }
        workflowFile(workflow, at: commit, bytes: Array(file.text.utf8))
    }

    /// Any bytes as the file of a workflow; `nil` takes it away. No reader knows what it says.
    package func workflowFile(_ workflow: String, at commit: String? = nil, bytes: [UInt8]?) {
        let path = ".github/workflows/\(workflow)"
        if let commit {
            host.edit(path, bytes.map(MemoryHost.Edit.write) ?? .remove, of: .named(commit))
        } else {
            host.everywhere(path, bytes)
        }
    }

    /// Reads the workflow files that this world was given, and no others.
    package var workflowReader: WorkflowReader {
        WorkflowReader { bytes throws(PortFailure) in
            guard let file = self.state.withLock({ $0.workflowFiles[bytes] }) else {
                throw PortFailure(
                    code: .garbled, subject: "workflow file", detail: "it is not a workflow")
            }
            return file.triggers
        }
    }

    func edits(_ paths: [String], by name: String) -> [String: MemoryHost.Edit] {
        Dictionary(
            paths.map { ($0, .text("\($0) as of \(name)\n")) }, uniquingKeysWith: { _, new in new })
    }
}
