import CLibYAML

/// One event of a YAML stream.
struct YAMLEvent {
    enum Kind: Hashable {
        case streamStart, streamEnd, documentStart, documentEnd
        case scalar(String, isPlain: Bool)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
        case alias
    }

    let kind: Kind
    let mark: Mark
    var hasAnchor = false
    var hasTag = false
}

/// libyaml's events, one at a time. Used inside one call only: it holds a C parser that its caller
/// made and frees.
struct YAMLEvents {
    let parser: UnsafeMutablePointer<yaml_parser_t>

    mutating func next() throws(YAMLFault) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let mark = Mark(event.start_mark)

        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self)
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            return YAMLEvent(
                kind: .scalar(text, isPlain: isPlain), mark: mark, hasAnchor: scalar.anchor != nil,
                hasTag: scalar.tag != nil)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return YAMLEvent(
                kind: .sequenceStart, mark: mark, hasAnchor: start.anchor != nil,
                hasTag: start.tag != nil)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return YAMLEvent(
                kind: .mappingStart, mark: mark, hasAnchor: start.anchor != nil,
                hasTag: start.tag != nil)
        case YAML_ALIAS_EVENT: return YAMLEvent(kind: .alias, mark: mark)
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .sequenceEnd, mark: mark)
        case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mappingEnd, mark: mark)
        case YAML_STREAM_START_EVENT: return YAMLEvent(kind: .streamStart, mark: mark)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, mark: mark)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, mark: mark)
        default: return YAMLEvent(kind: .streamEnd, mark: mark)
        }
    }

    private func syntaxError() -> YAMLFault {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
        guard parser.pointee.error != YAML_READER_ERROR else {
            return YAMLFault(
                .notText, at: .start, "byte \(parser.pointee.problem_offset): \(problem)",
                advice: "Save the file as plain UTF-8 text.")
        }
        let context = parser.pointee.context.map { " " + String(cString: $0) } ?? ""
        return YAMLFault(
            .syntax, at: Mark(parser.pointee.problem_mark), "not YAML: \(problem)\(context)",
            advice: "Indent with spaces, alike within one mapping or list, and put texts with "
                + "special characters in quotes.")
    }
}

extension Mark {
    /// libyaml counts from 0.
    init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
