import PawlCore
import PawlYAML

/// A text of the file with its place.
struct Text: Hashable {
    let text: String
    let mark: Mark
}

extension Node {
    /// YAML 1.2, section 10.3.2 (core schema), which GitHub reads by.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// Whether GitHub's reader would take it for a number or a Boolean and write that out again, so
    /// that `1.10` would become `1.1`.
    fileprivate var isNumberOrBoolean: Bool {
        guard case .scalar(let text, isPlain: true) = content, let first = text.utf8.first else {
            return false
        }
        if ["true", "false", ".inf", "-.inf", "+.inf", ".nan"].contains(text.lowercased()) {
            return true
        }
        return "0123456789+-.".utf8.contains(first)
            && (Double(text) != nil || text.hasPrefix("0o"))
    }
}

extension Node.Entry {
    /// The value as one text or a list of texts, at least one.
    func texts() throws(PortFailure) -> [Text] {
        let items: [Node]
        switch value.content {
        case .sequence(let nodes): items = nodes
        case .scalar where !value.isNull: items = [value]
        case .scalar, .mapping, .unread:
            throw .unsupported("`\(key)` must be text or a list of texts", at: keyMark)
        }
        guard !items.isEmpty else { throw .unsupported("`\(key)` is an empty list", at: keyMark) }
        var texts: [Text] = []
        for item in items {
            guard case .scalar(let text, _) = item.content, !item.isNull else {
                throw .unsupported("`\(key)`: expected text, found \(item.kind)", at: item.mark)
            }
            guard !item.isNumberOrBoolean else {
                throw .unsupported(
                    "`\(key)` has \(quoted(text)), which is not text unless it is put in quotes",
                    at: item.mark)
            }
            guard !text.contains("${{") else {
                throw .unsupported(
                    "`\(key)` has an expression, ${{ }}, which GitHub does not replace there",
                    at: item.mark)
            }
            texts.append(Text(text: text, mark: item.mark))
        }
        return texts
    }
}
