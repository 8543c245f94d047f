import ArgumentParser
import PawlCore
import PawlPorts
import PawlReport
import PawlSQLite
import PawlServer

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Keep the tags right by itself: webhooks in, promotions out.",
        discussion: """
            Keeps every channel of the policies: events say when to look, and a sweep finds what \
            no event said. Pages, API, /healthz, /readyz and /metrics are at the same address; put \
            a proxy with TLS before it.

            ENVIRONMENT:
              PAWL_WEBHOOK_SECRETS       what GitHub signs with; several by commas
              PAWL_ADMIN_TOKEN           what an order over the network must come with
              GITHUB_TOKEN, or PAWL_GITHUB_APP_ID and PAWL_GITHUB_APP_KEY_FILE

            EXAMPLES:
              pawl serve
              pawl serve --config app.yaml --config worker.yaml --listen 0.0.0.0:8080
            """)

    @Option(
        help: ArgumentHelp(
            "A policy file; may be given several times. Default: pawl.yaml, then "
                + ".github/pawl.yaml.", valueName: "file"))
    var config: [String] = []

    @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8080)

    @Option(
        help: ArgumentHelp(
            "Where entries are kept, for policies that do not say it. Default: PAWL_LEDGER, else "
                + "sqlite:pawl.db.", valueName: "url"))
    var ledger: String?

    @Option(
        help: ArgumentHelp(
            "The file in which events are kept until they were looked at.", valueName: "path"))
    var deliveries = "pawl-deliveries.db"

    @Option(
        help: ArgumentHelp("How often the host is asked what changed.", valueName: "duration"))
    var sweep = DurationOption(duration: Pace().sweep)

    @Option(
        help: ArgumentHelp("How often every channel is looked at in full.", valueName: "duration"))
    var fullSweep = DurationOption(duration: Pace().full)

    @OptionGroup var status: CommitStatusOption

    @Flag(name: .shortAndLong, help: "Tell on stderr what is asked and answered.")
    var verbose = false

    func run() async throws {
        let environment = Environment.all
        let console = Console(environment: environment, isVerbose: verbose)
        let showsStatus = try status.isWanted(environment)
        let secrets = ServingSecrets(environment)
        if secrets.webhooks == nil {
            console.note(
                "warning: PAWL_WEBHOOK_SECRETS is not set: webhooks are refused, and the sweep "
                    + "alone finds what is new")
        }
        if secrets.admin == nil {
            console.note(
                "warning: PAWL_ADMIN_TOKEN is not set: no order is taken over the network")
        }
        if !listen.isLoopback {
            console.note(
                "warning: whoever reaches \(listen) may read the pages and the API; put a proxy "
                    + "before it")
        }
        Signals.watch()
        let store: SQLiteDeliveries
        do throws(PortFailure) {
            store = try await SQLiteDeliveries(at: deliveries, clock: .system)
        } catch {
            throw WrongUse(
                "The deliveries in \(deliveries) could not be opened: \(error.detail).",
                advice: error.advice)
        }
        var pace = Pace()
        (pace.sweep, pace.full) = (sweep.duration, fullSweep.duration)
        let serving = Serving(
            policies: ServingPolicies(
                files: try files(), ledger: ledger, environment: environment,
                showsStatus: showsStatus, console: console),
            deliveries: store, secrets: secrets, address: listen, pace: pace, console: console)
        let status = try await serving.run()
        throw ExitCode(status)
    }

    private func files() throws(WrongUse) -> [String] {
        guard config.isEmpty else { return config }
        guard let found = PolicySource.usualPaths.first(where: Files.isThere) else {
            let names = PolicySource.usualPaths.joined(separator: " nor ")
            throw WrongUse(
                "There is no policy file: neither \(names) is here.",
                advice: "Write one, or name it with --config.")
        }
        return [found]
    }
}
