import PawlCore
import PawlWorkflowFile
import PawlYAML

/// One file of `.github/workflows`, as bytes.
package struct WorkflowSource: Sendable {
    /// From the repository's root.
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

/// A workflow file, as far as it could be read.
struct Workflow {
    let path: String
    /// What `workflow_run` triggers call it: its name, or its path where it has none.
    let displayName: String
    /// What starts it; `nil` if GitHub would refuse the file or nobody can judge its filters.
    let triggers: WorkflowTriggers?
    /// Names of the events under `on:`.
    let events: [String]
    /// Branches of the push trigger, as written.
    let branches: [String]
    let root: Node?
    /// Why not all of it could be read: a clause.
    let problem: String?
    /// Whether one of its steps runs Pawl.
    let runsPawl: Bool

    init(_ source: WorkflowSource) {
        path = source.path
        runsPawl = Self.runsPawl(source.bytes)
        var triggers: WorkflowTriggers?
        var problem: String?
        do throws(PortFailure) {
            triggers = try WorkflowFile.triggers(of: source.bytes)
        } catch {
            problem = error.detail
        }
        var root: Node?
        do throws(YAMLFault) {
            root = try YAMLReader.document(
                in: source.bytes,
                under: YAMLRules(
                    bytesMax: Limits.workflowBytesMax, depthMax: Limits.workflowDepthMax,
                    takesAnchors: true))
        } catch {
            problem =
                problem ?? "line \(error.mark.line), column \(error.mark.column): \(error.what)"
        }
        self.triggers = triggers
        self.root = root
        self.problem = problem
        displayName = triggers?.name.map { Symbol.cleaned($0) } ?? path
        let on = root?["on"]
        let push = on?["push"]
        events = on.map { on in on.texts + on.entries.map(\.key) } ?? []
        branches = push?["branches"]?.texts ?? []
    }

    var fileName: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Whether a policy and a trigger can name it.
    var isNameable: Bool {
        fileName.utf8.count <= 200 && !fileName.contains("${") && !displayName.contains("${")
            && displayName.utf8.count <= 200
            && !(fileName + displayName).unicodeScalars.contains(where: isInvisible)
    }

    /// Whether a push to the branch starts it.
    func startsOnPush(to branch: BranchName) -> Bool {
        guard case .on(let branches, _)? = triggers?.push else { return false }
        return branches.takes(branch)
    }

    /// The path filter of its push trigger.
    var pathFilter: PathFilter? {
        guard case .on(_, let paths)? = triggers?.push, paths != .all else { return nil }
        return paths
    }

    private static func runsPawl(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { line in
            let line = line.drop { $0 == " " || $0 == "-" }
            guard !line.hasPrefix("#") else { return false }
            return line.hasPrefix("uses:") && line.contains("/pawl@")
                || line.contains("pawl action") || line.contains("pawl promote")
        }
    }
}
