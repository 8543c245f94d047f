/// A branch by its short name (`main`, `release/1.2`), checked by git's rules
/// (git-check-ref-format).
package struct BranchName: Hashable, Sendable, CustomStringConvertible {
    /// git would refuse the name.
    package struct Malformed: Error, Hashable, Sendable {}

    /// The checked name, without `refs/heads/`.
    package let text: String

    /// Reads a branch name.
    package init(_ text: some StringProtocol) throws(Malformed) {
        let components = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text.utf8.count <= 255, !text.hasPrefix("-"), text != "@", !text.hasSuffix("."),
            !text.contains(".."), !text.contains("@{"), !text.hasPrefix("refs/"),
            components.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !"~^:?*[\\".utf8.contains($0) })
        else { throw Malformed() }
        self.text = String(text)
    }

    /// The name.
    package var description: String { text }
}
