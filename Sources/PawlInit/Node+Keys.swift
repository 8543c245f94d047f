import PawlYAML

extension Node {
    var entries: [Node.Entry] { if case .mapping(let entries) = content { entries } else { [] } }

    var items: [Node] { if case .sequence(let items) = content { items } else { [] } }

    /// A scalar's text, without symbols of our own; `nil` for nothing.
    var text: String? {
        guard case .scalar(let text, _) = content, !isNothing else { return nil }
        return Symbol.cleaned(text)
    }

    /// One text, or a list of texts.
    var texts: [String] { text.map { [$0] } ?? items.compactMap(\.text) }

    subscript(key: String) -> Node? { entries.first { $0.key == key }?.value }
}
