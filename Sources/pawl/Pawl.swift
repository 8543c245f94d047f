import ArgumentParser
import PawlCore
import PawlReport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The system's `exit`, which the parser's own would hide.
private func endProcess(_ status: Int32) -> Never { exit(status) }

/// The program. ArgumentParser parses; the exit statuses are the contract's own.
@main
struct Pawl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pawl",
        abstract: "Moves image tags forward to commits that CI has proved.",
        discussion: """
            A channel is a moving tag such as :latest on a group of images. Pawl moves it to a \
            commit whose build and gates are green: never backward, never to an unproved commit, \
            all images of the group together. The rules are in pawl.yaml.

            Exit status: 0 promoted, settled, hold, ignored; 1 rejected; 2 wrong use or a bad \
            file; 3 could not tell or could not finish (says what to do; safe to run again).

            EXAMPLES:
              pawl init                         write a policy from .github/workflows
              pawl check                        is the policy file right?
              pawl explain 1a2b3c4              why may this commit go, or not?
              pawl promote                      the newest commit that may go
              pawl promote 1a2b3c4              this one, if it may
              pawl status --max-behind 3h       for an alert
              pawl rollback --to 1a2b3c4 --reason "login is broken"
              pawl resume                       after the fix is on the branch
              pawl history                      who moved what, when and why
              pawl serve                        webhooks in, promotions out
            """,
        version: Version.text,
        subcommands: [
            PromoteCommand.self, ExplainCommand.self, StatusCommand.self, CheckCommand.self,
            RollbackCommand.self, ResumeCommand.self, HoldCommand.self, QuarantineCommand.self,
            AdoptCommand.self, FollowCommand.self, HistoryCommand.self, LedgerCommand.self,
            ActionCommand.self, ServeCommand.self, InitCommand.self,
        ])

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let wantsJSON = arguments.contains("--json")
        do {
            var command = try parseAsRoot(arguments)
            if var running = command as? any AsyncParsableCommand {
                try await running.run()
            } else {
                try command.run()
            }
        } catch let wrongUse as WrongUse {
            end(wrongUse, wantsJSON: wantsJSON)
        } catch let late as OutOfTime {
            end(
                ResultDocument.json(unfinished: late.text, advice: late.advice), late.text,
                late.advice, wantsJSON: wantsJSON)
        } catch let unfinished as OutOfReach {
            end(
                ResultDocument.json(unfinished: unfinished.text, advice: unfinished.advice),
                unfinished.text, unfinished.advice, wantsJSON: wantsJSON)
        } catch let unreadable as UnreadableLedger {
            end(
                ResultDocument.json(unreadableLedger: unreadable.text, advice: unreadable.advice),
                unreadable.text, unreadable.advice, wantsJSON: wantsJSON)
        } catch let status as ExitCode {
            endProcess(status.rawValue)
        } catch {
            end(parsing: error, wantsJSON: wantsJSON)
        }
    }

    private static func end(_ wrongUse: WrongUse, wantsJSON: Bool) -> Never {
        let console = Console(environment: Environment.all, isVerbose: false)
        if wantsJSON {
            let document = ResultDocument.json(wrongUse: wrongUse.text, advice: wrongUse.advice)
            console.print(document.text + "\n")
        }
        for line in wrongUse.text.split(separator: "\n") { console.note("pawl: \(line)") }
        if let advice = wrongUse.advice { console.note("  -> \(advice)") }
        endProcess(2)
    }

    /// A command that only reads and could not.
    private static func end(
        _ document: JSONValue, _ text: String, _ advice: String, wantsJSON: Bool
    ) -> Never {
        let console = Console(environment: Environment.all, isVerbose: false)
        if wantsJSON { console.print(document.text + "\n") }
        console.note("pawl: \(text)")
        console.note("  -> \(advice)")
        endProcess(3)
    }

    /// The parser's messages have no period at their end.
    private static func sentence(_ message: String) -> String {
        message.hasSuffix(".") || message.hasSuffix("?") ? message : message + "."
    }

    /// Which help says what the command takes.
    private static var helpAdvice: String {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        let command = CommandLine.arguments.dropFirst().first { names.contains($0) }
        return "Run \((["pawl"] + (command.map { [$0] } ?? [])).joined(separator: " ")) --help."
    }

    /// Help and the version are results; everything else that the parser says is wrong use.
    private static func end(parsing error: any Error, wantsJSON: Bool) -> Never {
        let console = Console(environment: Environment.all, isVerbose: false)
        let text = fullMessage(for: error)
        guard exitCode(for: error) != .success else {
            console.print(text + "\n")
            endProcess(0)
        }
        end(WrongUse(sentence(message(for: error)), advice: helpAdvice), wantsJSON: wantsJSON)
    }
}
