/// A workflow as the policy names it: by path (`.github/workflows/e2e.yml`), by file name
/// (`e2e.yml`) or, with a warning, by display name. Paths and file names are unique; display names
/// are not, and change.
package struct WorkflowName: Hashable, Sendable, CustomStringConvertible {
    /// As written.
    package let text: String

    /// Takes the text as written.
    package init(_ text: String) { self.text = text }

    /// Whether it is a path or file name.
    package var isFile: Bool { text.hasSuffix(".yml") || text.hasSuffix(".yaml") }

    /// The file name without its folder, which is how GitHub's API takes it; `nil` for a display
    /// name.
    package var fileName: String? {
        isFile ? text.split(separator: "/").last.map(String.init) : nil
    }

    /// Where its file is, from the repository's root; `nil` for a display name.
    package var filePath: String? {
        guard isFile else { return nil }
        return text.contains("/") ? text : ".github/workflows/\(text)"
    }

    /// The text.
    package var description: String { text }

    /// Whether a workflow at this path, with this display name, is the one meant. GitHub may append
    /// `@ref` to the path.
    package func names(path: String, displayName: String?) -> Bool {
        guard isFile else { return displayName == text }
        let end = path.utf8.firstIndex(of: UInt8(ascii: "@")) ?? path.endIndex
        let path = path[..<end]
        guard !text.utf8.contains(UInt8(ascii: "/")) else { return path == text }
        let start =
            path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) }
            ?? path.startIndex
        return path[start...] == text
    }
}
