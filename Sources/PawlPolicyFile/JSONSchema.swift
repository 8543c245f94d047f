/// The JSON schema of `pawl.yaml` (draft 2020-12), made from the table of keys that the reader
/// uses.
package enum JSONSchema {
    /// The whole schema, ending in a line break; the same on every run.
    package static var text: String {
        guard case .object(let members) = schema(of: PolicyKeys.section) else { return "" }
        let head = [
            JSON.Member(
                name: "$schema", value: .text("https://json-schema.org/draft/2020-12/schema")),
            JSON.Member(name: "title", value: .text("pawl.yaml")),
        ]
        return JSON.object(head + members).rendered() + "\n"
    }

    private static func schema(of section: Section) -> JSON {
        var members = [
            JSON.Member(name: "type", value: .text("object")),
            JSON.Member(name: "additionalProperties", value: .flag(false)),
        ]
        let required = section.keys.filter(\.isRequired).map { JSON.text($0.name) }
        if !required.isEmpty {
            members.append(JSON.Member(name: "required", value: .array(required)))
        }
        let properties = section.keys.map { JSON.Member(name: $0.name, value: schema(of: $0)) }
        members.append(JSON.Member(name: "properties", value: .object(properties)))
        return .object(members)
    }

    private static func schema(of key: Key) -> JSON {
        var members = [JSON.Member(name: "description", value: .text(key.meaning))]
        if case .object(let typed) = schema(of: key.type) { members += typed }
        if let value = key.byDefault {
            members.append(JSON.Member(name: "default", value: defaultValue(value, of: key.type)))
        }
        return .object(members)
    }

    private static func defaultValue(_ value: String, of type: ValueType) -> JSON {
        switch type {
        case .flag: .flag(value == "true")
        case .list:
            .array(
                value.dropFirst().dropLast().split(separator: ", ").map { .text(String($0)) })
        default: .text(value)
        }
    }

    private static func schema(of type: ValueType) -> JSON {
        switch type {
        case .constant(let word): .object(["enum": .array(constants(word))])
        case .text(let pattern): text(pattern: pattern)
        case .word(let words): .object(["enum": .array(words.map(JSON.text))])
        case .flag: .object(["type": .text("boolean")])
        case .duration: .object(["type": .text("string"), "pattern": .text("^[0-9]+[smhd]$")])
        case .secret:
            .object([
                "type": .text("string"), "pattern": .text("\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}"),
            ])
        case .address: .object(["type": .text("string")])
        case .list(let item):
            .object([
                "type": .text("array"), "minItems": .number(1), "items": schema(of: item),
            ])
        case .named(let pattern, let value): named(pattern: pattern, value)
        case .section(let section): schema(of: section)
        case .either(let types): .object(["oneOf": .array(types.map { schema(of: $0) })])
        }
    }

    /// The reader takes scalars as they are written, quoted or not.
    private static func constants(_ word: String) -> [JSON] {
        Int(word).map { [.number($0), .text(word)] } ?? [.text(word)]
    }

    /// An unquoted `1.10` is text for the reader, though a number for an editor.
    private static func text(pattern: String?) -> JSON {
        let types = JSON.array([.text("string"), .text("number")])
        guard let pattern else { return .object(["type": types]) }
        return .object(["type": types, "pattern": .text(pattern)])
    }

    private static func named(pattern: String?, _ value: ValueType) -> JSON {
        let type = JSON.text("object")
        guard let pattern else {
            return .object(["type": type, "additionalProperties": schema(of: value)])
        }
        return .object([
            "type": type, "minProperties": .number(1),
            "propertyNames": .object(["pattern": .text(pattern)]),
            "additionalProperties": schema(of: value),
        ])
    }
}
