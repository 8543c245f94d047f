/// A JSON value to be written; objects keep the order they were written in.
package indirect enum GitHubJSON: Sendable {
    case null
    case bool(Bool)
    case number(Int64)
    case string(String)
    case array([GitHubJSON])
    case object([(String, GitHubJSON)])

    /// A string, or null for `nil`.
    package static func optional(_ text: String?) -> Self { text.map(GitHubJSON.string) ?? .null }

    /// The text of the value.
    package var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    /// The bytes of the text.
    package var bytes: [UInt8] { Array(text.utf8) }

    /// An object with these members after its own; one of the same name is replaced.
    package func with(_ members: [(String, GitHubJSON)]) -> Self {
        guard case .object(let own) = self else { return self }
        let kept = own.filter { member in !members.contains { $0.0 == member.0 } }
        return .object(kept + members)
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let value): text += String(value)
        case .string(let value): Self.write(value, to: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.0, to: &text)
                text += ":"
                member.1.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension GitHubJSON: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByNilLiteral
{
    /// A string.
    package init(stringLiteral value: String) { self = .string(value) }
    /// A number.
    package init(integerLiteral value: Int64) { self = .number(value) }
    /// A Boolean.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An array.
    package init(arrayLiteral elements: GitHubJSON...) { self = .array(elements) }
    /// An object.
    package init(dictionaryLiteral elements: (String, GitHubJSON)...) { self = .object(elements) }
    /// Null.
    package init(nilLiteral: ()) { self = .null }
}
