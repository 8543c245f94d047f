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
        let environment = Environment.all
        let console = Console(environment: environment, isVerbose: options.verbose)
        let (policy, warnings) = try PolicySource.read(options, environment: environment)
        for warning in warnings { console.note("warning: \(warning)") }
        let channels = try channel.channels(of: policy)
        let checks = live ? try await liveChecks(policy, channels, environment, console) : []
        let images = channels.reduce(0) { $0 + $1.images.count }
        let report = CheckReport(
            file: "The policy is right: channels "
                + channels.map(\.name.text).joined(separator: ", ")
                + (images == 1 ? "; 1 image." : "; \(images) images."),
            warnings: warnings, checks: checks)
        console.print(
            options.json ? report.json.text + "\n" : report.text(style: console.output))
        throw ExitCode(report.exitStatus)
    }

    private func liveChecks(
        _ policy: Policy, _ channels: [Channel], _ environment: [String: String],
        _ console: Console
    ) async throws -> [LiveCheck] {
        let world = try await Wiring(policy: policy, environment: environment, console: console)
            .world(channels: channels, mayWrite: true)
        let engine = Engine(ports: world.ports, policy: policy, isDryRun: true)
        let checks = await TimeLimit.run(options.timeout.duration, clock: world.ports.clock) {
            await engine.liveChecks(of: channels, mayWrite: true)
        }
        await world.shutdown()
        console.tellRequests(of: world)
        guard let checks else {
            throw OutOfTime(limit: options.timeout.duration)
        }
        let files = LocalWorkflows.read(world.ports.workflows)
        return checks + channels.flatMap { triggerChecks(of: $0, in: files) }
    }
}
