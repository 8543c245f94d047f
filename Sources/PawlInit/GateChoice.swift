import PawlCore

/// Which workflows look like gates: tests that run for every commit of the branch.
struct GateChoice {
    let gates: [Proposal.Gate]
    let notes: [String]

    private static let testing = [
        "test", "ci", "e2e", "lint", "check", "verify", "verification", "validate", "validation",
        "integration", "unit", "acceptance", "smoke", "quality", "typecheck",
    ]
    private static let others = [
        "deploy", "release", "publish", "stale", "cron", "nightly", "label", "docs", "pages",
        "sync", "cleanup", "triage", "bump", "backport", "changelog", "promote", "rollback",
    ]

    init(workflows: [Workflow], branch: BranchName) {
        var gates: [Proposal.Gate] = []
        var left: [String] = []
        for workflow in workflows where workflow.events != ["workflow_call"] {
            if workflow.isNameable, Self.looksLikeTests(workflow) {
                gates.append(Self.gate(workflow, branch))
            } else {
                left.append(workflow.fileName)
            }
        }
        self.gates = gates
        notes =
            left.isEmpty
            ? [] : ["Not taken for gates: \(left.prefix(20).joined(separator: ", "))."]
    }

    private static func looksLikeTests(_ workflow: Workflow) -> Bool {
        let stem = workflow.fileName.prefix { $0 != "." }
        let name = workflow.displayName == workflow.path ? "" : workflow.displayName
        let words = "\(stem) \(name)".lowercased().split { !$0.isLetter && !$0.isNumber }
        func has(_ known: [String]) -> Bool {
            words.contains { word in
                known.contains { $0.count < 4 ? word == $0 : word.hasPrefix($0) }
                    || known == testing && (word.hasSuffix("tests") || word.hasSuffix("test"))
            }
        }
        return has(testing) && !has(others)
    }

    private static func gate(_ workflow: Workflow, _ branch: BranchName) -> Proposal.Gate {
        func make(_ comments: [String], isActive: Bool = false) -> Proposal.Gate {
            Proposal.Gate(
                file: workflow.fileName, displayName: workflow.displayName, comments: comments,
                isActive: isActive)
        }
        guard workflow.triggers != nil else {
            return make([
                "left out: what starts \(workflow.fileName) could not be read "
                    + "(\(workflow.problem ?? "no trigger"))"
            ])
        }
        if workflow.startsOnPush(to: branch) {
            var comments = ["guessed: \(workflow.fileName) looks like a test by its name"]
            if let filter = workflow.pathFilter {
                comments += [
                    "its push trigger has a filter, \(filter)",
                    "a commit that the filter provably left out passes (absent: proven, the "
                        + "default)",
                ]
            }
            return make(comments, isActive: true)
        }
        if workflow.events.contains("workflow_run") {
            return make([
                "left out: runs of \(workflow.fileName) start by workflow_run and bear the "
                    + "branch tip's id, whatever they tested",
                "let it report a commit status on the tested commit, and name that: "
                    + "`- check: NAME`",
            ])
        }
        if workflow.events.contains("pull_request") {
            return make([
                "left out: \(workflow.fileName) runs on pull requests alone, and no such run "
                    + "counts for a commit of \(branch)",
                "give it a push trigger for \(branch) to make it a gate",
            ])
        }
        return make(["left out: no push to \(branch) starts \(workflow.fileName)"])
    }
}
