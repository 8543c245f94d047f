import PawlCore
import PawlEngine
import PawlReport

/// What the inputs of a run ask for.
struct ActionRequest {
    let environment: ActionEnvironment
    /// Input `sha`, else what was typed at the dispatch.
    let sha: String?
    /// Input `reason`, else what was typed at the dispatch.
    let reason: String?
    /// Whether a person started the workflow.
    let isDispatch: Bool

    /// What people read of it.
    var name: String {
        switch environment.command {
        case nil, .promote?: "A dispatch with a commit"
        case let command?: "The command \(command.rawValue)"
        }
    }

    /// A commit by the rules goes to every channel; whatever a person orders is about one.
    var isAboutOneChannel: Bool {
        switch environment.command {
        case nil, .promote?: isDispatch && sha != nil
        default: true
        }
    }

    /// `nil`: the event alone says what is to be done.
    func order() throws(WrongUse) -> Engine.Order? {
        switch environment.command {
        case nil, .promote?:
            guard let sha else { return environment.command == nil ? nil : .look }
            let name = try commitName(sha)
            return .promote(name, isDispatch ? try override() : nil)
        case .rollback?:
            return .rollback(try neededCommit(), try override())
        case .quarantine?:
            return .quarantine(try neededCommit(), try statement())
        case .resume?:
            let from = try sha.map(commitName)
            return .resume(from, try statement())
        case .hold?:
            try refuseCommit()
            return .hold(try statement())
        case .adopt?:
            try refuseCommit()
            return .adopt(try statement())
        case .follow?:
            try refuseCommit()
            return .follow(try statement())
        }
    }

    private func neededCommit() throws(WrongUse) -> CommitName {
        guard let sha else {
            throw WrongUse("\(name) is about one commit, and none was given.", advice: "Give sha.")
        }
        return try commitName(sha)
    }

    private func refuseCommit() throws(WrongUse) {
        guard sha == nil else {
            throw WrongUse(
                "\(name) is about the whole channel, and a commit was given.",
                advice: "Leave sha empty.")
        }
    }

    private var why: String { reason ?? "manual dispatch \(environment.runAddress)" }

    private func override() throws(WrongUse) -> Override {
        do throws(Override.Malformed) {
            return try Override(actor: environment.actor, reason: why)
        } catch {
            throw WrongUse(malformedReason: "Say in a sentence why.")
        }
    }

    private func statement() throws(WrongUse) -> Statement {
        do throws(Override.Malformed) {
            return try Statement(actor: environment.actor, reason: why)
        } catch {
            throw WrongUse(malformedReason: "Say in a sentence why.")
        }
    }

    private func commitName(_ text: String) throws(WrongUse) -> CommitName {
        do throws(CommitName.Malformed) {
            return try CommitName(text)
        } catch {
            throw WrongUse(notACommit: text, error)
        }
    }
}
