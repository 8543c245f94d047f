import PawlCore
import PawlPorts

/// Writing.
extension GitLedger {
    /// What became of one push, by the remote's own word.
    private enum Pushed: Hashable, Sendable {
        case added
        /// The ref is at this very commit already: this line was added before.
        case there
        /// The ref was not what it should be, or somebody else was at it.
        case raced
        /// The remote does not want it; its words.
        case refused(String)
    }

    private static let push = [
        "push", "--porcelain", "--no-verify", "--no-follow-tags", "--no-signed",
        "--recurse-submodules=no",
    ]

    /// Whether the remote lets its refs be pushed to at all, without doing so. What its hooks and
    /// rules say to an entry shows only when one is added.
    func checkPushing(to channel: Channel.Name) async throws(PortFailure) {
        let scratch = try await scratch()
        let commit = try await scratch.written(
            ["hash-object", "-t", "commit", "-w", "--stdin"],
            input: EntryCommit.object(
                title: "check", text: "{}", tree: try await tree(in: scratch, for: channel),
                parent: nil, at: clock.now()),
            asking: subject(channel))
        let answer = try await scratch.git.finish(
            Self.push + ["--dry-run", RemoteSettings.name, "+\(commit):\(Self.ref(channel))"],
            asking: subject(channel))
        guard answer.exitCode == 0 else { throw writeFailure(answer, channel) }
    }

    /// Writes the commit and pushes it, with the old value as the condition: git compares it with
    /// what the remote shows, and the remote compares that with the ref while it holds its lock.
    /// Nobody's entry can be overwritten.
    func push(
        title: String, text: String, to channel: Channel.Name, after tip: LedgerLine?
    ) async throws(PortFailure) -> Appended {
        let scratch = try await scratch()
        let tree = try await tree(in: scratch, for: channel)
        let commit = try await scratch.written(
            ["hash-object", "-t", "commit", "-w", "--stdin"],
            input: EntryCommit.object(
                title: title, text: text, tree: tree, parent: tip?.mark, at: clock.now()),
            asking: subject(channel))
        let line = LedgerLine(text: text, mark: commit)

        var pause = Limits.retryPause
        for attempt in 1...Limits.attemptsMax {
            let number = beginLook()
            let pushed = try await pushed(commit, to: channel, after: tip)
            switch pushed {
            case .added:
                endLook(number, at: channel, seeing: line)
                return .added(line)
            case .there:
                endLook(number, at: channel, seeing: line)
                return .moved(to: line)
            case .raced, .refused: break
            }
            let newest = try await look(channel)
            if newest?.mark != tip?.mark { return .moved(to: newest) }
            if case .refused(let words) = pushed { throw refusal(words, channel) }
            if attempt < Limits.attemptsMax {
                try await rest(pause, channel)
                pause = pause * 2
            }
        }
        throw PortFailure(
            code: .busy, subject: subject(channel),
            detail: "the remote took no entry in \(Limits.attemptsMax) attempts, as if somebody "
                + "else were writing, and shows none",
            advice: "Run Pawl again; if it stays so, look for a lock file of the ref at the "
                + "remote.")
    }

    private func pushed(
        _ commit: String, to channel: Channel.Name, after tip: LedgerLine?
    ) async throws(PortFailure) -> Pushed {
        let ref = Self.ref(channel)
        let answer = try await scratch().git.finish(
            Self.push + ["--force-with-lease=\(ref):\(tip?.mark ?? "")"]
                + [RemoteSettings.name, "\(commit):\(ref)"],
            asking: subject(channel))
        // FLAG, TAB, FROM:TO, TAB, summary and reason (git-push, "OUTPUT").
        let fields = answer.lines.map {
            $0.split(separator: "\t", omittingEmptySubsequences: false)
        }
        guard
            let status = fields.first(where: { $0.count >= 3 && $0[1] == "\(commit):\(ref)" })
        else { throw writeFailure(answer, channel) }
        let summary = String(status[2])
        switch status[0] {
        case " ", "*":
            guard answer.exitCode == 0 else { throw writeFailure(answer, channel) }
            return .added
        case "=": return .there
        case "!" where summary.hasPrefix("[rejected]"): return .raced
        case "!" where summary.hasPrefix("[remote rejected]"):
            let words = "\(summary) \(answer.words)"
            return Self.isRace(words) ? .raced : .refused(words)
        // "[remote failure]": it did not say what it did.
        default: throw writeFailure(answer, channel)
        }
    }

    /// Whether a remote refused because another writer was at the ref: what git, GitHub and others
    /// say of a ref that is locked or was changed since the remote showed it. A folder that may not
    /// be written to begins with the same words.
    private static func isRace(_ words: String) -> Bool {
        let races = [
            "cannot lock ref", "failed to lock", "failed to update ref", "incorrect old value",
            "reference already exists", "stale info", "fetch first", "non-fast-forward",
        ]
        return races.contains(where: words.contains)
            && !["Permission denied", "Read-only file system", "unable to create directory"]
                .contains(where: words.contains)
            && !words.contains("No space left on device")
    }
}
