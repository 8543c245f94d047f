import PawlCore

// The policy as a file, with a comment wherever something was guessed.

extension Proposal {
    /// `pawl.yaml`.
    package var policyText: String {
        var lines = [
            "# Written by pawl init from .github/workflows. Lines that say \"guessed\" may be"
                + " wrong:",
            "# look at them first, then run `pawl check --live`.",
        ]
        lines += notes.map { "# " + YAMLText.comment($0) }
        lines.append("version: 1")
        lines.append(
            repository.map { "repository: " + YAMLText.scalar($0.description) }
                ?? "# repository: owner/name # no remote says it; by default $GITHUB_REPOSITORY")
        lines.append(line("branch", branch))
        lines.append(
            ledger.map { "ledger: " + YAMLText.scalar($0) }
                ?? "# ledger: git # keeps every move in the repository itself: rollbacks stay, "
                + "killed runs are finished")
        lines += ["", "channels:"]
        for channel in channels {
            lines += text(of: channel).map { $0.isEmpty ? "" : "  " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func text(of channel: Channel) -> [String] {
        var lines = [YAMLText.scalar(channel.name) + ":"]
        lines += channel.notes.map { "  # " + YAMLText.comment($0) }
        lines.append("  images:")
        lines += channel.images.map { image in
            "    - " + YAMLText.scalar(image.value) + comment(image.guess)
        }
        lines.append("  from: " + YAMLText.quoted(channel.from.value) + comment(channel.from.guess))
        lines.append("  to: latest")
        lines.append("  " + line("build", channel.build))
        let active = gates.filter(\.isActive)
        if active.isEmpty {
            lines += [
                "  # guessed: no workflow was seen that tests every commit of the branch; whatever",
                "  # was published would go. A gate is a workflow that must be green:",
                "  # gates:",
                "  #   - workflow: e2e.yml",
            ]
        } else {
            lines.append("  gates:")
        }
        for gate in active {
            lines += gate.comments.map { "    # " + YAMLText.comment($0) }
            lines.append("    - workflow: " + YAMLText.scalar(gate.file))
        }
        for gate in gates where !gate.isActive {
            lines += gate.comments.map { "    # " + YAMLText.comment($0) }
        }
        return lines
    }

    private func line(_ key: String, _ value: Guessed<String>) -> String {
        "\(key): " + YAMLText.scalar(value.value) + comment(value.guess)
    }

    private func comment(_ guess: String?) -> String {
        guess.map { " # guessed: " + YAMLText.comment($0) } ?? ""
    }
}
