import PawlCore
import PawlPorts
import Subprocess

/// One run of the `git` command in a folder: arguments as a list, never through a shell; a bounded
/// answer within a bounded time; nothing that reaches out of the clone.
struct GitCommand: Sendable {
    /// What a run of git printed, and how it ended.
    struct Answer: Hashable, Sendable {
        let exitCode: Int32
        let output: [UInt8]
        let errors: [UInt8]

        /// Lines of the output, without the line breaks.
        var lines: [String] {
            output.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        }

        /// Whether git complained, perhaps without saying so by its exit status. Warnings and hints
        /// do not count.
        var hasComplaints: Bool {
            String(decoding: errors, as: UTF8.self).split(separator: "\n").contains {
                $0.hasPrefix("error:") || $0.hasPrefix("fatal:")
            }
        }
    }

    /// Own choice: a hundred rows of a log have 100 kB at most, and a hundred commits with their
    /// messages rarely more than 1 MB.
    private static let outputBytesMax = 8 * 1024 * 1024

    /// Settings that a clone's own configuration must not change: no helper program is started, and
    /// a partial clone fetches nothing while it is asked.
    private static let settings = [
        "--no-pager", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false", "-c",
        "protocol.allow=never", "-c", "advice.graftFileDeprecated=false",
    ]

    /// What git is told of the environment; everything else (`GIT_DIR`, …) could point it
    /// elsewhere.
    private static let inherited = [
        "PATH", "HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM",
        "GIT_CEILING_DIRECTORIES",
    ]

    private static let fixed = [
        "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0",
        // Replacements and grafts change what a commit's parents seem to be.
        "GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": "/dev/null", "GIT_NO_LAZY_FETCH": "1",
    ]

    let folder: String
    private let settings: [String]
    private let environment: [String: String]
    /// A session of git's own has no terminal to ask at, and ends as a whole: a transport that git
    /// had started does not outlive the time limit.
    private let hasOwnSession: Bool
    private let clock: Clock
    private let timeLimit: Duration

    /// Git in a clone that is only read, and that nothing is fetched into.
    init(folder: String, environment: [String: String], clock: Clock, timeLimit: Duration) {
        self.init(
            folder: folder, settings: Self.settings,
            environment: environment.filter { Self.inherited.contains($0.key) }
                .merging(Self.fixed) { _, fixed in fixed },
            hasOwnSession: false, clock: clock, timeLimit: timeLimit)
    }

    /// Git with exactly these settings before the subcommand, and this environment.
    init(
        folder: String, settings: [String], environment: [String: String], hasOwnSession: Bool,
        clock: Clock, timeLimit: Duration
    ) {
        self.folder = folder
        self.settings = settings
        self.environment = environment
        self.hasOwnSession = hasOwnSession
        self.clock = clock
        self.timeLimit = timeLimit
    }

    /// The same, with more in the environment.
    func adding(_ variables: [String: String]) -> GitCommand {
        GitCommand(
            folder: folder, settings: settings,
            environment: environment.merging(variables) { _, new in new },
            hasOwnSession: hasOwnSession, clock: clock, timeLimit: timeLimit)
    }

    /// Runs git with these arguments.
    ///
    /// - Parameters:
    ///   - arguments: The subcommand and what follows it.
    ///   - input: Given to git on its standard input.
    ///   - subject: What is asked, for a failure.
    /// - Returns: What git printed, whatever its exit status.
    /// - Throws: If git could not be run to its end within the bounds, or there is no repository.
    func run(
        _ arguments: [String], input: String = "", asking subject: String
    ) async throws(PortFailure) -> Answer {
        let answer = try await finish(arguments, input: input, asking: subject)
        if answer.exitCode >= 128, let failure = unusable(answer, subject: subject) {
            throw failure
        }
        return answer
    }

    /// Runs git with these arguments, whatever it says of repositories.
    ///
    /// - Parameters:
    ///   - arguments: The subcommand and what follows it.
    ///   - input: Given to git on its standard input.
    ///   - subject: What is asked, for a failure.
    /// - Returns: What git printed, whatever its exit status.
    /// - Throws: If git could not be run to its end within the bounds.
    func finish(
        _ arguments: [String], input: String = "", asking subject: String
    ) async throws(PortFailure) -> Answer {
        let outcome = await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await spawn(arguments, input: input, subject: subject) }
            group.addTask {
                do {
                    try await clock.sleep(timeLimit)
                    return .failed(late(subject, "no answer from git within \(timeLimit)"))
                } catch {
                    return .failed(late(subject, "git was stopped before it answered"))
                }
            }
            // The slower of the two is cancelled: a git that is still running is ended.
            defer { group.cancelAll() }
            return await group.next() ?? .failed(late(subject, "git was not run"))
        }
        switch outcome {
        case .answered(let answer): return answer
        case .failed(let failure): throw failure
        }
    }

    private enum Outcome: Sendable {
        case answered(Answer)
        case failed(PortFailure)
    }

    private func spawn(_ arguments: [String], input: String, subject: String) async -> Outcome {
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        var options = PlatformOptions()
        if hasOwnSession {
            options.createSession = true
            // Own choice of a second: time for git to take its lock files away.
            options.teardownSequence = [
                .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
            ]
        }
        do {
            let result = try await Subprocess.run(
                .name("git"), arguments: Arguments(settings + ["-C", folder] + arguments),
                environment: .custom(
                    Dictionary(variables, uniquingKeysWith: { first, _ in first })),
                platformOptions: options, input: .string(input),
                output: .bytes(limit: Self.outputBytesMax),
                error: .bytes(limit: Self.outputBytesMax))
            guard case .exited(let exitCode) = result.terminationStatus else {
                return .failed(
                    PortFailure(
                        code: .serverFailed, subject: subject,
                        detail: "git was ended by a signal (\(result.terminationStatus))"))
            }
            return .answered(
                Answer(
                    exitCode: exitCode, output: result.standardOutput,
                    errors: result.standardError))
        } catch let error as SubprocessError {
            return .failed(failure(error, subject: subject))
        } catch {
            return .failed(late(subject, "git was stopped before it answered"))
        }
    }

    private func failure(_ error: SubprocessError, subject: String) -> PortFailure {
        switch error.code {
        case .executableNotFound:
            PortFailure(
                code: .missing, subject: subject, detail: "there is no git command on the PATH",
                advice: "Install git, or name its folder in PATH.")
        case .outputLimitExceeded:
            PortFailure(
                code: .tooLarge, subject: subject,
                detail: "git printed more than \(Self.outputBytesMax) bytes")
        default:
            PortFailure(
                code: .unreachable, subject: subject,
                detail: "git could not be run (\(printable("\(error)")))")
        }
    }

    private func late(_ subject: String, _ detail: String) -> PortFailure {
        PortFailure(code: .timedOut, subject: subject, detail: detail)
    }

    /// The failures that any question can meet, by git's own words (LC_ALL=C).
    private func unusable(_ answer: Answer, subject: String) -> PortFailure? {
        let words = String(decoding: answer.errors, as: UTF8.self)
        let shown = printable(folder)
        if words.contains("not a git repository") {
            return PortFailure(
                code: .missing, subject: subject, detail: "\(shown) is not in a git repository",
                advice: "Run pawl in a clone of the repository.")
        }
        if words.contains("cannot change to") {
            return PortFailure(
                code: .missing, subject: subject,
                detail: "the folder \(shown) cannot be entered",
                advice: "Run pawl in a clone of the repository.")
        }
        if words.contains("dubious ownership") {
            return PortFailure(
                code: .denied, subject: subject,
                detail: "git does not trust the repository in \(shown): another user owns it",
                advice: "Run `git config --global --add safe.directory` with that folder.")
        }
        return nil
    }
}

/// Outside text on one line, without control characters, cut.
func printable(_ text: some StringProtocol) -> String {
    /// Own choice: enough to recognise a message.
    let charactersMax = 300
    let line = String(
        String.UnicodeScalarView(
            text.unicodeScalars.prefix(charactersMax).map { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: " "
                default: scalar
                }
            }))
    return line.split(separator: " ").joined(separator: " ")
}
