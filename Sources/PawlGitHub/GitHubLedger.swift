package import PawlCore
import PawlHTTP
package import PawlPorts
import Synchronization

/// A ledger in the repository itself, through GitHub's git database: `refs/pawl/CHANNEL` points to
/// a chain of commits, one for each line, whose messages hold the lines. `git log` reads it, and so
/// does a ledger kept through the git command.
///
/// The one condition that GitHub knows is the fast-forward: a ref moves to a commit only if what it
/// points to is an ancestor. A line whose parent is the tip that was read is therefore added only
/// where that tip is still the newest. REST was chosen over GraphQL's `updateRefs`, which knows the
/// old value, because its use on refs of such names is documented nowhere. The one difference:
/// where somebody forced the ref back to an older line, a line after the one that was cut off
/// brings that one back.
///
/// Commits name no author: GitHub then signs them and names the token's owner, so that a line that
/// was forged with another token can be told. Who acted stands in the line itself.
package struct GitHubLedger: Ledger {
    let host: GitHubHost
    private let clock: Clock
    private let seen = SeenLines()

    /// A ledger in the host's repository.
    package init(host: GitHubHost, clock: Clock) {
        self.host = host
        self.clock = clock
    }

    package func tip(of key: ChannelKey) async throws(PortFailure) -> LedgerLine? {
        guard let id = try await head(of: key) else { return nil }
        return try await line(id, of: key)
    }

    package func append(
        title: String, text: String, to key: ChannelKey, after tip: LedgerLine?
    ) async throws(PortFailure) -> Appended {
        let parent = try tip.map { (tip) throws(PortFailure) in try id(tip.mark, of: key) }
        let new = try await commit(title, text, after: parent, to: key)
        let line = LedgerLine(text: text, mark: new.hex)
        let call = parent == nil ? creation(of: key, at: new) : move(of: key, to: new)
        let response = try await host.answer(to: call)
        switch response.status {
        case 200, 201:
            let ref = try host.decode(WireRef.self, from: response, to: call)
            guard ref.object.sha == new.hex else {
                throw host.failure(.garbled, call, "GitHub answered with another commit")
            }
            if let tip { seen.follow(tip.mark) }
            return .added(line)
        case 422, 409: return try await settled(response, call, line, after: parent, key)
        default: throw host.refusal(response, of: call)
        }
    }

    /// Whether a line could be added, without adding one: GitHub is asked to point the ref to a
    /// commit that does not exist, which it refuses otherwise to who may write.
    package func checkWriting(to key: ChannelKey) async throws(PortFailure) {
        let nowhere = String(repeating: "f", count: CommitID.digits)
        guard let id = try? CommitID(nowhere) else { return }
        let call = creation(of: key, at: id)
        let response = try await host.answer(to: call)
        guard response.status != 422 else { return }
        guard response.status >= 300 else {
            throw host.failure(.garbled, call, "GitHub took a commit that does not exist")
        }
        throw host.refusal(response, of: call)
    }

    // MARK: Refs

    /// What the ref points to. A 404 may hide a missing permission: only where GitHub lists the
    /// refs of that name, and this one is not among them, is it not there. That is asked after each
    /// 404, because a channel without a ledger is rare.
    func head(of key: ChannelKey) async throws(PortFailure) -> CommitID? {
        let call = read(key, "/git/ref/pawl/\(key.channel)")
        let response = try await host.answer(to: call)
        if response.status != 404 {
            return try target(
                try host.read(WireRef.self, from: response, to: call), of: key, call)
        }
        let list = read(key, "/git/matching-refs/pawl/\(key.channel)")
        let refs = try host.read(
            [WireRef].self, from: try await host.answer(to: list), to: list)
        guard let ref = refs.first(where: { $0.ref == Self.ref(of: key) }) else { return nil }
        return try target(ref, of: key, list)
    }

    private func target(
        _ ref: WireRef, of key: ChannelKey, _ call: Call
    ) throws(PortFailure) -> CommitID {
        guard ref.ref == Self.ref(of: key) else {
            throw host.failure(.garbled, call, "GitHub answered with another ref")
        }
        guard ref.object.type == "commit" else { throw foreign(ref.object.sha, key, call) }
        return try host.commit(ref.object.sha, call)
    }

    /// A refusal means that the ref moved, unless looks after pauses say otherwise: reads may show
    /// what was for some seconds. The words of a refusal are hints, but for these two: a ref that
    /// GitHub says is there is there, and one that it says is not has been deleted.
    private func settled(
        _ response: Response, _ call: Call, _ line: LedgerLine, after parent: CommitID?,
        _ key: ChannelKey
    ) async throws(PortFailure) -> Appended {
        let message = (GitHubHost.message(of: response) ?? "").lowercased()
        if parent != nil, message.contains("reference does not exist") { return .moved(to: nil) }
        var pause = Limits.readBackPause
        var waited = Duration.zero
        while true {
            let head = try await head(of: key)
            if head?.hex == line.mark { return .added(line) }
            if let head, head != parent, !seen.isFollowed(head.hex) {
                return .moved(to: try await self.line(head, of: key))
            }
            guard waited < Limits.readBackWindow else { break }
            do {
                try await clock.sleep(pause)
            } catch {
                throw host.failure(.timedOut, call, "the run ended during a pause")
            }
            waited += pause
            pause = min(pause * 2, Limits.readBackPauseMax)
        }
        // Something is there, and GitHub shows it to others alone.
        if parent == nil, message.contains("reference already exists") { return .moved(to: nil) }
        let answered = host.answeredInFull(response)
        let ref = Self.ref(of: key)
        throw message.contains("fast forward")
            ? host.failure(
                .busy, call, "\(answered), and still shows \(ref) where it was",
                advice: "Run it again: GitHub shows refs late.")
            : host.failure(
                .refused, call, "\(answered), and \(ref) is where it was",
                advice: "Check whether a rule of the repository keeps \(ref) from being written.")
    }

    // MARK: Lines

    func line(_ id: CommitID, of key: ChannelKey) async throws(PortFailure) -> LedgerLine {
        let call = read(key, "/git/commits/\(id.hex)")
        let response = try await host.answer(to: call)
        guard response.status != 404 else {
            throw host.failure(
                .missing, call,
                "\(host.answered(response)) for the commit \(id.short), which "
                    + "\(Self.ref(of: key)) points to",
                advice: "Run it again: GitHub may show the commit late.")
        }
        let commit = try host.read(WireEntry.self, from: response, to: call)
        guard commit.sha == id.hex else {
            throw host.failure(.garbled, call, "GitHub answered with another commit")
        }
        return try line(id, commit.message, key, call)
    }

    package func lines(
        of key: ChannelKey, before line: LedgerLine?, limit: Int
    ) async throws(PortFailure) -> [LedgerLine] {
        // The line itself is read again where the one before it is not known.
        var next: CommitID?
        var skipped = 0
        if let line {
            switch seen.parent(of: line.mark) {
            case .first: return []
            case .after(let parent): next = parent
            case nil:
                next = try id(line.mark, of: key)
                skipped = 1
            }
        } else {
            next = try await head(of: key)
        }
        var lines: [LedgerLine] = []
        while let start = next, lines.count < limit {
            let wanted = min(limit - lines.count + skipped, Limits.hostPageRowsMax)
            let page = try await rows(from: start, count: wanted, of: key)
            lines += page.lines.dropFirst(skipped)
            next = page.parent
            skipped = 0
            if let last = page.lines.last { seen.list(last.mark, after: page.parent) }
        }
        return lines
    }

    /// One page of the chain, from this commit on; fewer rows than wanted where they are too large
    /// for one answer. `parent` is what the last row follows.
    private func rows(
        from start: CommitID, count: Int, of key: ChannelKey
    ) async throws(PortFailure) -> (lines: [LedgerLine], parent: CommitID?) {
        let call = read(key, "/commits?sha=\(start.hex)&per_page=\(count)")
        let response: Response
        do throws(PortFailure) {
            response = try await host.answer(to: call)
        } catch  where error.code == .tooLarge && count > 1 {
            return try await rows(from: start, count: max(1, count / 10), of: key)
        }
        var lines: [LedgerLine] = []
        var next: CommitID? = start
        for row in try host.read([WireLoggedEntry].self, from: response, to: call) {
            let id = try host.commit(row.sha, call)
            guard id == next, row.parents.count < 2, lines.count < count else {
                throw foreign(row.sha, key, call)
            }
            lines.append(try line(id, row.commit.message, key, call))
            next = try row.parents.first.map { parent throws(PortFailure) in
                try host.commit(parent.sha, call)
            }
        }
        guard lines.count == count || next == nil else {
            throw host.failure(.garbled, call, "GitHub's list of commits is not whole")
        }
        return (lines, next)
    }
}

/// What is known of lines by what was done with them: memory that a late answer cannot change.
private final class SeenLines: Sendable {
    enum Parent {
        case first
        case after(CommitID)
    }

    /// Own choice: late answers are late by a few lines.
    private static let followedMax = 16

    private struct State {
        var last: (mark: String, parent: CommitID?)?
        var followed: [String] = []
    }

    private let state = Mutex(State())

    /// The last line of a page: whoever reads page by page asks for what is before it next.
    func list(_ mark: String, after parent: CommitID?) {
        state.withLock { $0.last = (mark, parent) }
    }

    /// What a line follows; `nil` if it was not the last one of a page.
    func parent(of mark: String) -> Parent? {
        state.withLock { state in
            guard let last = state.last, last.mark == mark else { return nil }
            return last.parent.map(Parent.after) ?? .first
        }
    }

    /// A line was added after this one, which is the newest no more.
    func follow(_ mark: String) {
        state.withLock { $0.followed = Array(($0.followed + [mark]).suffix(Self.followedMax)) }
    }

    /// Whether a line is known not to be the newest.
    func isFollowed(_ mark: String) -> Bool { state.withLock { $0.followed.contains(mark) } }
}
