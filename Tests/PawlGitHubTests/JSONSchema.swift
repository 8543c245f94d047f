import FoundationEssentials

/// A JSON value as it was read.
enum JSONValue: Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([String: JSONValue].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    static func read(_ bytes: [UInt8]) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }

    subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
}

/// As much of JSON Schema as GitHub's description of its API uses. Formats are not looked at.
struct JSONSchema {
    /// The whole description, in which `$ref` is looked up.
    let description: JSONValue

    /// Every way in which the value is not what the schema says; empty if it is.
    func complaints(about value: JSONValue, under schema: JSONValue, at path: String = "$")
        -> [String]
    {
        if let reference = schema["$ref"]?.text {
            guard let target = lookUp(reference) else { return ["\(path): no \(reference)"] }
            return complaints(about: value, under: target, at: path)
        }
        var complaints: [String] = []
        for part in schema["allOf"]?.elements ?? [] {
            complaints += self.complaints(about: value, under: part, at: path)
        }
        for keyword in ["anyOf", "oneOf"] {
            guard let choices = schema[keyword]?.elements else { continue }
            let tries = choices.map { self.complaints(about: value, under: $0, at: path) }
            if !tries.contains(where: \.isEmpty) {
                complaints += tries.min { $0.count < $1.count } ?? ["\(path): no choice"]
            }
        }
        if let type = schema["type"], !fits(value, type) {
            complaints.append("\(path): not of type \(type)")
        }
        if let words = schema["enum"]?.elements, !words.contains(where: { same($0, value) }) {
            complaints.append("\(path): \(value) is not among the words")
        }
        if let word = schema["const"], !same(word, value) {
            complaints.append("\(path): \(value) is not \(word)")
        }
        return complaints + partComplaints(about: value, under: schema, at: path)
    }

    private func partComplaints(
        about value: JSONValue, under schema: JSONValue, at path: String
    ) -> [String] {
        var complaints: [String] = []
        if case .object(let members) = value {
            for name in schema["required"]?.elements?.compactMap(\.text) ?? []
            where members[name] == nil {
                complaints.append("\(path): no \(name)")
            }
            for (name, member) in members {
                guard let part = schema["properties"]?[name] else { continue }
                complaints += self.complaints(about: member, under: part, at: "\(path).\(name)")
            }
        }
        if case .array(let elements) = value, let part = schema["items"] {
            for (index, element) in elements.enumerated() {
                complaints += self.complaints(about: element, under: part, at: "\(path)[\(index)]")
            }
        }
        return complaints
    }

    private func lookUp(_ reference: String) -> JSONValue? {
        reference.split(separator: "/").dropFirst().reduce(description) { value, key in
            value?[String(key)]
        }
    }

    private func fits(_ value: JSONValue, _ type: JSONValue) -> Bool {
        if let types = type.elements { return types.contains { fits(value, $0) } }
        return switch (type.text, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array),
            ("object", .object), ("number", .number):
            true
        case ("integer", .number(let number)): number == number.rounded()
        default: false
        }
    }

    private func same(_ one: JSONValue, _ other: JSONValue) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.number(let one), .number(let other)): one == other
        case (.string(let one), .string(let other)): one == other
        default: false
        }
    }
}
