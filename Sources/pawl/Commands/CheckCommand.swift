import ArgumentParser
import PawlCore
import PawlEngine
import PawlReport

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the policy file; with --live also what it names.",
        discussion: """
            EXAMPLES:
              pawl check
              pawl check --live      credentials, permissions, workflows, tags: harmless reads
            """)

    @OptionGroup var channel: ChannelOption

    @Flag(help: "Also try the branch, the runs, the workflows, the tags and the push rights.")
    var live = false

    @OptionGroup var options: Options

    func run() async throws {
        let start = try Start(options, hooks: live ? .told : .checked)
        let console = start.console
        let channels = try channel.channels(of: start.policy)
        let checks = live ? try await liveChecks(start, channels) : []
        let images = channels.reduce(0) { $0 + $1.images.count }
        let report = CheckReport(
            file: "The policy is right: channels "
                + channels.map(\.name.text).joined(separator: ", ")
                + (images == 1 ? "; 1 image" : "; \(images) images")
                + (start.policy.ledger.map { "; ledger \($0)." } ?? "; no ledger."),
            warnings: start.warnings, checks: checks)
        console.print(
            options.json ? report.json.text + "\n" : report.text(style: console.output))
        throw ExitCode(report.exitStatus)
    }

    private func liveChecks(
        _ start: Start, _ channels: [Channel]
    ) async throws -> [LiveCheck] {
        let world = try await start.wiring.world(channels: channels, for: .check)
        let engine = Engine(ports: world.ports, policy: start.policy, isDryRun: true)
        let writing = world.ledger?.checkWriting
        let checks = await TimeLimit.run(options.timeout.duration, clock: world.ports.clock) {
            await engine.liveChecks(of: channels, mayWrite: true)
                + engine.ledgerChecks(of: channels, writing: writing)
        }
        await world.shutdown()
        start.console.tellRequests(of: world)
        guard let checks else {
            throw OutOfTime(limit: options.timeout.duration)
        }
        let files = LocalWorkflows.read(world.ports.workflows)
        return checks + channels.flatMap { triggerChecks(of: $0, in: files) }
    }
}
