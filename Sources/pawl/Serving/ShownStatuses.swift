import PawlCore
import PawlEngine
import PawlPorts
import PawlReport

/// The statuses that a server shows beside commits: each is set when it changes, and not with every
/// look.
actor ShownStatuses {
    /// Own choice: so many are remembered; one that was forgotten is set once more.
    private static let rememberedMax = 10_000
    /// Own choice: a status is for people, and the channel's next step waits for it.
    private static let answer = Duration.seconds(10)

    private struct Place: Hashable {
        let context: String
        let commit: CommitID
    }

    private let statuses: any CommitStatuses
    private let console: Console
    private var shown: [Place: CommitStatus] = [:]

    init(_ statuses: any CommitStatuses, console: Console) {
        self.statuses = statuses
        self.console = console
    }

    /// Sets the status of every commit that was judged and whose status is another one than before.
    /// What could not be set is told, and set with the next look.
    func show(_ receipt: Receipt) async {
        for receipt in receipt.judged {
            guard let status = CommitStatus(receipt, link: nil), let commit = receipt.commit
            else { continue }
            let place = Place(context: status.context, commit: commit)
            guard shown[place] != status else { continue }
            if shown.count >= Self.rememberedMax { shown = [:] }
            shown[place] = status
            if await !set(status, on: commit) { shown[place] = nil }
        }
    }

    private func set(_ status: CommitStatus, on commit: CommitID) async -> Bool {
        let (statuses, console) = (statuses, console)
        let isSet = await TimeLimit.run(Self.answer, clock: .system) {
            await statuses.set(status, on: commit, or: console)
        }
        if isSet == nil { console.noteUnset(status, commit, "there was no answer in time.") }
        return isSet ?? false
    }
}

extension CommitStatuses {
    /// Sets a status; false if it could not be set, which is told.
    func set(_ status: CommitStatus, on commit: CommitID, or console: Console) async -> Bool {
        do throws(PortFailure) {
            try await set(status, on: commit)
            return true
        } catch {
            console.noteUnset(
                status, commit,
                [error.detail + ".", error.advice].compactMap(\.self).joined(separator: " "))
            return false
        }
    }
}

extension Console {
    /// A status that could not be set changes nothing else.
    func noteUnset(_ status: CommitStatus, _ commit: CommitID, _ why: String) {
        note("warning: the status \(status.context) of \(commit.short) was not set: \(why)")
    }
}

extension Receipt {
    /// The receipt, and those of its look about other commits.
    var judged: [Receipt] { [self] + look.filter { $0.commit != commit } }
}
