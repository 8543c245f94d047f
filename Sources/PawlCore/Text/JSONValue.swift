/// A JSON document whose keys keep the order that the contract shows them in.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// A number with a fraction, with an exponent or beyond 64 bits, as it was written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// One key with its value.
    package struct Member: Hashable, Sendable {
        /// The key, unescaped.
        package let key: String
        /// Its value.
        package let value: JSONValue

        /// A member by its key and value.
        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// A string, or null.
    package static func string(orNull text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }

    /// An object in the order written.
    package static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(members.map { Member(key: $0.key, value: $0.value) })
    }

    /// One line (RFC 8259). Everything outside of printable ASCII is escaped, so that no text can
    /// leave its string or reach a terminal raw.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let text): text
        case .string(let value): Self.quoted(value)
        case .array(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.map { Self.quoted($0.key) + ": " + $0.value.text }
                .joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        var before: UInt16 = 0
        for unit in text.utf16 {
            defer { before = unit }
            switch unit {
            // A runner takes "##[" anywhere in a line for a command.
            case 0x5B where before == 0x23: quoted += "\\u005b"
            case 0x22: quoted += "\\\""
            case 0x5C: quoted += "\\\\"
            case 0x0A: quoted += "\\n"
            case 0x0D: quoted += "\\r"
            case 0x09: quoted += "\\t"
            case 0x20..<0x7F: quoted.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let hex = String(unit, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        return quoted + "\""
    }
}
