import PawlCore
package import PawlPorts
import Synchronization

// What commits change. Unless said otherwise a commit with one parent or none changes `anyFile`, a
// merge nothing of its own, and every commit has the file of every workflow of the channel, started
// by every push.

extension Scenario {
    /// The file that a commit changes of which nothing is said.
    package static let anyFile = "src/app.swift"

    /// What a commit changes, in place of `anyFile`. Said after the commit is there, like all of
    /// these; what else was said of it stays.
    package func changed(_ name: String, _ paths: [String]) {
        host.edit(Self.anyFile, nil, of: .named(name))
        for path in paths { wrote(name, path, Self.text(of: path, by: name)) }
    }

    /// A commit takes files away.
    package func removed(_ name: String, _ paths: [String]) {
        for path in paths { host.edit(path, .remove, of: .named(name)) }
    }

    /// A commit gives a file another name.
    package func renamed(_ name: String, _ path: String, to newPath: String) {
        host.rename(path, to: newPath, in: .named(name))
    }

    /// A commit writes a file. Text that the file had before is a revert.
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

    static func text(of path: String, by name: String) -> String { "\(path) as of \(name)\n" }
}
