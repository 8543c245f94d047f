import ArgumentParser
import PawlCore
import PawlEngine
import PawlReport

struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Move the channel's tags to a commit, if the rules let it.",
        discussion: """
            Without SHA: a look. The newest commit between what is live and the branch's tip that \
            may be promoted is promoted.

            EXAMPLES:
              pawl promote
              pawl promote 1a2b3c4 --dry-run
              pawl promote 1a2b3c4 --override "rollback: login is broken"
              pawl promote 1a2b3c4 --gate e2e.yml=success     (host: git)
            """)

    @Argument(help: "The commit, 7 to 40 digits.")
    var sha: String?

    @OptionGroup var channel: ChannelOption

    @Option(
        help: ArgumentHelp(
            "Pass the rules about gates and direction, for this reason.", valueName: "reason"))
    var override: String?

    @Flag(help: "Ask and judge the same, and write nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "State a gate's result (with host: git and a SHA only).", valueName: "name=state"))
    var gate: [String] = []

    @OptionGroup var commitStatus: CommitStatusOption
    @OptionGroup var options: Options

    func run() async throws {
        try await Promotion(
            sha: sha, channel: channel, override: override, isDryRun: dryRun,
            showsFindings: dryRun, gates: gate, options: options, commitStatus: commitStatus
        ).run()
    }
}

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a commit may go or not, with all evidence. Writes nothing.",
        discussion: """
            The same engine as promote: each fact, each finding, what is awaited. Without SHA: \
            what a look would do.

            EXAMPLES:
              pawl explain 1a2b3c4
              pawl explain --json | jq .reasons
            """)

    @Argument(help: "The commit, 7 to 40 digits.")
    var sha: String?

    @OptionGroup var channel: ChannelOption

    @Option(
        help: ArgumentHelp(
            "State a gate's result (with host: git and a SHA only).", valueName: "name=state"))
    var gate: [String] = []

    @OptionGroup var options: Options

    func run() async throws {
        try await Promotion(
            sha: sha, channel: channel, override: nil, isDryRun: true, showsFindings: true,
            gates: gate, options: options, exitsByVerdict: false
        ).run()
    }
}
