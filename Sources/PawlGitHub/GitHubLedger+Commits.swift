import PawlCore
import PawlHTTP
import PawlPorts

// How lines are written into commits, and what is asked for that.

extension GitHubLedger {
    /// The one file of every commit, the same that a ledger kept through the git command has:
    /// GitHub refuses commits of the empty tree, and whoever finds the commits finds out what they
    /// are. No workflow is in it, so no token needs the right to write workflows.
    private static let readme = """
        # A ledger of Pawl

        The commits of this ref are the ledger of one channel: each is one entry, in the last line
        of its message, and its parent is the entry before. `git log` of the ref is the audit.
        Pawl alone adds to it. Do not force it and do not delete it: the tags follow it.

        """
    /// The id that git gives a folder with that file alone, as `README.md`.
    private static let tree = "7e50954f5fd55d281e082d87782096c05ad61dea"
    /// Own choice: longer titles are cut. Git's own tools show about 70 characters.
    private static let titleCharactersMax = 200

    static func ref(of key: ChannelKey) -> String { "refs/pawl/\(key.channel)" }

    func read(_ key: ChannelKey, _ path: String) -> Call {
        Call(what: Self.subject(key), path: path, permission: "contents: read")
    }

    /// A ref that is written twice is not the same as written once: somebody else's line may stand
    /// between.
    func creation(of key: ChannelKey, at id: CommitID) -> Call {
        write(
            key, "/git/refs", .post, ["ref": .string(Self.ref(of: key)), "sha": .string(id.hex)],
            isRepeatable: false)
    }

    func move(of key: ChannelKey, to id: CommitID) -> Call {
        write(
            key, "/git/refs/pawl/\(key.channel)", .patch,
            ["sha": .string(id.hex), "force": .bool(false)], isRepeatable: false)
    }

    /// Writes the commit of a line, which nothing points to yet: done twice, it does no harm.
    func commit(
        _ title: String, _ text: String, after parent: CommitID?, to key: ChannelKey
    ) async throws(PortFailure) -> CommitID {
        let call = write(
            key, "/git/commits", .post,
            [
                "message": .string(Self.message(title, text)), "tree": .string(Self.tree),
                "parents": .array(parent.map { [.string($0.hex)] } ?? []),
            ])
        guard text.utf8.count <= Limits.entryBytesMax else {
            throw host.failure(
                .tooLarge, call,
                "the entry has \(text.utf8.count) bytes, at most \(Limits.entryBytesMax)")
        }
        // The tree is there if the ledger is, unless somebody else's program wrote all of it.
        if parent == nil { try await makeTree(for: key) }
        var response = try await host.answer(to: call)
        if parent != nil, [404, 422].contains(response.status) {
            try await makeTree(for: key)
            response = try await host.answer(to: call)
            guard response.status == 201 else {
                throw host.failure(.refused, call, host.answeredInFull(response))
            }
        }
        guard response.status == 201 else { throw host.refusal(response, of: call) }
        let commit = try host.decode(WireEntry.self, from: response, to: call)
        let id = try host.commit(commit.sha, call)
        guard commit.parents.map(\.sha) == (parent.map { [$0.hex] } ?? []),
            try line(id, commit.message, key, call).text == text
        else {
            throw host.failure(.garbled, call, "GitHub wrote another commit than it was asked to")
        }
        return id
    }

    private func makeTree(for key: ChannelKey) async throws(PortFailure) {
        let call = write(
            key, "/git/trees", .post,
            [
                "tree": .array([
                    .object([
                        "path": .string("README.md"), "mode": .string("100644"),
                        "type": .string("blob"), "content": .string(Self.readme),
                    ])
                ])
            ])
        let response = try await host.answer(to: call)
        guard response.status == 201 else { throw host.refusal(response, of: call) }
        let tree = try host.decode(WireTree.self, from: response, to: call)
        guard try host.commit(tree.sha, call).hex == Self.tree else {
            throw host.failure(.garbled, call, "GitHub made another tree than it was asked to")
        }
    }

    // MARK: Messages

    /// What people read, an empty line, and the line of the ledger.
    private static func message(_ title: String, _ text: String) -> String {
        let title = OutsideText.line(title, max: titleCharactersMax)
        return "\(title.isEmpty ? "entry" : title)\n\n\(text)\n"
    }

    /// The last line of a message of that form. git ends messages with a line end, GitHub keeps
    /// them as they are. Lines of a ledger are JSON objects; a commit of a branch has other words
    /// there.
    func line(
        _ id: CommitID, _ message: String, _ key: ChannelKey, _ call: Call
    ) throws(PortFailure) -> LedgerLine {
        var lines = message.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count == 3, lines[1].isEmpty, let last = lines.last,
            last.first == UInt8(ascii: "{"), last.last == UInt8(ascii: "}")
        else { throw foreign(id.hex, key, call) }
        return LedgerLine(text: String(decoding: last, as: UTF8.self), mark: id.hex)
    }

    /// Somebody put the ref to something that no ledger is made of.
    func foreign(_ sha: String, _ key: ChannelKey, _ call: Call) -> PortFailure {
        let ref = Self.ref(of: key)
        return host.failure(
            .garbled, call,
            "\(ref) leads to \(OutsideText.line(sha.prefix(CommitID.shortDigits))), which is no "
                + "entry of a ledger",
            advice: "Put \(ref) back to its newest entry; or delete it, and a new ledger begins.")
    }

    /// A mark comes from a line that was read or added here; nothing else may get into an address.
    func id(_ mark: String, of key: ChannelKey) throws(PortFailure) -> CommitID {
        do {
            return try CommitID(mark)
        } catch {
            throw host.failure(
                .unsupported, read(key, ""), "the line after which to look is of another ledger")
        }
    }

    private func write(
        _ key: ChannelKey, _ path: String, _ method: Request.Method,
        _ body: KeyValuePairs<String, JSONValue>, isRepeatable: Bool = true
    ) -> Call {
        Call(
            what: Self.subject(key), path: path, permission: "contents: write", method: method,
            isRepeatable: isRepeatable, body: Array(JSONValue.object(body).text.utf8))
    }

    private static func subject(_ key: ChannelKey) -> String { "ledger \(ref(of: key))" }
}

/// A ref.
struct WireRef: Decodable {
    struct Target: Decodable {
        let type: String
        let sha: String
    }

    let ref: String
    let object: Target
}

/// A commit of the git database.
struct WireEntry: Decodable {
    let sha: String
    let message: String
    let parents: [WireCommit.Parent]
}

/// A commit of a log, with its message.
struct WireLoggedEntry: Decodable {
    struct Content: Decodable {
        let message: String
    }

    let sha: String
    let parents: [WireCommit.Parent]
    let commit: Content
}

/// A tree of the git database.
struct WireTree: Decodable {
    let sha: String
}
