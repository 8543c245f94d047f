/// A mistake in the text of a template.
package struct TemplateMistake: Error {
    /// What is wrong.
    package let detail: String
}

/// Takes a template's text apart.
struct TemplateReader {
    private var rest: Substring
    /// Whether nothing stands before `rest` in its line.
    private var isAtLineStart = true

    private init(_ text: String) { rest = Substring(text) }

    static func parts(of text: String) throws(TemplateMistake) -> [TemplatePart] {
        var reader = TemplateReader(text)
        return try reader.parts(until: nil)
    }

    /// What stands before the end of the section, which is passed over too.
    private mutating func parts(until section: String?) throws(TemplateMistake) -> [TemplatePart] {
        var parts: [TemplatePart] = []
        while let begin = rest.firstRange(of: "{{") {
            add(rest[..<begin.lowerBound], to: &parts)
            rest = rest[begin.upperBound...]
            guard let end = rest.firstRange(of: "}}") else {
                throw TemplateMistake(detail: "a tag without its end")
            }
            let tag = rest[..<end.lowerBound]
            rest = rest[end.upperBound...]
            let name = String(tag.drop { "#^/$<>".contains($0) })
            guard name == "." || !name.isEmpty && name.allSatisfy(\.isLetter) else {
                throw TemplateMistake(detail: "\(tag) is no tag")
            }
            guard name != tag else {
                parts.append(.value(name))
                isAtLineStart = false
                continue
            }
            passLineEnd()
            switch String(tag.dropLast(name.count)) {
            case "#": parts.append(.section(name, try self.parts(until: name)))
            case "^": parts.append(.inverted(name, try self.parts(until: name)))
            case "$": parts.append(.block(name, try self.parts(until: name)))
            case ">": parts.append(.partial(name))
            case "<": parts.append(.inheriting(name, try blocks(until: name)))
            case "/":
                guard name == section else {
                    throw TemplateMistake(detail: "\(tag) ends what did not begin")
                }
                return parts
            default: throw TemplateMistake(detail: "\(tag) is no tag")
            }
        }
        guard section == nil else {
            throw TemplateMistake(detail: "\(section ?? "") does not end")
        }
        add(rest, to: &parts)
        return parts
    }

    private mutating func add(_ text: Substring, to parts: inout [TemplatePart]) {
        guard let last = text.last else { return }
        parts.append(.text(String(text)))
        isAtLineStart = last == "\n"
    }

    /// A tag that has a line for itself, and is no value, takes the line with it.
    private mutating func passLineEnd() {
        isAtLineStart = isAtLineStart && rest.first == "\n"
        if isAtLineStart { rest.removeFirst() }
    }

    private mutating func blocks(
        until section: String
    ) throws(TemplateMistake) -> [String: [TemplatePart]] {
        var blocks: [String: [TemplatePart]] = [:]
        for case .block(let name, let parts) in try parts(until: section) { blocks[name] = parts }
        return blocks
    }
}
