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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += String(value).utf8
        case .number(let text): bytes += text.utf8
        case .string(let value): Self.quote(value, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (place, value) in values.enumerated() {
                if place > 0 { bytes += ", ".utf8 }
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (place, member) in members.enumerated() {
                if place > 0 { bytes += ", ".utf8 }
                Self.quote(member.key, to: &bytes)
                bytes += ": ".utf8
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func quote(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        // Nearly every string is written as it is.
        if text.utf8.allSatisfy(isPlain) {
            bytes += text.utf8
        } else {
            escape(text, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Printable ASCII that needs no escape, whatever stands before it.
    private static func isPlain(_ byte: UInt8) -> Bool {
        0x20..<0x7F ~= byte && byte != 0x22 && byte != 0x5C && byte != 0x5B
    }

    private static func escape(_ text: String, to bytes: inout [UInt8]) {
        var before: UInt16 = 0
        for unit in text.utf16 {
            defer { before = unit }
            switch unit {
            // A runner takes "##[" anywhere in a line for a command.
            case 0x5B where before == 0x23: bytes += "\\u005b".utf8
            case 0x22: bytes += "\\\"".utf8
            case 0x5C: bytes += "\\\\".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0x20..<0x7F: bytes.append(UInt8(unit))
            default:
                let hex = String(unit, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex).utf8
            }
        }
    }
}
