import FoundationEssentials
import PawlLoopback

/// One job of the published workflow, run for real: `act` is a runner of GitHub Actions workflows,
/// here on this machine itself, without containers and without a network.
struct ActJob: Sendable {
    /// What `act` says of a job, and of the step that uses the action.
    struct Outcome: CustomStringConvertible {
        let ran: Ran
        /// The job's own word: `success` or `failure`.
        let result: String?
        /// The outputs of the step that uses the action.
        let outputs: [String: String]
        /// Everything that was written to the step's summary.
        let summary: String
        /// Workflow commands of the step, by name, outputs and summary left out. Of a step that
        /// failed `act` may lose the last lines: it does not wait for its terminal.
        let commands: [String: [String]]
        /// What the step printed; the same holds.
        let printed: String

        /// For the message of an expectation that failed.
        var description: String { "\(ran)" }
    }

    /// One line of what `act --json` tells.
    private struct Line: Decodable {
        let stepID: [String]?
        let jobResult: String?
        let command: String?
        let name: String?
        let arg: String?
        let content: String?
        let msg: String?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let raw_output: Bool?
    }

    let world: ActionWorld
    /// A repository that holds the action, its script, the policy and the workflow.
    let workspace: ActionFolder

    /// Makes the repository in the world's folder. `passesInputs` has the workflow give the action
    /// what was typed; else the program reads it from the event itself.
    init(
        in world: ActionWorld, passesInputs: Bool = false, example: String = "promote.yml"
    ) async throws {
        self.world = world
        workspace = ActionFolder(path: world.folder.path(of: "workspace"))
        try workspace.write(try ActionSources.text(of: "action.yml"), to: "action.yml")
        try workspace.write(
            try ActionSources.text(of: "release/checksums.txt"), to: "release/checksums.txt")
        try workspace.writeProgram(
            try ActionSources.text(of: "release/find-pawl.sh"), to: "release/find-pawl.sh")
        try workspace.write(try world.policy(), to: "pawl.yaml")
        try workspace.write(
            try Self.workflow("examples/\(example)", passesInputs: passesInputs),
            to: ".github/workflows/promote.yml")
        try await git("init", "--quiet", "--initial-branch=main")
        try await git("add", "--all")
        try await git(
            "-c", "user.name=Mona", "-c", "user.email=mona@example.com", "commit", "--quiet",
            "--message=Everything")
    }

    /// The published example but for two lines: the action comes from this repository, and `act`
    /// does not know `queue: max` yet.
    private static func workflow(_ name: String, passesInputs: Bool) throws -> String {
        let example = try ActionSources.text(of: name)
        let (queue, pin) = ("\n  queue: max\n", "- uses: OWNER/pawl@COMMIT\n")
        guard example.contains(queue), example.contains(pin) else {
            throw ExampleChanged(name: name)
        }
        let inputs = """
                    with:
                      sha: ${{ inputs.sha }}
                      reason: ${{ inputs.reason }}

            """
        return example.replacing(queue, with: "\n")
            .replacing(pin, with: "- uses: ./\n" + (passesInputs ? inputs : ""))
    }

    /// The example does not have the lines that are to be exchanged.
    struct ExampleChanged: Error, CustomStringConvertible {
        let name: String

        var description: String { "\(name) has no `queue: max`, or no `OWNER/pawl@COMMIT`." }
    }

    private func git(_ arguments: String...) async throws {
        let ran = try await Binary(path: "git").run(
            arguments,
            environment: ["HOME": world.folder.path, "GIT_CONFIG_NOSYSTEM": "1"],
            in: workspace.path)
        guard ran.status == 0 else { throw Failed(ran: ran) }
    }

    /// A tool of the test itself did not do its work.
    struct Failed: Error { let ran: Ran }

    /// Runs the job for one event. `variables` go before those that the job has anyway.
    func run(
        _ event: String, _ payload: [UInt8], actor: String = "mona",
        variables: [String: String] = [:]
    ) async throws -> Outcome {
        let file = try world.folder.write(payload, to: "event.json")
        let given = [
            "GITHUB_API_URL": world.api, "GITHUB_REPOSITORY": "acme/platform",
            "PAWL_BINARY": Binary.pawl.path,
        ].merging(variables) { _, given in given }
        // act keeps the job's workspace and its own files under HOME, and asks nothing if there is
        // an .actrc.
        let home = "home-\(UUID().uuidString)"
        try world.folder.write("", to: "\(home)/.actrc")
        let ran = try await Binary(path: "act").run(
            [
                event, "--json", "--workflows", ".github/workflows/promote.yml",
                "--eventpath", file, "--platform", "ubuntu-latest=-self-hosted",
                "--actor", actor, "--secret", "GITHUB_TOKEN", "--no-cache-server",
            ] + given.sorted { $0.key < $1.key }.flatMap { ["--env", "\($0.key)=\($0.value)"] },
            environment: [
                "HOME": world.folder.path(of: home), "GITHUB_TOKEN": ActionWorld.token,
            ], in: workspace.path, limit: .seconds(600))
        // What a version manager's stand-in for a missing program ends with.
        guard ran.status != 127 else { throw NotThere(program: "act") }
        return outcome(of: ran)
    }

    /// Runs the job for the completion of a run.
    func run(after run: GitHubRun, variables: [String: String] = [:]) async throws -> Outcome {
        try await self.run("workflow_run", world.github.event(for: run), variables: variables)
    }

    /// Runs the job as a person dispatches it.
    func run(
        dispatched inputs: [(String, String)], actor: String = "mona"
    ) async throws -> Outcome {
        try await run(
            "workflow_dispatch", world.github.dispatchEvent(inputs: inputs), actor: actor)
    }

    private func outcome(of ran: Ran) -> Outcome {
        let lines = ran.stdout.split(separator: "\n").compactMap { line in
            try? JSONDecoder().decode(Line.self, from: Data(line.utf8))
        }
        // The checkout is the job's first step, the action its second; what runs in the action
        // has a longer id.
        let action = lines.filter { $0.stepID == ["1"] }
        let inside = lines.filter { $0.stepID?.first == "1" }
        var commands: [String: [String]] = [:]
        for line in inside {
            guard let command = line.command, command != "set-output", command != "summary" else {
                continue
            }
            commands[command, default: []].append(line.arg ?? "")
        }
        return Outcome(
            ran: ran, result: lines.lazy.compactMap(\.jobResult).last,
            outputs: action.filter { $0.command == "set-output" }
                .reduce(into: [:]) { $0[$1.name ?? ""] = $1.arg },
            summary: inside.first { $0.command == "summary" }?.content ?? "",
            commands: commands,
            printed: inside.filter { $0.raw_output == true }.compactMap(\.msg).joined())
    }
}
