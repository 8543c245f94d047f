import ArgumentParser
import PawlCore
import PawlEngine
import PawlReport

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Lift the hold; say from which commit on the channel moves by itself.",
        discussion: """
            Only the commit named and its descendants go by themselves then. Without --from that \
            is the branch's tip as it is now, so nothing older comes back; a tip that a rollback \
            quarantined stays so. Says which commit goes next, and moves nothing itself.

            EXAMPLES:
              pawl resume                       everything after the branch's tip
              pawl resume --from 4d5e6f7        the fix is in this commit
            """)

    @Option(
        help: ArgumentHelp(
            "The first commit that may go, 7 to 40 digits. Default: the branch's tip.",
            valueName: "sha"))
    var from: String?

    @Option(help: ArgumentHelp("Why; recorded with your name.", valueName: "text"))
    var reason: String?

    @OptionGroup var channel: ChannelOption
    @OptionGroup var options: Options

    func run() async throws {
        let name = try from.map { text throws(WrongUse) in try PersonsOrder.commit(text) }
        try await PersonsOrder(command: "pawl resume", channel: channel, options: options)
            .run { actor throws(WrongUse) in
                .resume(name, try PersonsOrder.statement(actor, reason))
            }
    }
}

struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Let nothing move by itself, until pawl resume.",
        discussion: """
            EXAMPLES:
              pawl hold --reason "the database is being moved"
            """)

    @Option(help: ArgumentHelp("Why; recorded with your name.", valueName: "text"))
    var reason: String?

    @OptionGroup var channel: ChannelOption
    @OptionGroup var options: Options

    func run() async throws {
        try await PersonsOrder(command: "pawl hold", channel: channel, options: options)
            .run { actor throws(WrongUse) in .hold(try PersonsOrder.statement(actor, reason)) }
    }
}

struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Let one commit not go by itself. Later commits still do.",
        discussion: """
            EXAMPLES:
              pawl quarantine 1a2b3c4 --reason "leaks memory"
            """)

    @Argument(help: "The commit, 7 to 40 digits.")
    var sha: String

    @Option(help: ArgumentHelp("Why; recorded with your name.", valueName: "text"))
    var reason: String?

    @OptionGroup var channel: ChannelOption
    @OptionGroup var options: Options

    func run() async throws {
        let name = try PersonsOrder.commit(sha)
        try await PersonsOrder(command: "pawl quarantine", channel: channel, options: options)
            .run { actor throws(WrongUse) in
                .quarantine(name, try PersonsOrder.statement(actor, reason))
            }
    }
}

struct AdoptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Let the ledger take the tags as they are, where somebody else moved them.",
        discussion: """
            The whole group must be at one commit of the branch. To put the tags back instead: \
            pawl follow.

            EXAMPLES:
              pawl adopt --reason "moved by hand during the outage"
            """)

    @Option(help: ArgumentHelp("Why; recorded with your name.", valueName: "text"))
    var reason: String?

    @OptionGroup var channel: ChannelOption
    @OptionGroup var options: Options

    func run() async throws {
        try await PersonsOrder(command: "pawl adopt", channel: channel, options: options)
            .run { actor throws(WrongUse) in .adopt(try PersonsOrder.statement(actor, reason)) }
    }
}

struct FollowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Put the tags back to where the ledger says, whoever moved them.",
        discussion: """
            To let the ledger take the tags as they are instead: pawl adopt.

            EXAMPLES:
              pawl follow --reason "nobody knows who moved it"
            """)

    @Option(help: ArgumentHelp("Why; recorded with your name.", valueName: "text"))
    var reason: String?

    @OptionGroup var channel: ChannelOption
    @OptionGroup var options: Options

    func run() async throws {
        try await PersonsOrder(command: "pawl follow", channel: channel, options: options)
            .run { actor throws(WrongUse) in .follow(try PersonsOrder.statement(actor, reason)) }
    }
}
