import PawlCore
import PawlPorts

/// A line of a ledger as a commit: a readable title, an empty line, the line itself.
struct EntryCommit: Hashable, Sendable {
    /// The bytes are no commit of a ledger; why, as a clause.
    struct Malformed: Error, Hashable, Sendable {
        let reason: String
    }

    /// Own choice: longer titles are cut. Git's own tools show about 70 characters.
    private static let titleCharactersMax = 200

    /// Author and committer of every entry. Who acted stands in the line; a name and address of the
    /// machine's user would say something else, or be missing.
    private static let identity = "Pawl <pawl@pawl.invalid>"

    let text: String
    /// The commit before, by its id; `nil` for the first line.
    let parent: String?

    /// Reads the bytes of a commit object.
    init(object: [UInt8]) throws(Malformed) {
        let lineEnd = UInt8(ascii: "\n")
        let lines = object.split(separator: lineEnd, omittingEmptySubsequences: false)
        let header = lines.prefix { !$0.isEmpty }
        let parents = header.filter { $0.starts(with: "parent ".utf8) }
        guard parents.count < 2 else { throw Malformed(reason: "it is a merge") }
        parent = parents.first.map {
            String(decoding: $0.dropFirst("parent ".utf8.count), as: UTF8.self)
        }

        var message = lines.dropFirst(header.count + 1)
        while message.last?.isEmpty == true { message.removeLast() }
        guard message.count == 3, let title = message.first, !title.isEmpty,
            message.dropFirst().first?.isEmpty == true
        else {
            throw Malformed(reason: "its message is not a title, an empty line and one line")
        }
        guard let text = message.last.flatMap({ String(validating: $0, as: UTF8.self) }),
            text.hasPrefix("{"), text.hasSuffix("}")
        else { throw Malformed(reason: "the last line of its message is no JSON object") }
        self.text = text
    }

    /// The object of a new line, byte for byte. It is not left to `git commit-tree`, whose message
    /// and identity depend on the machine's settings.
    ///
    /// - Parameters:
    ///   - title: What people read in a log.
    ///   - text: The line.
    ///   - tree: A tree's id.
    ///   - parent: The commit before.
    ///   - moment: The date of the commit.
    /// - Returns: The object's content.
    static func object(
        title: String, text: String, tree: String, parent: String?, at moment: Instant
    ) -> String {
        let signature = "\(identity) \(max(0, moment.millisecondsSinceEpoch / 1000)) +0000"
        let title = printable(title.prefix(titleCharactersMax))
        let header =
            ["tree \(tree)"] + (parent.map { ["parent \($0)"] } ?? [])
            + ["author \(signature)", "committer \(signature)"]
        return header.joined(separator: "\n")
            + "\n\n\(title.isEmpty ? "entry" : title)\n\n\(text)\n"
    }
}

/// An object as `git cat-file --batch` prints it.
struct GitObject: Hashable, Sendable {
    let id: String
    let kind: String
    let content: [UInt8]

    /// Reads the whole output; `nil` if it is anything else, such as "missing".
    static func all(_ output: [UInt8]) -> [GitObject]? {
        var objects: [GitObject] = []
        var rest = output[...]
        while !rest.isEmpty {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            rest = rest[rest.index(after: end)...]
            guard words.count == 3, let size = Int(words[2]), size >= 0, rest.count > size else {
                return nil
            }
            objects.append(
                GitObject(
                    id: String(words[0]), kind: String(words[1]), content: Array(rest.prefix(size)))
            )
            rest = rest.dropFirst(size + 1)
        }
        return objects
    }
}
