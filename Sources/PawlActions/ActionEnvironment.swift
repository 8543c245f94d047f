package import PawlCore
package import PawlReport

/// What the runner and the action's inputs say, read from the environment once. Inputs come as
/// variables, never pasted into a shell line.
package struct ActionEnvironment: Hashable, Sendable {
    /// The kind of event.
    package let eventName: String
    /// Where its payload is.
    package let eventPath: String
    /// The repository that the workflow runs in.
    package let repository: CodeRepository
    /// Who started the run.
    package let actor: String
    /// Where people see this run.
    package let runAddress: String
    /// Where outputs are appended; `nil` outside of a runner.
    package let outputPath: String?
    /// Where the step summary is appended; `nil` outside of a runner.
    package let summaryPath: String?
    /// Input `command`.
    package let command: Command?
    /// Input `channel`.
    package let channel: String?
    /// Input `sha`.
    package let sha: String?
    /// Input `reason`.
    package let reason: String?
    /// Input `dry-run`.
    package let isDryRun: Bool

    /// What a person may choose in place of what the event says.
    package enum Command: String, Hashable, Sendable, CaseIterable {
        case promote, rollback, hold, resume, quarantine, adopt, follow
    }

    /// Reads the variables. An empty one is the same as none, as unset inputs are.
    package init(_ environment: [String: String]) throws(WrongUse) {
        func text(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        func needed(_ name: String) throws(WrongUse) -> String {
            guard let value = text(name) else {
                throw WrongUse(
                    "\(name) is not set.",
                    advice: "pawl action runs as a step of GitHub Actions; elsewhere use "
                        + "pawl promote.")
            }
            return value
        }
        eventName = try needed("GITHUB_EVENT_NAME")
        eventPath = try needed("GITHUB_EVENT_PATH")
        let name = try needed("GITHUB_REPOSITORY")
        guard let repository = try? CodeRepository(name) else {
            throw WrongUse(
                "GITHUB_REPOSITORY is \"\(name)\", which is not owner/name.",
                advice: "Run pawl action in a job of GitHub Actions.")
        }
        self.repository = repository
        actor = text("GITHUB_ACTOR") ?? "unknown"
        let server = text("GITHUB_SERVER_URL") ?? "https://github.com"
        runAddress = text("GITHUB_RUN_ID").map { "\(server)/\(name)/actions/runs/\($0)" } ?? ""
        outputPath = text("GITHUB_OUTPUT")
        summaryPath = text("GITHUB_STEP_SUMMARY")
        command = try text("PAWL_COMMAND").map(Self.command)
        channel = text("PAWL_CHANNEL")
        sha = text("PAWL_SHA")
        reason = text("PAWL_REASON")
        switch text("PAWL_DRY_RUN") ?? "false" {
        case "true": isDryRun = true
        case "false": isDryRun = false
        case let other:
            throw WrongUse("Input dry-run is \"\(other)\".", advice: "Give true or false.")
        }
    }

    private static func command(_ text: String) throws(WrongUse) -> Command {
        guard let command = Command(rawValue: text) else {
            throw WrongUse(
                "Input command is \"\(text)\".",
                advice: "Give one of: "
                    + Command.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        return command
    }
}
