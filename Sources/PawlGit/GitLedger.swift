package import PawlCore
package import PawlPorts
import Synchronization

/// A ledger in a git repository: `refs/pawl/CHANNEL` points to a chain of commits, one for each
/// line, newest first. It is read and pushed to by the `git` command, so that it lives wherever git
/// does.
///
/// What decides who was first is the remote: it moves a ref only if the ref still is what the
/// writer read. Everything happens in a temporary repository of its own; one thing at a time, as
/// git's own locks want it.
package final class GitLedger: Ledger {
    /// What was last seen of a ref.
    private struct Look: Sendable {
        /// Looks are numbered in the order in which they began.
        let number: Int
        let line: LedgerLine?
    }

    private struct State: Sendable {
        var scratch: ScratchRepository?
        /// Of the one file that every commit has.
        var tree: String?
        var looksBegun = 0
        var looks: [Channel.Name: Look] = [:]
        /// Commits that were the newest once, and are not any more.
        var passed: Set<String> = []
    }

    /// Own choice: so many are remembered; a forgotten one costs a request.
    private static let passedMax = 1000

    let clock: Clock
    private let remote: String
    private let clone: String
    private let environment: [String: String]
    private let timeLimit: Duration
    private let turns = Turns()
    private let state = Mutex(State())

    /// A ledger in a remote of a clone. Nothing is asked of it yet.
    ///
    /// - Parameters:
    ///   - remote: A remote's name in the clone, or an address.
    ///   - clone: The clone's folder, or one in it; for an address any folder. Its configuration
    ///     says how to reach the remote.
    ///   - environment: The process's own environment.
    ///   - clock: Dates the commits, and bounds the time of each run of git.
    ///   - timeLimit: That bound.
    package init(
        remote: String, clone: String, environment: [String: String], clock: Clock,
        timeLimit: Duration = Limits.requestTimeout
    ) {
        self.remote = remote
        self.clone = clone
        self.environment = environment
        self.clock = clock
        self.timeLimit = timeLimit
    }

    /// Takes the temporary repository away, as the end of the last reference does; for the end of a
    /// run, when nothing is being asked. The ledger can be used again: it makes itself a new one.
    package func close() { forgetScratch() }

    /// The newest line of a channel. Callers that came before a look began share what it saw.
    package func tip(of key: ChannelKey) async throws(PortFailure) -> LedgerLine? {
        let begun = state.withLock { $0.looksBegun }
        return try await inTurn(key.channel) { () throws(PortFailure) in
            let last = state.withLock { $0.looks[key.channel] }
            if let last, last.number > begun { return last.line }
            return try await look(key.channel)
        }
    }

    /// Whether the remote lets this ledger be pushed to, without adding a line. Hooks and rules of
    /// the remote are not asked.
    package func checkWriting(to key: ChannelKey) async throws(PortFailure) {
        try await inTurn(key.channel) { () throws(PortFailure) in
            try await checkPushing(to: key.channel)
        }
    }

    /// Adds a line after `tip`, by a push that the remote takes only if `tip` is the newest.
    package func append(
        title: String, text: String, to key: ChannelKey, after tip: LedgerLine?
    ) async throws(PortFailure) -> Appended {
        let channel = key.channel
        guard !text.isEmpty, !text.contains(where: \.isNewline), !text.utf8.contains(0),
            text.utf8.count <= Limits.entryBytesMax
        else {
            throw PortFailure(
                code: .tooLarge, subject: subject(channel),
                detail: "the entry is no line of at most \(Limits.entryBytesMax) bytes")
        }
        if let newer = knownAfter(tip, on: channel) { return .moved(to: newer) }
        return try await inTurn(channel) { () throws(PortFailure) in
            if let newer = knownAfter(tip, on: channel) { return .moved(to: newer) }
            if let tip, state.withLock({ $0.looks[channel]?.line?.mark }) != tip.mark {
                // Its commit may not be here.
                let newest = try await look(channel)
                guard newest?.mark == tip.mark else { return .moved(to: newest) }
            }
            return try await push(title: title, text: text, to: channel, after: tip)
        }
    }

    /// Lines of a channel, newest first. Fetches as many commits as it takes, and none that are
    /// here already.
    package func lines(
        of key: ChannelKey, before line: LedgerLine?, limit: Int
    ) async throws(PortFailure) -> [LedgerLine] {
        guard limit > 0 else { return [] }
        return try await inTurn(key.channel) { () throws(PortFailure) in
            if let line {
                return try await walk(key.channel, before: line.mark, limit: limit)
            }
            guard let newest = try await look(key.channel, depth: limit) else { return [] }
            let rest = try await walk(key.channel, before: newest.mark, limit: limit - 1)
            return [newest] + rest
        }
    }
}

// What the ledger remembers. Only within a turn, but for `knownAfter`.
extension GitLedger {
    func subject(_ channel: Channel.Name) -> String {
        "\(Self.ref(channel)) of \(printable(withoutUserinfo(remote)))"
    }

    /// A channel's name cannot be anything else in a ref, by its form.
    static func ref(_ channel: Channel.Name) -> String { "refs/pawl/\(channel)" }

    private func inTurn<Value: Sendable>(
        _ channel: Channel.Name, _ body: () async throws(PortFailure) -> Value
    ) async throws(PortFailure) -> Value {
        guard await turns.take() else {
            throw PortFailure(
                code: .timedOut, subject: subject(channel),
                detail: "the question was withdrawn before git was asked")
        }
        defer { turns.pass() }
        do throws(PortFailure) {
            return try await body()
        } catch {
            // A git that was ended may leave its lock files behind.
            if error.code == .timedOut { forgetScratch() }
            throw error
        }
    }

    /// The newest line known, if `tip` is known to be older.
    private func knownAfter(_ tip: LedgerLine?, on channel: Channel.Name) -> LedgerLine? {
        state.withLock { state in
            guard let newest = state.looks[channel]?.line else { return nil }
            guard let tip else { return newest }
            return state.passed.contains(tip.mark) ? newest : nil
        }
    }

    /// The newest line seen so far.
    func lastSeen(_ channel: Channel.Name) -> LedgerLine? {
        state.withLock { $0.looks[channel]?.line }
    }

    func beginLook() -> Int {
        state.withLock { state in
            state.looksBegun += 1
            return state.looksBegun
        }
    }

    func endLook(_ number: Int, at channel: Channel.Name, seeing line: LedgerLine?) {
        state.withLock { state in
            if let before = state.looks[channel]?.line, before.mark != line?.mark {
                if state.passed.count >= Self.passedMax { state.passed = [] }
                state.passed.insert(before.mark)
            }
            if let line { state.passed.remove(line.mark) }
            state.looks[channel] = Look(number: number, line: line)
        }
    }

    func scratch() async throws(PortFailure) -> ScratchRepository {
        if let scratch = state.withLock({ $0.scratch }) { return scratch }
        let made = try await ScratchRepository.make(
            for: remote, from: clone, environment: environment, clock: clock, timeLimit: timeLimit)
        state.withLock { $0.scratch = made }
        return made
    }

    private func forgetScratch() {
        // Its folder is removed outside of the lock.
        let old = state.withLock { state in
            defer {
                state.scratch = nil
                state.tree = nil
                state.looks = [:]
            }
            return state.scratch
        }
        withExtendedLifetime(old) {}
    }

    /// The tree of every commit: one file, which says what the ref is. Hosts refuse the empty tree,
    /// and want a permission of its own for one with workflows in it.
    func tree(
        in scratch: ScratchRepository, for channel: Channel.Name
    ) async throws(PortFailure) -> String {
        if let tree = state.withLock({ $0.tree }) { return tree }
        let subject = subject(channel)
        let blob = try await scratch.written(
            ["hash-object", "-w", "--stdin"], input: Self.readme, asking: subject)
        let tree = try await scratch.written(
            ["mktree"], input: "100644 blob \(blob)\tREADME\n", asking: subject)
        state.withLock { $0.tree = tree }
        return tree
    }

    private static let readme =
        "A ledger of Pawl: every commit is one entry, in its message. `git log` shows them.\n"
}
