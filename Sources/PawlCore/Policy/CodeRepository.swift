/// A repository at the code host: `owner/name`, compared without regard to case as GitHub does.
package struct CodeRepository: Hashable, Sendable, CustomStringConvertible {
    /// The text is not `owner/name` of letters, digits, `.`, `_` and `-`.
    package struct Malformed: Error, Hashable, Sendable {}

    /// User or organisation.
    package let owner: String
    /// The repository's own name.
    package let name: String

    /// Reads `owner/name`. Both go into addresses, so nothing that needs escaping is let in.
    package init(_ text: some StringProtocol) throws(Malformed) {
        let parts = String(text).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ Self.isName($0) }) else { throw Malformed() }
        owner = String(parts[0])
        name = String(parts[1])
    }

    /// `owner/name` as written.
    package var description: String { "\(owner)/\(name)" }

    /// Same repository, whatever the case.
    package static func == (one: Self, other: Self) -> Bool {
        one.description.lowercased() == other.description.lowercased()
    }

    /// Hashes what `==` compares.
    package func hash(into hasher: inout Hasher) { hasher.combine(description.lowercased()) }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 100 && text != "." && text != ".."
            && text.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
    }
}
