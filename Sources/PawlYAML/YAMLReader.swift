import CLibYAML

/// Reads the one document of a file into nodes, through libyaml's events. In what is read, whatever
/// could make a small file large or its text mean something else (aliases, tags, merge keys) is
/// refused at its first event.
package struct YAMLReader {
    private let rules: YAMLRules
    private var events: YAMLEvents

    /// The file's document; `nil` if it has none.
    package static func document(
        in bytes: [UInt8], under rules: YAMLRules
    ) throws(YAMLFault) -> Node? {
        if let problem = SourceBytes.problem(in: bytes, bytesMax: rules.bytesMax) { throw problem }
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLFault(.memory, at: .start, "no memory to read the file")
        }
        defer { yaml_parser_delete(parser) }
        // The parser keeps the pointer, so all reading happens inside.
        return try bytes.withUnsafeBufferPointer { (buffer) throws(YAMLFault) -> Node? in
            guard let start = buffer.baseAddress, !buffer.isEmpty else { return nil }
            yaml_parser_set_input_string(parser, start, buffer.count)
            var reader = YAMLReader(rules: rules, events: YAMLEvents(parser: parser))
            do throws(YAMLFault) {
                return try reader.document()
            } catch {
                // libyaml begins one more line where the last one has no end.
                throw error.at(min(error.mark, SourceBytes.end(of: bytes)))
            }
        }
    }

    private mutating func document() throws(YAMLFault) -> Node? {
        var root: Node?
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd: return root
            case .documentStart:
                guard root == nil else {
                    throw YAMLFault(
                        .documents, at: event.mark, "a second document begins here",
                        advice: "Keep one document; remove `---` and what follows it.")
                }
                root = try node(try events.next(), path: [], depth: 1)
            case .streamStart, .documentEnd: continue
            case .scalar, .sequenceStart, .sequenceEnd, .mappingStart, .mappingEnd, .alias:
                throw YAMLFault(.syntax, at: event.mark, "a value outside a document")
            }
        }
    }

    private mutating func node(
        _ event: YAMLEvent, path: [String], depth: Int
    ) throws(YAMLFault) -> Node {
        guard rules.reads(path) else {
            try passOver(event, depth: depth)
            return Node(mark: event.mark, content: .unread)
        }
        try refuseReferences(event)
        try checkDepth(depth, at: event.mark)
        switch event.kind {
        case .scalar(let text, let isPlain):
            return Node(mark: event.mark, content: .scalar(text, isPlain: isPlain))
        case .sequenceStart:
            var items: [Node] = []
            while true {
                let next = try events.next()
                if next.kind == .sequenceEnd { break }
                items.append(try node(next, path: path, depth: depth + 1))
            }
            return Node(mark: event.mark, content: .sequence(items))
        case .mappingStart:
            let entries = try entries(path: path, depth: depth + 1)
            return Node(mark: event.mark, content: .mapping(entries))
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd,
            .alias:
            throw YAMLFault(.syntax, at: event.mark, "a value is missing")
        }
    }

    private mutating func entries(
        path: [String], depth: Int
    ) throws(YAMLFault) -> [Node.Entry] {
        var entries: [Node.Entry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try events.next()
            if event.kind == .mappingEnd { return entries }
            try refuseReferences(event)
            guard case .scalar(let key, let isPlain) = event.kind else {
                throw YAMLFault(
                    .key, at: event.mark, "a key must be text",
                    advice: "Lists and mappings are not supported as keys.")
            }
            guard !(isPlain && key == "<<") else {
                throw YAMLFault(
                    .mergeKey, at: event.mark, "merge keys (<<) are not supported",
                    advice: "Write the keys out.")
            }
            if let line = lines.updateValue(event.mark.line, forKey: key) {
                throw YAMLFault(
                    .duplicateKey, at: event.mark,
                    "the key \(quoted(key)) stands twice, in lines \(line) and \(event.mark.line)",
                    advice: "Keep one of them.")
            }
            let value = try node(try events.next(), path: path + [key], depth: depth)
            entries.append(Node.Entry(key: key, keyMark: event.mark, value: value))
        }
    }

    /// Passes over a value that begins with the event. Aliases in it cost nothing: they are events
    /// without content.
    private mutating func passOver(_ first: YAMLEvent, depth: Int) throws(YAMLFault) {
        var event = first
        var open = 0
        while true {
            switch event.kind {
            case .sequenceStart, .mappingStart:
                open += 1
                try checkDepth(depth + open - 1, at: event.mark)
            case .sequenceEnd, .mappingEnd: open -= 1
            case .scalar, .alias: break
            case .streamStart, .streamEnd, .documentStart, .documentEnd:
                throw YAMLFault(.syntax, at: event.mark, "a value is missing")
            }
            if open == 0 { return }
            event = try events.next()
        }
    }

    private func checkDepth(_ depth: Int, at mark: Mark) throws(YAMLFault) {
        guard depth <= rules.depthMax else {
            throw YAMLFault(.depth, at: mark, "nested deeper than \(rules.depthMax) levels")
        }
    }

    private func refuseReferences(_ event: YAMLEvent) throws(YAMLFault) {
        guard event.kind != .alias else {
            throw YAMLFault(
                .alias, at: event.mark, "aliases (*name) are not supported",
                advice: "Write the value out, or put a text that begins with * in quotes.")
        }
        guard !event.hasAnchor || rules.takesAnchors else {
            throw YAMLFault(
                .anchor, at: event.mark, "anchors (&name) are not supported",
                advice: "Write the value out, or put a text that begins with & in quotes.")
        }
        guard !event.hasTag else {
            throw YAMLFault(
                .tag, at: event.mark, "tags (!name) are not supported",
                advice: "Every value is text as written; put a text that begins with ! in quotes.")
        }
    }
}
