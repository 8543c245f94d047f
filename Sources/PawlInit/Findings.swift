package import PawlCore

/// Everything that `pawl init` looks at.
package struct Findings: Sendable {
    /// The files of `.github/workflows`.
    let sources: [WorkflowSource]
    /// Of the remote; `nil` if there is none that names one.
    let repository: CodeRepository?
    /// The remote's default branch, if the clone knows it.
    let defaultBranch: String?
    /// A ledger that the person asked for, as the policy writes it.
    let ledger: String?

    package init(
        sources: [WorkflowSource], repository: CodeRepository?, defaultBranch: String?,
        ledger: String?
    ) {
        self.sources = sources
        self.repository = repository
        self.defaultBranch = defaultBranch
        self.ledger = ledger
    }

    /// What to write; `nil` if no workflow publishes an image.
    package func proposal() -> Proposal? {
        let workflows = sources.map { Workflow($0) }.filter { !$0.runsPawl }
        let builds = workflows.map { workflow in
            Build(
                workflow: workflow,
                scan: WorkflowScan(of: workflow, among: workflows, repository: repository))
        }.filter { !$0.scan.publications.isEmpty && $0.workflow.triggers != nil }
        let branch = BranchGuess(
            builds: builds.filter(\.hasPattern), workflows: workflows, known: defaultBranch
        ).branch
        guard let name = try? BranchName(branch.value) else { return nil }
        let choice = ChannelChoice(builds: builds, branch: name, repository: repository)
        guard !choice.channels.isEmpty else { return nil }
        let gates = GateChoice(
            workflows: workflows.filter { !choice.builds.contains($0.path) }, branch: name)
        return Proposal(
            repository: repository, branch: branch, ledger: ledger, channels: choice.channels,
            gates: gates.gates,
            notes: problems(of: workflows) + choice.notes + gates.notes,
            workflowName: workflows.contains { $0.displayName == "Promote" } ? "Pawl" : "Promote")
    }

    /// A policy with places to fill in, for what no file says.
    package func skeleton() -> Proposal {
        let image = "ghcr.io/\(repository?.description.lowercased() ?? "owner/name")"
        let isMalformed = (try? Repository(image)) == nil
        let missing = "write your own"
        return Proposal(
            repository: repository,
            branch: BranchGuess(builds: [], workflows: [], known: defaultBranch).branch,
            ledger: ledger,
            channels: [
                Proposal.Channel(
                    name: "latest",
                    images: [
                        .init(value: isMalformed ? "ghcr.io/owner/name" : image, guess: missing)
                    ],
                    from: .init(value: "staging-{short_sha}", guess: missing),
                    build: .init(value: "publish.yml", guess: missing), notes: [],
                    trigger: "publish")
            ], gates: [], notes: [], workflowName: "Promote")
    }

    private func problems(of workflows: [Workflow]) -> [String] {
        workflows.compactMap { workflow in
            workflow.problem.map { "\(workflow.fileName) could not be read whole: \($0)." }
        }
    }
}

/// A workflow that publishes, and what.
struct Build {
    let workflow: Workflow
    let scan: WorkflowScan

    /// Whether it publishes a tag for each commit.
    var hasPattern: Bool {
        scan.publications.contains { $0.pattern != nil && $0.repository != nil }
    }
}

/// The branch that production runs.
struct BranchGuess {
    let branch: Proposal.Guessed<String>

    /// The branch that the builds' push triggers name, else the clone's default one, else `main`.
    init(builds: [Build], workflows: [Workflow], known: String?) {
        let triggers = builds.isEmpty ? workflows : builds.map(\.workflow)
        var named: [String] = []
        for branch in triggers.flatMap(\.branches)
        where !named.contains(branch) && Self.isLiteral(branch) { named.append(branch) }
        let known = known.flatMap { Self.isLiteral($0) ? $0 : nil }
        let usual = [known, "main", "master", "trunk"].compactMap { $0 }
        if let only = named.first, named.count == 1, !builds.isEmpty {
            branch = .init(value: only)
        } else if let best = usual.first(where: { named.contains($0) }) ?? named.first {
            let others = named.filter { $0 != best }.joined(separator: ", ")
            branch = .init(
                value: best,
                guess: others.isEmpty
                    ? "the workflows' triggers name it"
                    : "the workflows' triggers also name \(others)")
        } else if let known {
            branch = .init(value: known, guess: "it is the clone's default branch")
        } else {
            branch = .init(value: "main", guess: "no trigger names a branch")
        }
    }

    private static func isLiteral(_ branch: String) -> Bool {
        !branch.contains { "*?[]!+\\".contains($0) } && !branch.contains("${")
            && !branch.contains("$default-branch") && (try? BranchName(branch)) != nil
            && branch.allSatisfy { $0.isASCII }
    }
}
