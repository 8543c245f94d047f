/// A value of the file with its place. Scalars are text as written: YAML's types are not used, so
/// that a branch `no` or a tag `1.10` stays what it says, and the key `on` stays `on`.
package struct Node: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        /// `isPlain` tells the nothing after `key:` from a quoted empty text.
        case scalar(String, isPlain: Bool)
        case sequence([Node])
        /// Keys differ.
        case mapping([Entry])
        /// Something that the rules leave out; its events were passed over.
        case unread
    }

    package struct Entry: Hashable, Sendable {
        package let key: String
        package let keyMark: Mark
        package let value: Node
    }

    package let mark: Mark
    package let content: Content

    package var isNothing: Bool { content == .scalar("", isPlain: true) }

    /// What it is, for "expected …, found …". The text itself is left out: it may be a secret.
    package var kind: String {
        switch content {
        case .scalar: isNothing ? "nothing" : "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .unread: "something else"
        }
    }
}
