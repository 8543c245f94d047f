/// A tag: `[A-Za-z0-9_][A-Za-z0-9._-]{0,127}` (OCI distribution-spec, "Pulling manifests").
package struct Tag: Hashable, Sendable, CustomStringConvertible {
    /// The checked text.
    package let text: String

    /// Reads a tag; whatever the grammar does not allow is refused.
    package init(_ text: some StringProtocol) throws(ImageReference.Malformed) {
        guard let first = text.utf8.first, text.utf8.count <= Limits.tagCharactersMax,
            isAlphanumeric(first) || first == UInt8(ascii: "_"),
            text.utf8.allSatisfy({ isAlphanumeric($0) || "._-".utf8.contains($0) })
        else { throw .tag }
        self.text = String(text)
    }

    /// The text.
    package var description: String { text }
}
