import FoundationEssentials
import PawlPolicyFile
import Testing

/// As much of a schema as the tests look at.
private final class Schema: Decodable {
    let description: String?
    let properties: [String: Schema]?
    let additionalProperties: Additional?
    let required: [String]?
    let items: Schema?
    let oneOf: [Schema]?

    enum Additional: Decodable {
        case flag(Bool)
        case schema(Schema)

        init(from decoder: any Decoder) throws {
            if let flag = try? decoder.singleValueContainer().decode(Bool.self) {
                self = .flag(flag)
            } else {
                self = .schema(try Schema(from: decoder))
            }
        }
    }

    /// Every key of this schema and of those in it, with its description.
    var keys: [(name: String, description: String?)] {
        let own = (properties ?? [:]).map { (name: $0.key, description: $0.value.description) }
        var inner = (properties ?? [:]).values.map { $0 } + (oneOf ?? [])
        if let items { inner.append(items) }
        if case .schema(let schema) = additionalProperties { inner.append(schema) }
        return own + inner.flatMap(\.keys)
    }
}

@Suite("The JSON schema says what the reader takes")
struct JSONSchemaTests {
    private func schema() throws -> Schema {
        try JSONDecoder().decode(Schema.self, from: Data(JSONSchema.text.utf8))
    }

    @Test("it has every key of the contract, and no other")
    func keys() throws {
        let keys = try schema().keys.map(\.name).sorted()
        #expect(
            keys == [
                "absent", "after", "age", "app", "auth", "behind", "branch", "build", "cancelled",
                "channels", "check", "dispatch", "events", "forward", "from", "gates", "host",
                "image", "images", "inputs", "insecure", "job", "label", "ledger",
                "moved-by-others", "registries", "repository", "secret", "source", "to",
                "unlabelled", "version", "webhook", "workflow",
            ])
    }

    @Test("every key is described in sentences")
    func descriptions() throws {
        for key in try schema().keys {
            #expect(key.description?.hasSuffix(".") == true, "\(key.name)")
        }
    }

    @Test("unknown keys are refused, and the required ones are named")
    func strict() throws {
        let schema = try schema()
        #expect(schema.required == ["version", "branch", "channels"])
        guard case .flag(false) = schema.additionalProperties else {
            Issue.record("the schema lets unknown keys through")
            return
        }
    }

    @Test("its text names its draft and is the same each time")
    func text() {
        #expect(
            JSONSchema.text.hasPrefix(
                """
                {
                  "$schema": "https://json-schema.org/draft/2020-12/schema",
                  "title": "pawl.yaml",
                  "type": "object",
                  "additionalProperties": false,
                """))
        #expect(JSONSchema.text.hasSuffix("}\n"))
        #expect(JSONSchema.text == JSONSchema.text)
    }
}
