import CLibYAML
import PawlCore

/// Reads the one document of a file into nodes, through libyaml's events. Whatever could make a
/// small file large or its text mean something else (aliases, tags, merge keys) is refused at its
/// first event.
struct YAMLReader {
    private let file: String
    private var events: YAMLEvents

    /// The file's document; `nil` if it has none. The bytes are valid UTF-8 without NUL.
    static func document(in bytes: [UInt8], file: String) throws(Complaint) -> Node? {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            throw Complaint(file: file, mark: .start, what: "no memory to read the file")
        }
        defer { yaml_parser_delete(parser) }
        // The parser keeps the pointer, so all reading happens inside.
        return try bytes.withUnsafeBufferPointer { (buffer) throws(Complaint) -> Node? in
            guard let start = buffer.baseAddress, !buffer.isEmpty else { return nil }
            yaml_parser_set_input_string(parser, start, buffer.count)
            var reader = YAMLReader(
                file: file, events: YAMLEvents(parser: parser, file: file))
            return try reader.document()
        }
    }

    private mutating func document() throws(Complaint) -> Node? {
        var root: Node?
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd: return root
            case .documentStart:
                guard root == nil else {
                    throw complaint(
                        "a second document begins here", at: event.mark,
                        advice: "Keep one document; remove `---` and what follows it.")
                }
                root = try node(try events.next(), depth: 1)
            case .streamStart, .documentEnd: continue
            case .scalar, .sequenceStart, .sequenceEnd, .mappingStart, .mappingEnd:
                throw complaint("a value outside a document", at: event.mark)
            }
        }
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(Complaint) -> Node {
        guard depth <= Limits.policyDepthMax else {
            throw complaint(
                "nested deeper than \(Limits.policyDepthMax) levels", at: event.mark,
                advice: "A policy needs 6 levels at most.")
        }
        switch event.kind {
        case .scalar(let text, let isPlain):
            return Node(mark: event.mark, content: .scalar(text, isPlain: isPlain))
        case .sequenceStart:
            var items: [Node] = []
            while true {
                let next = try events.next()
                if next.kind == .sequenceEnd { break }
                items.append(try node(next, depth: depth + 1))
            }
            return Node(mark: event.mark, content: .sequence(items))
        case .mappingStart:
            return Node(mark: event.mark, content: .mapping(try entries(depth: depth + 1)))
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw complaint("a value is missing", at: event.mark)
        }
    }

    private mutating func entries(depth: Int) throws(Complaint) -> [Node.Entry] {
        var entries: [Node.Entry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try events.next()
            if event.kind == .mappingEnd { return entries }
            guard case .scalar(let key, let isPlain) = event.kind else {
                throw complaint(
                    "a key must be text", at: event.mark,
                    advice: "Lists and mappings are not supported as keys.")
            }
            guard !(isPlain && key == "<<") else {
                throw complaint(
                    "merge keys (<<) are not supported", at: event.mark,
                    advice: "Write the keys out.")
            }
            if let line = lines.updateValue(event.mark.line, forKey: key) {
                throw complaint(
                    "the key \(quoted(key)) stands twice, in lines \(line) and \(event.mark.line)",
                    at: event.mark, advice: "Keep one of them.")
            }
            let value = try node(try events.next(), depth: depth)
            entries.append(Node.Entry(key: key, keyMark: event.mark, value: value))
        }
    }

    private func complaint(_ what: String, at mark: Mark, advice: String? = nil) -> Complaint {
        Complaint(file: file, mark: mark, what: what, advice: advice)
    }
}
