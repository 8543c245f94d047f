import ArgumentParser
import PawlCore
import PawlReport

/// What every command takes.
struct Options: ParsableArguments {
    @Option(help: "The policy file. Default: pawl.yaml, then .github/pawl.yaml.")
    var config: String?

    @Flag(help: "Print one JSON document on stdout, and nothing else there.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Where the channel's entries are kept: git, git:REMOTE or sqlite:PATH. Default: the "
                + "policy's, or PAWL_LEDGER.", valueName: "url"))
    var ledger: String?

    @Option(help: ArgumentHelp("Bound of all waits: 90s, 5m, 1h.", valueName: "duration"))
    var timeout: DurationOption = DurationOption(duration: Limits.runTimeout)

    @Flag(name: .shortAndLong, help: "Tell on stderr what is asked and answered.")
    var verbose = false
}

/// A duration as the policy writes it.
struct DurationOption: ExpressibleByArgument, CustomStringConvertible {
    let duration: Duration

    init(duration: Duration) { self.duration = duration }

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        guard let last = argument.last, let unit = units[last],
            let number = Int64(argument.dropLast()), number > 0, number <= 366 * 86400 / unit
        else { return nil }
        duration = .seconds(number * unit)
    }

    var description: String { duration.inWords }
    var defaultValueDescription: String { description }
}

/// Which channels a command is about.
struct ChannelOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only this channel. Default: every one; a person's order is about one.",
            valueName: "name"))
    var channel: String?

    func channels(of policy: Policy) throws(WrongUse) -> [Channel] {
        guard let channel else { return policy.channels }
        guard let found = policy.channel(named: channel) else {
            throw WrongUse(unknownChannel: channel, policy)
        }
        return [found]
    }

    /// The channel of an order, which is about one.
    func one(of policy: Policy, for order: String) throws(WrongUse) -> Channel {
        let channels = try channels(of: policy)
        guard channels.count == 1, let only = channels.first else {
            throw WrongUse(
                "\(order) is an order about one channel, and the policy has \(channels.count).",
                advice: "Name it with --channel.")
        }
        return only
    }
}

/// Whether verdicts are shown beside commits.
struct CommitStatusOption: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Show the verdict beside the commit, as the status pawl/CHANNEL at the host. Also by "
                + "PAWL_COMMIT_STATUS=true."))
    var commitStatus = false

    /// Checked before anything is asked: without a code host there is nowhere to show it.
    func isWanted(_ environment: [String: String], _ policy: Policy) throws(WrongUse) -> Bool {
        guard try isWanted(environment) else { return false }
        guard policy.host == .github else {
            throw WrongUse(
                "--commit-status: with host: git there is nowhere to show a verdict.",
                advice: "Leave --commit-status and PAWL_COMMIT_STATUS out.")
        }
        return true
    }

    /// For whoever has a code host in any case.
    func isWanted(_ environment: [String: String]) throws(WrongUse) -> Bool {
        let variable = Environment.value("PAWL_COMMIT_STATUS", in: environment) ?? "false"
        guard variable == "true" || variable == "false" else {
            throw WrongUse(
                "PAWL_COMMIT_STATUS is \"\(variable)\".", advice: "Give true or false.")
        }
        return commitStatus || variable == "true"
    }
}
