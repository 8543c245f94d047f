import ArgumentParser
import PawlCore
import PawlEngine
import PawlReport

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Look after the ledger itself.",
        subcommands: [LedgerVerifyCommand.self])
}

struct LedgerVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every entry, and the tags against the ledger. Writes nothing.",
        discussion: """
            Each entry bears the hash of the one before it and the state that all entries come to. \
            Exit 0: every entry is as it was written, and the tags are where the ledger says. 1: \
            an entry is damaged, or a tag is elsewhere. 3: it could not be read.

            A ledger that somebody with the right to write it has rewritten as a whole passes.

            EXAMPLES:
              pawl ledger verify
              pawl ledger verify --json | jq .faults
            """)

    @OptionGroup var channel: ChannelOption
    @OptionGroup var options: Options

    func run() async throws {
        let start = try Start(options, hooks: .untold)
        try LedgerChoice.require(for: "pawl ledger verify", in: start.policy)
        let channels = try channel.channels(of: start.policy)
        let world = try await start.wiring.world(channels: channels, for: .read)
        let engine = Engine(ports: world.ports, policy: start.policy, isDryRun: true)
        let reports = await TimeLimit.run(options.timeout.duration, clock: world.ports.clock) {
            var reports: [LedgerReport] = []
            for channel in channels { reports.append(await engine.verify(channel)) }
            return reports
        }
        await world.shutdown()
        guard let reports else { throw OutOfTime(limit: options.timeout.duration) }
        start.console.print(
            options.json
                ? VerifyReport.json(reports).text + "\n"
                : reports.map { VerifyReport.text(of: $0, style: start.console.output) }
                    .joined(separator: "\n"))
        start.console.tellRequests(of: world)
        throw ExitCode(reports.map(\.exitStatus).max() ?? 0)
    }
}
