import PawlCore
import PawlPorts

extension GitCommand.Answer {
    /// What git and the remote said beside the answer.
    var words: String { String(decoding: errors, as: UTF8.self) }
}

extension ScratchRepository {
    /// Runs a subcommand that writes an object and prints its id.
    func written(
        _ arguments: [String], input: String, asking subject: String
    ) async throws(PortFailure) -> String {
        let answer = try await git.finish(arguments, input: input, asking: subject)
        // The id goes into a refspec, where an empty one would mean "delete".
        guard answer.exitCode == 0, let id = answer.lines.first, (try? CommitID(id)) != nil else {
            throw RemoteWords.failure(answer, subject: subject)
        }
        return id
    }
}

extension GitLedger {
    func failure(_ answer: GitCommand.Answer, _ channel: Channel.Name) -> PortFailure {
        RemoteWords.failure(answer, subject: subject(channel))
    }

    /// An append that ended badly. Whether the line was added is not known.
    func writeFailure(_ answer: GitCommand.Answer, _ channel: Channel.Name) -> PortFailure {
        let failure = failure(answer, channel)
        guard failure.code == .denied else { return failure }
        return PortFailure(
            code: .denied, subject: failure.subject, detail: failure.detail,
            advice: Self.writeAdvice)
    }

    /// An append that the remote refused, and did not do.
    func refusal(_ words: String, _ channel: Channel.Name) -> PortFailure {
        PortFailure(
            code: words.contains("No space left on device") ? .full : .denied,
            subject: subject(channel),
            detail: "the remote refused the entry: \(RemoteWords.shown(words))",
            advice: Self.writeAdvice)
    }

    private static let writeAdvice =
        "Let the account that runs Pawl push to refs/pawl/* there; in GitHub Actions that is "
        + "`permissions: contents: write`."
}

/// What git's words (LC_ALL=C) say about why a remote gave no usable answer.
enum RemoteWords {
    private struct Meaning {
        let code: PortFailure.Code
        let words: [String]
        let advice: String?
    }

    /// In order: the first that fits counts. A failure of the remote often ends in "the remote end
    /// hung up" and the like, which alone mean a broken connection.
    private static let meanings = [
        Meaning(
            code: .full, words: ["No space left on device", "Disk quota exceeded"],
            advice: "Make room, here or at the remote."),
        Meaning(
            code: .garbled,
            words: [
                "corrupt", "bad object", "not our ref", "broken ref", "reference broken",
                "does not point to a valid object", "inflate:", "missing necessary objects",
            ],
            advice: "The remote's repository is damaged: run git fsck there."),
        Meaning(
            code: .unsupported,
            words: ["mismatched algorithms", "hash algorithm", "object format"],
            advice: "Keep the ledger in a repository with SHA-1 ids."),
        Meaning(
            code: .unsupported, words: ["not allowed", "is not a git command"],
            advice: "Name a remote by https, ssh or a path."),
        Meaning(
            code: .throttled, words: ["error: 429", "rate limit"],
            advice: "Wait some minutes and run again."),
        Meaning(
            code: .serverFailed,
            words: ["error: 500", "error: 502", "error: 503", "error: 504"],
            advice: "Run again; if it stays so, ask those who keep the remote."),
        Meaning(
            code: .denied,
            words: [
                "error: 401", "error: 403", "Authentication failed", "could not read Username",
                "could not read Password", "Permission denied", "Permission to", "denied to",
                "insufficient permission", "Repository not found", "dubious ownership",
                "Write access", "access denied", "' not found",
            ],
            advice: "Give git credentials for this remote, and check its address."),
        Meaning(
            code: .untrusted, words: ["Host key verification failed"],
            advice: "Add the host's key to known_hosts."),
        Meaning(
            code: .missing,
            words: ["does not appear to be a git repository"],
            advice: "Correct the remote's address."),
        Meaning(
            code: .unreachable,
            words: [
                "Could not resolve", "Failed to connect", "Couldn't connect", "Connection ",
                "unable to access", "hung up", "early EOF", "unexpected disconnect", "RPC failed",
                "Empty reply", "timed out", "unreachable", "Could not read from remote", "SSL",
            ],
            advice: "Check the remote's address (git remote -v) and the network, and run again."),
    ]

    static func failure(_ answer: GitCommand.Answer, subject: String) -> PortFailure {
        let words = answer.words
        let meaning = meanings.first { $0.words.contains(where: words.contains) }
        return PortFailure(
            code: meaning?.code ?? .garbled, subject: subject,
            detail: "git ended with status \(answer.exitCode) and said: \(shown(words))",
            advice: meaning?.advice)
    }

    /// The words for a person: without what git adds to every failure, and without credentials.
    static func shown(_ words: String) -> String {
        let noise = ["error: failed to push", "hint:", "Please make sure", "and the repository"]
        let lines = words.split(separator: "\n").filter { line in
            !noise.contains { line.hasPrefix($0) }
        }
        return printable(withoutUserinfo(lines.joined(separator: "\n")))
    }
}
