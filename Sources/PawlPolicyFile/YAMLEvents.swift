import CLibYAML

/// One event of a YAML stream, after everything that Pawl does not take was refused.
struct YAMLEvent {
    enum Kind: Hashable {
        case streamStart, streamEnd, documentStart, documentEnd
        case scalar(String, isPlain: Bool)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    }

    let kind: Kind
    let mark: Mark
}

/// libyaml's events, one at a time. Used inside one call only: it holds a C parser that its caller
/// made and frees.
struct YAMLEvents {
    let parser: UnsafeMutablePointer<yaml_parser_t>
    let file: String

    mutating func next() throws(Complaint) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let mark = Mark(event.start_mark)

        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try refuse(anchor: scalar.anchor, tag: scalar.tag, at: mark)
            let text = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self)
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            return YAMLEvent(kind: .scalar(text, isPlain: isPlain), mark: mark)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            try refuse(anchor: start.anchor, tag: start.tag, at: mark)
            return YAMLEvent(kind: .sequenceStart, mark: mark)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            try refuse(anchor: start.anchor, tag: start.tag, at: mark)
            return YAMLEvent(kind: .mappingStart, mark: mark)
        case YAML_ALIAS_EVENT:
            throw Complaint(
                file: file, mark: mark, what: "aliases (*name) are not supported",
                advice: "Write the value out, or put a text that begins with * in quotes.")
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .sequenceEnd, mark: mark)
        case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mappingEnd, mark: mark)
        case YAML_STREAM_START_EVENT: return YAMLEvent(kind: .streamStart, mark: mark)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, mark: mark)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, mark: mark)
        default: return YAMLEvent(kind: .streamEnd, mark: mark)
        }
    }

    private func refuse(
        anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?,
        at mark: Mark
    ) throws(Complaint) {
        if anchor != nil {
            throw Complaint(
                file: file, mark: mark, what: "anchors (&name) are not supported",
                advice: "Write the value out, or put a text that begins with & in quotes.")
        }
        if tag != nil {
            throw Complaint(
                file: file, mark: mark, what: "tags (!name) are not supported",
                advice: "Every value is text as written; put a text that begins with ! in quotes.")
        }
    }

    private func syntaxError() -> Complaint {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
        guard parser.pointee.error != YAML_READER_ERROR else {
            return Complaint(
                file: file, mark: .start,
                what: "byte \(parser.pointee.problem_offset): \(problem)",
                advice: "Save the file as plain UTF-8 text.")
        }
        let context = parser.pointee.context.map { " " + String(cString: $0) } ?? ""
        return Complaint(
            file: file, mark: Mark(parser.pointee.problem_mark),
            what: "not YAML: \(problem)\(context)",
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
