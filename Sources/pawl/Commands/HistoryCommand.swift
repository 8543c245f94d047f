import ArgumentParser
import PawlCore
import PawlEngine
import PawlPorts
import PawlReport

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show who moved a channel, when, why, from where to where.",
        discussion: """
            Newest first, from the ledger. Entries that only say that another one was carried out \
            are left out of the table; --all shows them, and --json has every entry with all it \
            says.

            EXAMPLES:
              pawl history
              pawl history --limit 100 --channel latest
              pawl history --json | jq '.entries[] | select(.override)'
            """)

    @Option(help: ArgumentHelp("At most so many rows for each channel.", valueName: "n"))
    var limit = 20

    @Flag(help: "Show every entry.")
    var all = false

    @OptionGroup var channel: ChannelOption
    @OptionGroup var options: Options

    func run() async throws {
        guard (1...Limits.entriesReadMax).contains(limit) else {
            throw WrongUse(
                "--limit is \(limit).", advice: "Give a number from 1 to \(Limits.entriesReadMax).")
        }
        let start = try Start(options, hooks: .untold)
        try LedgerChoice.require(for: "pawl history", in: start.policy)
        let channels = try channel.channels(of: start.policy)
        let world = try await start.wiring.world(channels: channels, for: .read)
        let engine = Engine(ports: world.ports, policy: start.policy, isDryRun: true)
        let pages = Pages(limit: limit, isWhole: all || options.json)
        let read = await TimeLimit.run(options.timeout.duration, clock: world.ports.clock) {
            await pages.reports(of: channels, by: engine)
        }
        await world.shutdown()
        guard let read else { throw OutOfTime(limit: options.timeout.duration) }
        let reports: [HistoryReport]
        switch read {
        case .success(let found): reports = found
        case .failure(let failure): throw UnreadableLedger(failure: failure)
        }
        start.console.print(
            options.json
                ? HistoryReport.json(reports).text + "\n"
                : reports.map { $0.text(style: start.console.output) }.joined(separator: "\n"))
        start.console.tellRequests(of: world)
    }
}

/// Reads as many entries as it takes to show `limit` rows.
private struct Pages: Sendable {
    let limit: Int
    /// Whether every entry is a row.
    let isWhole: Bool

    func reports(
        of channels: [Channel], by engine: Engine
    ) async -> Result<[HistoryReport], PortFailure> {
        var reports: [HistoryReport] = []
        do throws(PortFailure) {
            for channel in channels { reports.append(try await report(of: channel, by: engine)) }
        } catch {
            return .failure(error)
        }
        return .success(reports)
    }

    private func report(
        of channel: Channel, by engine: Engine
    ) async throws(PortFailure) -> HistoryReport {
        // One more than is shown says whether there are older ones.
        var asked = min(Limits.entriesReadMax, (isWhole ? limit : limit * 4) + 1)
        while true {
            let entries = try await engine.history(of: channel, limit: asked)
            let isEnd = entries.count < asked
            let rows = isWhole ? entries : entries.filter(HistoryReport.isTold)
            guard rows.count <= limit, !isEnd, asked < Limits.entriesReadMax else {
                return HistoryReport(
                    channel: channel.name, rows: Array(rows.prefix(limit)),
                    state: entries.first?.state, isWhole: isEnd && rows.count <= limit)
            }
            asked = min(Limits.entriesReadMax, asked * 4)
        }
    }
}

/// A ledger could not be read by a command that only reads it: exit status 3.
struct UnreadableLedger: Error {
    let failure: PortFailure

    var text: String { "The ledger could not be read: \(failure.detail)." }
    var advice: String { failure.advice ?? ReasonCode.ledgerUnreadable.advice }
}
