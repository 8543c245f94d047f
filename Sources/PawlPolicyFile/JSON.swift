/// A JSON value whose objects keep the order of their keys, so that its text is always the same.
indirect enum JSON: Hashable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case array([JSON])
    case object([Member])

    struct Member: Hashable {
        let name: String
        let value: JSON
    }

    static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
        .object(members.map { Member(name: $0.key, value: $0.value) })
    }

    /// Indented by two spaces, one member or item a line.
    func rendered(indent: String = "") -> String {
        let inner = indent + "  "
        return switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .array([]): "[]"
        case .object([]): "{}"
        case .array(let items):
            "[\n" + items.map { inner + $0.rendered(indent: inner) }.joined(separator: ",\n")
                + "\n\(indent)]"
        case .object(let members):
            "{\n"
                + members.map {
                    "\(inner)\(Self.quoted($0.name)): \($0.value.rendered(indent: inner))"
                }.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    /// RFC 8259, section 7.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
