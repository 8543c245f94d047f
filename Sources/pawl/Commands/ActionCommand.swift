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

    @OptionGroup var commitStatus: CommitStatusOption
    @OptionGroup var options: Options

    func run() async throws {
        let environment = Environment.all
        let console = Console(environment: environment, isVerbose: options.verbose)
        let files = CommandFiles(
            output: Environment.value("GITHUB_OUTPUT", in: environment),
            summary: Environment.value("GITHUB_STEP_SUMMARY", in: environment))
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
        if options.config == nil {
            options.config = Environment.value("PAWL_CONFIG", in: environment)
        }
        let start = try Start(options, hooks: action.isDryRun ? .untold : .told)
        let policy = start.policy
        let run = ActionRun(environment: action, policy: policy, door: GitHubDoor())
        let task = try run.task(event: try event(action.eventPath))
        if let command = action.command, command != .promote {
            try LedgerChoice.require(for: "pawl \(command.rawValue)", in: policy)
        }
        let showsVerdict =
            try commitStatus.isWanted(environment, policy) && task.isJudging && !action.isDryRun

        let world = try await start.wiring.world(
            channels: policy.channels, for: action.isDryRun ? .read : .write)
        let engine = Engine(ports: world.ports, policy: policy, isDryRun: action.isDryRun)
        let limit = options.timeout.duration
        let receipts = await run.receipts(of: task, by: engine) { channel, work in
            await world.bounded(limit, channel, work)
        }
        if showsVerdict {
            await world.showVerdicts(receipts, link: action.runAddress, within: limit, console)
        }
        await world.shutdown()
        try report(receipts, of: task.order, action, world, console)
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
        _ receipts: [Receipt], of order: Engine.Order?, _ action: ActionEnvironment,
        _ world: World, _ console: Console
    ) throws {
        let document = ResultDocument.json(receipts, requests: world.requests)
        if options.json {
            console.print(document.text + "\n")
        } else {
            let report = TextReport(style: console.output, showsFindings: true, order: order)
            console.print(receipts.map(report.text(of:)).joined(separator: "\n"))
            for line in Annotations.lines(receipts, order: order) { console.print(line + "\n") }
        }
        console.tellRequests(of: world)
        append(
            ActionOutputs.text(receipts, document: document, delimiter: Randomness.word),
            to: action.outputPath, console)
        append(JobSummary.markdown(receipts, order: order), to: action.summaryPath, console)
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
}
