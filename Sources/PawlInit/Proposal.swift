import PawlCore

/// What `pawl init` would write, before it is text.
package struct Proposal: Sendable {
    struct Guessed<Value: Sendable>: Sendable {
        let value: Value
        /// Why it may be wrong: a clause; `nil` where the files say it.
        var guess: String?
    }

    struct Channel: Sendable {
        let name: String
        let images: [Guessed<String>]
        let from: Guessed<String>
        let build: Guessed<String>
        /// What a person must see to for this channel: sentences.
        let notes: [String]
        /// By which the promoting workflow's trigger calls the build; `nil` if nothing could.
        let trigger: String?
    }

    struct Gate: Sendable {
        let file: String
        let displayName: String
        /// Why it stands there, or why it is no more than a suggestion.
        let comments: [String]
        /// Whether it is written as a gate, or in a comment.
        let isActive: Bool
    }

    let repository: CodeRepository?
    let branch: Guessed<String>
    let ledger: String?
    let channels: [Channel]
    let gates: [Gate]
    /// Sentences about the whole: what was left out, and why.
    let notes: [String]
    /// The name of the workflow that is written.
    let workflowName: String

    /// Display names that start the promotion: every build and every gate, each once.
    var triggers: [String] {
        var names: [String] = []
        let all = channels.compactMap(\.trigger) + gates.filter(\.isActive).map(\.displayName)
        for name in all where !names.contains(name) { names.append(name) }
        return names
    }

    /// One line about each channel.
    package var summaries: [String] {
        let active = gates.count { $0.isActive }
        return channels.map { channel in
            "channel \(channel.name): \(counted(channel.images.count, "image")), build "
                + "\(channel.build.value), \(active == 0 ? "no gate" : counted(active, "gate"))"
        }
    }

    /// What to do before the first promotion: sentences.
    package func next(policyPath: String, workflowPath: String) -> [String] {
        var steps: [String] = []
        if guesses(in: policyText) > 0 {
            steps.append("Look at every line of \(policyPath) that says \"guessed\".")
        }
        if repository == nil {
            steps.append(
                "Write `repository:` in \(policyPath); until then Pawl takes it from "
                    + "GITHUB_REPOSITORY.")
        }
        steps.append(
            "In \(workflowPath) write the action's repository and commit for OWNER/pawl@COMMIT.")
        let registries = otherRegistries
        if !registries.isEmpty {
            steps.append(
                "Log in to \(registries.joined(separator: ", ")) in \(workflowPath), before the "
                    + "step that runs Pawl.")
        }
        steps.append("Run `pawl check --live`: branch, runs, tags, rights and triggers.")
        return steps
    }

    /// How many lines of the text are guesses.
    func guesses(in text: String) -> Int {
        text.split(separator: "\n").count { $0.contains("# guessed: ") }
    }

    /// Registries that take no job token.
    var otherRegistries: [String] {
        let hosts = channels.flatMap(\.images).compactMap {
            (try? Repository($0.value))?.host.description
        }
        return Set(hosts).subtracting(["ghcr.io"]).sorted()
    }

    /// Whether an image is in GitHub's own registry.
    var usesPackages: Bool {
        channels.flatMap(\.images).contains { $0.value.hasPrefix("ghcr.io/") }
    }
}

/// `1 image`, `2 images`.
func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
}
