import ArgumentParser
import PawlActions
import PawlCore
import PawlEngine
import PawlGitHub
import PawlReport

struct ActionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "action",
        abstract: "Carry out what the event of a GitHub Actions job says.",
        discussion: """
            Used through action.yml. Reads the runner's variables and the event file; writes \
            outputs, a step summary and annotations. The commit is the event's own, never \
            GITHUB_SHA.
            """)

    @OptionGroup var options: Options

    func run() async throws {
        let environment = Environment.all
        let console = Console(environment: environment, isVerbose: options.verbose)
        let files = CommandFiles(
            output: nonEmpty(environment["GITHUB_OUTPUT"]),
            summary: nonEmpty(environment["GITHUB_STEP_SUMMARY"]))
        do throws(WrongUse) {
            try checkWritable([files.output, files.summary])
        } catch {
            if !options.json { console.print(Annotations.line(error) + "\n") }
            throw error
        }
        do {
            try await run(ActionEnvironment(environment), environment, console)
        } catch let wrongUse as WrongUse {
            tell(wrongUse, files, console)
            throw wrongUse
        }
    }

    private func run(
        _ action: ActionEnvironment, _ environment: [String: String], _ console: Console
    ) async throws {
        var options = options
        if options.config == nil { options.config = nonEmpty(environment["PAWL_CONFIG"]) }
        if options.ledger == nil { options.ledger = nonEmpty(environment["PAWL_LEDGER"]) }
        let (policy, warnings) = try PolicySource.read(options, environment: environment)
        for warning in warnings { console.note("warning: \(warning)") }
        let run = ActionRun(environment: action, policy: policy, door: GitHubDoor())
        let task = try run.task(event: try event(action.eventPath))

        let wiring = Wiring(policy: policy, environment: environment, console: console)
        let world = try await wiring.world(
            channels: policy.channels, mayWrite: !action.isDryRun)
        let engine = Engine(ports: world.ports, policy: policy, isDryRun: action.isDryRun)
        let limit = options.timeout.duration
        let receipts = await run.receipts(of: task, by: engine) { channel, work in
            await world.bounded(limit, channel, work)
        }
        await world.shutdown()
        try report(receipts, action, world, console)
    }

    private func event(_ path: String) throws(WrongUse) -> [UInt8] {
        do throws(Files.Failure) {
            return try Files.read(path, bytesMax: Limits.eventBytesMax)
        } catch {
            throw WrongUse(
                "The event file could not be read: \(error.text).",
                advice: "Run pawl action in the job that the event started.")
        }
    }

    private func report(
        _ receipts: [Receipt], _ action: ActionEnvironment, _ world: World, _ console: Console
    ) throws {
        let document = ResultDocument.json(receipts, requests: world.requests)
        if options.json {
            console.print(document.text + "\n")
        } else {
            let report = TextReport(style: console.output, showsFindings: true)
            console.print(receipts.map(report.text(of:)).joined(separator: "\n"))
            for line in Annotations.lines(receipts) { console.print(line + "\n") }
        }
        console.tellRequests(of: world)
        append(
            ActionOutputs.text(receipts, document: document, delimiter: Randomness.word),
            to: action.outputPath, console)
        append(JobSummary.markdown(receipts), to: action.summaryPath, console)
        throw ExitCode(receipts.map(\.exitStatus).max() ?? 0)
    }

    /// Where the runner reads what a step has to say; known before anything else is read.
    private struct CommandFiles {
        let output: String?
        let summary: String?
    }

    private func tell(_ wrongUse: WrongUse, _ files: CommandFiles, _ console: Console) {
        if !options.json { console.print(Annotations.line(wrongUse) + "\n") }
        let document = ResultDocument.json(wrongUse: wrongUse.text, advice: wrongUse.advice)
        append(
            ActionOutputs.text([], document: document, delimiter: Randomness.word),
            to: files.output, console)
        append(JobSummary.markdown(wrongUse), to: files.summary, console)
    }

    /// Nothing is promoted that could not be reported: the files are opened before anything is
    /// asked.
    private func checkWritable(_ paths: [String?]) throws(WrongUse) {
        for case .some(let path) in paths {
            do throws(Files.Failure) {
                try Files.append("", to: path)
            } catch {
                throw WrongUse(
                    "The runner's command file cannot be written: \(error.text).",
                    advice: "Look at the runner; nothing was done.")
            }
        }
    }

    private func append(_ text: String, to path: String?, _ console: Console) {
        guard let path else { return }
        do throws(Files.Failure) {
            try Files.append(text, to: path)
        } catch {
            console.note("warning: \(error.text)")
        }
    }

    private func nonEmpty(_ text: String?) -> String? {
        text.flatMap { $0.isEmpty ? nil : $0 }
    }
}
