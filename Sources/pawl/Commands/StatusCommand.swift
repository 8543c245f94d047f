import ArgumentParser
import PawlCore
import PawlEngine
import PawlReport

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say where each channel is and how far it is behind.",
        discussion: """
            EXAMPLES:
              pawl status
              pawl status --max-behind 3h       exit 1 if an image has been waiting longer
            """)

    @OptionGroup var channel: ChannelOption

    @Option(
        help: ArgumentHelp(
            "Exit 1 if an image has been waiting longer than this.", valueName: "duration"))
    var maxBehind: DurationOption?

    @OptionGroup var options: Options

    func run() async throws {
        let start = try Start(options, hooks: .untold)
        let console = start.console
        let channels = try channel.channels(of: start.policy)
        let world = try await start.wiring.world(channels: channels, for: .read)
        let engine = Engine(ports: world.ports, policy: start.policy, isDryRun: true)

        let statuses = await TimeLimit.run(options.timeout.duration, clock: world.ports.clock) {
            var statuses: [ChannelStatus] = []
            for channel in channels { statuses.append(await engine.status(of: channel)) }
            return statuses
        }
        await world.shutdown()
        guard let statuses else {
            throw OutOfTime(limit: options.timeout.duration)
        }
        console.print(
            options.json
                ? StatusReport.json(statuses).text + "\n"
                : statuses.map { StatusReport.text(of: $0, style: console.output) }
                    .joined(separator: "\n"))
        console.tellRequests(of: world)
        throw ExitCode(
            statuses.map { $0.exitStatus(maxBehind: maxBehind?.duration) }.max() ?? 0)
    }
}
