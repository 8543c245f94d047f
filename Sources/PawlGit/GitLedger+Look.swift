import PawlCore
import PawlPorts

/// Reading.
extension GitLedger {
    /// Own choice: after so many looks a ref that was there is believed to be gone.
    private static let looksForNothing = 4

    /// The newest line, as the remote shows it now.
    ///
    /// A remote of several machines may for seconds show what was before; a ref that seems to have
    /// gone back is looked at again before that is believed.
    func look(
        _ channel: Channel.Name, depth: Int = 1
    ) async throws(PortFailure) -> LedgerLine? {
        let number = beginLook()
        let known = lastSeen(channel)
        var pause = Limits.retryPause
        for attempt in 1...Limits.attemptsMax {
            let newest = try await fetchedTip(channel, depth: known == nil ? depth : nil)
            var isBelieved = newest == nil && attempt == Self.looksForNothing
            if !isBelieved { isBelieved = try await follows(newest, known, channel) }
            if isBelieved {
                endLook(number, at: channel, seeing: newest?.line)
                return newest?.line
            }
            if attempt < Limits.attemptsMax {
                try await rest(pause, channel)
                pause = pause * 2
            }
        }
        throw PortFailure(
            code: .mismatched, subject: subject(channel),
            detail: "the ref no longer comes after \(known?.mark.prefix(7) ?? "nothing"), which "
                + "was its newest entry: somebody has forced it",
            advice: "Find out who rewrote the ledger (git log \(Self.ref(channel))), put the ref "
                + "back, or go on with what is there by running Pawl again.")
    }

    /// One entry with its place in the chain.
    struct Tip: Hashable, Sendable {
        let line: LedgerLine
        let parent: String?
    }

    private func follows(
        _ newest: Tip?, _ known: LedgerLine?, _ channel: Channel.Name
    ) async throws(PortFailure) -> Bool {
        guard let known else { return true }
        guard let newest else { return false }
        if newest.line.mark == known.mark || newest.parent == known.mark { return true }
        let answer = try await scratch().git.finish(
            ["merge-base", "--is-ancestor", known.mark, newest.line.mark],
            asking: subject(channel))
        switch answer.exitCode {
        case 0: return true
        case 1: return false
        default: throw failure(answer, channel)
        }
    }

    /// Fetches the ref's newest commits and reads the tip. Where commits were fetched before, only
    /// what came since is.
    private func fetchedTip(
        _ channel: Channel.Name, depth: Int?
    ) async throws(PortFailure) -> Tip? {
        // A ref can come into being between the two questions below.
        for _ in 1...3 {
            let fetched = try await fetch(channel, depth.map { ["--depth=\($0)"] } ?? [])
            if fetched.exitCode == 0 {
                return try await entries([Self.ref(channel)], channel).first
            }
            guard fetched.words.contains("couldn't find remote ref") else {
                throw failure(fetched, channel)
            }
            if try await isAbsent(channel) { return nil }
        }
        throw PortFailure(
            code: .garbled, subject: subject(channel),
            detail: "the remote lists the ref and does not give it")
    }

    /// Whether the remote, asked for its refs, lists none of this name. Git has an exit status of
    /// its own for that.
    ///
    /// Git takes any page that a web server answers with for a list of refs as plain files have it,
    /// a sign-in page for an empty one. Only what came in git's packets is the remote's word.
    private func isAbsent(_ channel: Channel.Name) async throws(PortFailure) -> Bool {
        let ref = Self.ref(channel)
        let scratch = try await scratch()
        let listed = try await scratch.git.adding(["GIT_TRACE_PACKET": scratch.packets]).finish(
            ["ls-remote", "--quiet", "--exit-code", RemoteSettings.name, ref],
            asking: subject(channel))
        let hasPackets = scratch.takePackets()
        // A remote on the same machine says here that it leaves a ref out because it is broken.
        guard [0, 2].contains(listed.exitCode), !listed.words.contains(ref) else {
            throw failure(listed, channel)
        }
        guard hasPackets else {
            throw PortFailure(
                code: .garbled, subject: subject(channel),
                detail: "what answered there does not speak git's protocol",
                advice: "Open the remote's address: a sign-in page, a proxy or plain files answer.")
        }
        return !listed.lines.contains { $0.hasSuffix("\t\(ref)") }
    }

    private func fetch(
        _ channel: Channel.Name, _ options: [String]
    ) async throws(PortFailure) -> GitCommand.Answer {
        let ref = Self.ref(channel)
        return try await scratch().git.finish(
            ["fetch", "--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules"]
                + ["--no-write-fetch-head", "--no-auto-maintenance", "--no-write-commit-graph"]
                + options + [RemoteSettings.name, "+\(ref):\(ref)"],
            asking: subject(channel))
    }

    /// The entries that stand before one, newest first.
    func walk(
        _ channel: Channel.Name, before mark: String, limit: Int
    ) async throws(PortFailure) -> [LedgerLine] {
        guard limit > 0 else { return [] }
        try await makeSureOf(mark, channel, depth: limit + 1)
        var count = 0
        while true {
            let listed = try await scratch().git.finish(
                ["rev-list", "--max-count=\(limit + 1)", "--end-of-options", mark, "--"],
                asking: subject(channel))
            guard listed.exitCode == 0 else { throw failure(listed, channel) }
            let chain = try await entries(listed.lines, channel)
            // In a shallow repository git shows the oldest commit as if it were a root; its object
            // tells.
            guard chain.count <= limit, let oldest = chain.last, oldest.parent != nil else {
                return chain.dropFirst().map(\.line)
            }
            guard chain.count > count else {
                throw PortFailure(
                    code: .garbled, subject: subject(channel),
                    detail: "the remote does not give what is before "
                        + "\(printable(oldest.line.mark.prefix(7)))")
            }
            count = chain.count
            try await deepen(channel, by: limit + 1 - count)
        }
    }

    /// Fetches until the entry is here. It is, if it was read through this ledger.
    private func makeSureOf(
        _ mark: String, _ channel: Channel.Name, depth: Int
    ) async throws(PortFailure) {
        let isForeign = (try? CommitID(mark)) == nil
        if !isForeign, try await isHere(mark, channel) { return }
        var depth = depth
        if !isForeign, try await look(channel, depth: depth) != nil {
            while depth <= Limits.entriesReadMax {
                if try await isHere(mark, channel) { return }
                try await deepen(channel, by: depth)
                depth *= 2
            }
        }
        throw PortFailure(
            code: .mismatched, subject: subject(channel),
            detail: "the entry \(printable(mark.prefix(7))) is not among its newest "
                + "\(Limits.entriesReadMax)",
            advice: "If it was there, somebody has forced the ref: compare it with a copy.")
    }

    private func isHere(
        _ mark: String, _ channel: Channel.Name
    ) async throws(PortFailure) -> Bool {
        try await scratch().git.finish(["cat-file", "-e", mark], asking: subject(channel))
            .exitCode == 0
    }

    private func deepen(
        _ channel: Channel.Name, by count: Int
    ) async throws(PortFailure) {
        let fetched = try await fetch(channel, ["--deepen=\(count)"])
        guard fetched.exitCode == 0 else { throw failure(fetched, channel) }
    }

    /// Reads commits that are here.
    private func entries(
        _ names: [String], _ channel: Channel.Name
    ) async throws(PortFailure) -> [Tip] {
        // So many of the longest entries are within the bound of one answer of git.
        let atOnce = 30
        var entries: [Tip] = []
        for start in stride(from: 0, to: names.count, by: atOnce) {
            let part = names[start..<min(start + atOnce, names.count)]
            let read = try await scratch().git.finish(
                ["cat-file", "--batch"], input: part.map { $0 + "\n" }.joined(),
                asking: subject(channel))
            guard read.exitCode == 0, let objects = GitObject.all(read.output),
                objects.count == part.count
            else { throw failure(read, channel) }
            for object in objects { entries.append(try entry(object, channel)) }
        }
        return entries
    }

    private func entry(
        _ object: GitObject, _ channel: Channel.Name
    ) throws(PortFailure) -> Tip {
        let reason: String
        do throws(EntryCommit.Malformed) {
            guard object.kind == "commit" else {
                throw EntryCommit.Malformed(reason: "it is a \(printable(object.kind))")
            }
            let commit = try EntryCommit(object: object.content)
            guard commit.text.utf8.count <= Limits.entryBytesMax else {
                throw EntryCommit.Malformed(
                    reason: "its line has more than \(Limits.entryBytesMax) bytes")
            }
            return Tip(
                line: LedgerLine(text: commit.text, mark: object.id), parent: commit.parent)
        } catch {
            reason = error.reason
        }
        throw PortFailure(
            code: .garbled, subject: subject(channel),
            detail: "\(object.id.prefix(7)) is no entry of a ledger: \(reason)",
            advice: "See who wrote it (git log \(Self.ref(channel))) and put the ref back, or keep "
                + "the ledger elsewhere.")
    }

    /// A pause; a run that is ended meanwhile says so.
    func rest(_ pause: Duration, _ channel: Channel.Name) async throws(PortFailure) {
        do throws(CancellationError) {
            try await clock.sleep(pause)
        } catch {
            throw PortFailure(
                code: .timedOut, subject: subject(channel),
                detail: "the question was withdrawn before it was answered")
        }
    }
}
