// The workflow that promotes, as examples/promote.yml and examples/promote-with-ledger.yml have it.

extension Proposal {
    private var hasLedger: Bool { ledger != nil }

    /// The group of runs that wait for each other.
    private var group: String {
        channels.count == 1 ? "promote-\(channels.first?.name ?? "latest")" : "promote"
    }

    /// `.github/workflows/promote.yml`. `config`: the policy's path where Pawl would not look for
    /// it by itself.
    package func workflowText(config: String?) -> String {
        ([
            "# Written by pawl init. Moves the tags to a commit whose build and gates are green;",
            "# the rules are in \(YAMLText.comment(config ?? "pawl.yaml")). It must be on the "
                + "default branch.",
            "name: \(workflowName)",
            "",
        ] + triggerLines + inputLines + permissionLines + jobLines(config))
        .joined(separator: "\n") + "\n"
    }

    private var triggerLines: [String] {
        [
            "on:",
            "  # zizmor: ignore[dangerous-triggers] no code of the triggering run is checked out "
                + "or executed",
            "  workflow_run:",
            "    # The display names of the build and of every gate: whichever ends last starts "
                + "the promotion.",
            "    workflows:",
        ] + triggers.map { "      - " + YAMLText.quoted($0) } + [
            "    types: [completed]",
            "    branches: [\(YAMLText.quoted(branch.value))]",
            "  schedule:",
            "    - cron: \"17,47 * * * *\" # finds what an event missed",
        ]
    }

    private var inputLines: [String] {
        let commands =
            "[promote, rollback, hold, resume, quarantine, adopt, follow]"
        return ["  workflow_dispatch:", "    inputs:"]
            + (hasLedger
                ? [
                    "      command:", "        description: What to do", "        type: choice",
                    "        default: promote", "        options: \(commands)", "      sha:",
                    "        description: The commit, 7 to 40 digits; promote and resume do "
                        + "without one",
                ]
                : [
                    "      sha:",
                    "        description: Promote this commit past the rules about gates and "
                        + "direction (7 to 40 digits)",
                ])
            + ["      reason:", "        description: Why; recorded with your name", ""]
    }

    private var permissionLines: [String] {
        let keepsEntriesHere = ledger == "git"
        var lines = ["permissions:"]
        lines.append(
            keepsEntriesHere
                ? "  contents: write # pawl.yaml, the order of commits, and the ledger's entries"
                : "  contents: read # pawl.yaml and the order of commits")
        lines.append("  actions: read # runs of the build and of the gates")
        if usesPackages { lines.append("  packages: write # the tags") }
        return lines + [
            "",
            "concurrency: # one group: its runs wait for each other, and none is dropped",
            "  group: \(group)",
            "  queue: max",
            "",
        ]
    }

    private func jobLines(_ config: String?) -> [String] {
        var lines = [
            "jobs:",
            "  promote:",
            "    runs-on: ubuntu-latest",
            "    timeout-minutes: 10",
            "    steps:",
            "      # Under workflow_run and schedule this is the default branch, whatever the run "
                + "was for: the",
            "      # rules are those of the default branch.",
            "      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
            "        with:",
            "          persist-credentials: false",
        ]
        for host in otherRegistries {
            lines += [
                "      # LOGIN: \(YAMLText.comment(host)) does not take the job's token. Put the "
                    + "login step of",
                "      # the build here, with rights to push.",
            ]
        }
        lines += [
            "      # PIN: write the action's repository for OWNER, and for COMMIT the 40 digits of "
                + "the commit",
            "      # that a release names. A tag can be moved; a commit cannot.",
            "      - uses: OWNER/pawl@COMMIT",
        ]
        var inputs: [String] = []
        if let config { inputs.append("config: " + YAMLText.scalar(config)) }
        if hasLedger {
            inputs.append("command: ${{ inputs.command }} # empty unless a person started it")
        }
        guard !inputs.isEmpty else { return lines }
        return lines + ["        with:"] + inputs.map { "          " + $0 }
    }
}
