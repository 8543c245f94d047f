import PawlCore

/// An image that a workflow pushes under a tag; both may hold symbols.
struct Publication: Hashable {
    let image: String
    let tag: String

    /// Splits a reference; a digest is left out.
    init(_ reference: String) {
        var text = reference[...]
        for prefix in ["docker://", "https://"] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
        }
        text = text.prefix { $0 != "@" }
        let name = text.lastIndex(of: "/").map { text.index(after: $0) } ?? text.startIndex
        let colon = text[name...].firstIndex(of: ":")
        image = String(text[..<(colon ?? text.endIndex)])
        tag = colon.map { String(text[text.index(after: $0)...]) } ?? "latest"
    }

    /// The repository, if the name is known and one that a policy could have.
    var repository: Repository? {
        let name = Symbol.withoutGuess(image)
        guard Symbol.isKnown(name), let repository = try? Repository(name.lowercased()),
            !repository.isLayout, !repository.host.isLoopback,
            !repository.path.hasPrefix("library/")
        else { return nil }
        return repository
    }

    /// The tag as a pattern, if it names a commit.
    var pattern: TagPattern? {
        guard Symbol.hasCommit(tag), Symbol.isKnown(tag) else { return nil }
        return try? TagPattern(Symbol.shown(tag))
    }

    var isGuess: Bool { Symbol.isGuess(image) || Symbol.isGuess(tag) }
}
