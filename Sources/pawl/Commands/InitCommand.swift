import ArgumentParser
import PawlCore
import PawlGit
import PawlInit
import PawlPorts
import PawlReport

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a policy and a workflow from what .github/workflows says.",
        discussion: """
            Asks nobody but the files here and git's own settings. Files that are there already \
            are left alone.

            EXAMPLES:
              pawl init --dry-run       show what would be written
              pawl init                 then look at the lines that say "guessed"
              pawl init --ledger git    with a ledger in the repository itself
              pawl init --bare          a policy to fill in, where no workflow says what is built
            """)

    @Flag(help: "Print the files instead of writing them.")
    var dryRun = false

    @Flag(help: "Write over files that are there.")
    var force = false

    @Flag(help: "Do not look at the workflows; write a policy to fill in.")
    var bare = false

    @OptionGroup var options: Options

    private static let workflowPath = ".github/workflows/promote.yml"

    func run() async throws {
        let environment = Environment.all
        let console = Console(environment: environment, isVerbose: options.verbose)
        let policyPath = options.config ?? PolicySource.usualPaths[0]
        let config = try Self.config(policyPath)
        let proposal = try await proposal(environment, console)
        let files = [
            InitReport.File(path: policyPath, text: proposal.policyText),
            InitReport.File(path: Self.workflowPath, text: proposal.workflowText(config: config)),
        ]
        if !dryRun { try write(files, console) }
        let report = InitReport(
            files: files, isDryRun: dryRun, summaries: proposal.summaries,
            next: proposal.next(policyPath: policyPath, workflowPath: Self.workflowPath))
        console.print(options.json ? report.json.text + "\n" : report.text)
    }

    /// The policy's path as the workflow must name it; `nil` where Pawl looks by itself.
    private static func config(_ path: String) throws(WrongUse) -> String? {
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard !path.hasPrefix("/"), !path.hasSuffix("/"), !parts.contains(".."), !parts.isEmpty,
            !path.contains("${{")
        else {
            throw WrongUse(
                "--config: \"\(path)\" is no file of this repository that a workflow could name.",
                advice: "Give a path that counts from the repository's top, as deploy/pawl.yaml.")
        }
        let path = parts.joined(separator: "/")
        return PolicySource.usualPaths.contains(path) ? nil : path
    }

    private func proposal(
        _ environment: [String: String], _ console: Console
    ) async throws -> Proposal {
        if let ledger = options.ledger, (try? LedgerAddress(ledger)) == nil {
            throw WrongUse(
                "--ledger: the address is of no known form.",
                advice: "Write git, git:REMOTE or sqlite:PATH.")
        }
        let origin = await GitRemote.origin(of: ".", environment: environment, clock: .system)
        let repository =
            origin.address.flatMap { PawlInit.repository(ofRemote: $0) }
            ?? Environment.value("GITHUB_REPOSITORY", in: environment)
            .flatMap { try? CodeRepository($0) }
        let findings = Findings(
            sources: bare ? [] : try InitFiles.workflows(console), repository: repository,
            defaultBranch: origin.defaultBranch, ledger: options.ledger)
        if bare { return findings.skeleton() }
        guard let proposal = findings.proposal() else {
            throw WrongUse(
                "No workflow in \(InitFiles.workflowFolder) was seen to publish an image.",
                advice:
                    "Looked for docker/build-push-action, docker/metadata-action and, in `run:`, "
                    + "docker push, docker build --push, podman, buildah, skopeo, crane and ko. "
                    + "pawl init --bare writes a policy to fill in.")
        }
        return proposal
    }

    private func write(_ files: [InitReport.File], _ console: Console) throws {
        var present = files.map(\.path)
        // Either would count, and nobody could tell which one was meant.
        if options.config == nil { present += Array(PolicySource.usualPaths.dropFirst()) }
        present = present.filter { InitFiles.isThere($0) }
        guard force || present.isEmpty else {
            throw WrongUse(
                "\(present.joined(separator: " and ")) \(present.count == 1 ? "is" : "are") here "
                    + "already; nothing was written.",
                advice: "Show what would be written with --dry-run, or write over it with --force.")
        }
        var written: [String] = []
        for file in files {
            do throws(Files.Failure) {
                try InitFiles.write(file.text, to: file.path, over: force)
                written.append(file.path)
            } catch {
                let before =
                    written.isEmpty
                    ? "Nothing was written." : "Written: \(written.joined(separator: ", "))."
                throw OutOfReach(
                    text: "\(error.text): it could not be written. \(before)",
                    advice: "Make the folder writable and run it again with --force.")
            }
        }
    }
}

/// What was to be done here could not be finished.
struct OutOfReach: Error {
    let text: String
    let advice: String
}
