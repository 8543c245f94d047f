import PawlCore
import PawlPolicyFile
import PawlWorkflowFile

extension FuzzTarget {
    private static let secret = "s3cr3t-of-the-environment"

    /// `pawl.yaml`: whatever it says, complaints are lines with a place, hold no secret, and a
    /// policy is one that the engine may rely on.
    static let policy = FuzzTarget("policy") { bytes throws(Broken) in
        let complaints: [Complaint]
        var policy: Policy?
        do throws(Complaints) {
            let read = try PolicyFile.read(
                bytes, name: "pawl.yaml", repositoryDefault: "acme/app",
                environment: { $0 == "EMPTY" ? "" : $0 == "NONE" ? nil : secret })
            policy = read.policy
            complaints = read.warnings
        } catch {
            complaints = error.all
        }
        try hold(policy != nil || !complaints.isEmpty, "a file is refused without a word")
        if let policy { try isUsable(policy) }
        let lines = lineCount(bytes)
        var before = (0, 0)
        for complaint in complaints {
            let text = "\(complaint)"
            try hold(Shown.isOneLine(text), "a complaint is more than a line: \(text)")
            try hold(!text.hasBytes(secret), "a complaint tells a secret: \(text)")
            try hold(text.count <= 2000, "a complaint has \(text.count) characters")
            try hold(
                complaint.line >= 1 && complaint.column >= 1, "a complaint is nowhere: \(text)")
            try hold(
                before <= (complaint.line, complaint.column), "complaints are out of order")
            try hold(complaint.line <= lines, "a complaint is beyond the end: \(text)")
            before = (complaint.line, complaint.column)
        }
    }

    /// As YAML counts: CR LF is one line end, and there are three beyond ASCII.
    private static func lineCount(_ bytes: [UInt8]) -> Int {
        let text = String(decoding: bytes, as: UTF8.self)
        let ends = ["\r", "\n", "\u{85}", "\u{2028}", "\u{2029}"].map { text.count(ofBytes: $0) }
        return 1 + ends.reduce(0, +) - text.count(ofBytes: "\r\n")
    }

    private static func isUsable(_ policy: Policy) throws(Broken) {
        try hold(!policy.channels.isEmpty, "a policy has no channel")
        try hold(
            Set(policy.channels.map(\.name)).count == policy.channels.count,
            "two channels have one name")
        let targets = policy.channels.flatMap { channel in
            channel.images.map { ImageReference($0.target, channel.to) }
        }
        try hold(Set(targets).count == targets.count, "two channels have one tag")
        for target in targets {
            try hold(
                (try? ImageReference("\(target)", defaultTag: nil)) == target,
                "\(target) cannot be read back from a ledger")
        }
        for channel in policy.channels {
            try hold(!channel.images.isEmpty, "a channel has no image")
            try hold(channel.build != nil || policy.host == .git, "a channel has no build")
            let hooks = channel.namedHooks.map(\.name)
            try hold(Set(hooks).count == hooks.count, "two hooks have one name")
            for case .webhook(let address, let key) in channel.hooks {
                try hold(
                    address.exposed.hasPrefix("https://") || address.exposed.hasPrefix("http://"),
                    "a webhook is at no address")
                try hold("\(address)\(String(reflecting: key))".count < 40, "a secret is printed")
            }
        }
    }

    /// Workflow files: what starts them, written as a file again, is read as the same.
    static let workflow = FuzzTarget("workflow") { bytes throws(Broken) in
        let triggers: WorkflowTriggers
        do throws(PortFailure) {
            triggers = try WorkflowFile.triggers(of: bytes)
        } catch {
            try Shown.checkLine(error)
            return
        }
        let written = WorkflowText.text(of: triggers)
        let again: WorkflowTriggers
        do throws(PortFailure) {
            again = try WorkflowFile.triggers(of: Array(written.utf8))
        } catch {
            throw Broken("a workflow is not read back (\(error.detail)): \(written)")
        }
        try hold(again == triggers, "a workflow is not read back as written: \(written)")
    }
}

/// A workflow file that says nothing but what starts it.
private enum WorkflowText {
    static func text(of triggers: WorkflowTriggers) -> String {
        var lines = triggers.name.map { ["name: \(quoted($0))"] } ?? []
        lines.append("on:")
        lines.append("  workflow_dispatch:")
        if triggers.hasSchedule { lines.append("  schedule: []") }
        if !triggers.workflowRuns.isEmpty {
            lines.append("  workflow_run: {workflows: \(list(triggers.workflowRuns))}")
        }
        if case .on(let branches, let paths) = triggers.push {
            lines.append("  push:")
            switch branches {
            case .all: break
            case .none: lines.append("    tags: [\"*\"]")
            case .include(let patterns): lines.append("    branches: \(list(patterns))")
            case .ignore(let patterns): lines.append("    branches-ignore: \(list(patterns))")
            }
            switch paths {
            case .all: break
            case .include(let patterns): lines.append("    paths: \(list(patterns))")
            case .ignore(let patterns): lines.append("    paths-ignore: \(list(patterns))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func list(_ patterns: [FilterPattern]) -> String {
        list(patterns.map(\.description))
    }

    private static func list(_ texts: [String]) -> String {
        "[" + texts.map(quoted).joined(separator: ", ") + "]"
    }

    /// A double-quoted scalar (YAML 1.1, 5.6) of ASCII alone.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            let isPlain =
                (0x20..<0x7F).contains(scalar.value)
                && !"\"\\".unicodeScalars
                    .contains(scalar)
            if isPlain {
                quoted.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16)
                quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return quoted + "\""
    }
}
