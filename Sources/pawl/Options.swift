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
            "Where the channel's entries are kept. This version keeps none.", valueName: "url"))
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
    @Option(help: ArgumentHelp("Only this channel. Default: every one.", valueName: "name"))
    var channel: String?

    func channels(of policy: Policy) throws(WrongUse) -> [Channel] {
        guard let channel else { return policy.channels }
        guard let found = policy.channel(named: channel) else {
            throw WrongUse(unknownChannel: channel, policy)
        }
        return [found]
    }
}
