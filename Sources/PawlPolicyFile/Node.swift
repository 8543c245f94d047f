/// A place in the file, from 1, as editors count.
struct Mark: Hashable, Comparable, Sendable {
    static let start = Mark(line: 1, column: 1)

    let line: Int
    let column: Int

    static func < (one: Self, other: Self) -> Bool {
        (one.line, one.column) < (other.line, other.column)
    }
}

/// A value of the file with its place. Scalars are text as written: YAML's types are not used, so
/// that a branch `no` or a tag `1.10` stays what it says.
struct Node: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        /// `isPlain` tells the nothing after `key:` from a quoted empty text.
        case scalar(String, isPlain: Bool)
        case sequence([Node])
        /// Keys differ.
        case mapping([Entry])
    }

    struct Entry: Hashable, Sendable {
        let key: String
        let keyMark: Mark
        let value: Node
    }

    let mark: Mark
    let content: Content

    var isNothing: Bool { content == .scalar("", isPlain: true) }

    /// What it is, for "expected …, found …". The text itself is left out: it may be a secret.
    var kind: String {
        switch content {
        case .scalar: isNothing ? "nothing" : "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
