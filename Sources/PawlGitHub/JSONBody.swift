import FoundationEssentials
import PawlCore

/// Reads JSON from outside into wire structs: lenient about what is there besides, strict about
/// what is asked for.
enum JSONBody {
    /// Why a body could not be read: a clause that fits after "GitHub's answer ".
    struct Malformed: Error, Hashable, Sendable {
        let words: String
    }

    static func read<Wire: Decodable>(
        _ type: Wire.Type, from body: [UInt8]
    ) throws(Malformed) -> Wire {
        guard let first = body.first(where: { !" \t\r\n".utf8.contains($0) }) else {
            throw Malformed(words: "is empty")
        }
        guard first != UInt8(ascii: "<") else { throw Malformed(words: "is HTML and not JSON") }
        // Decoders look at the encoding of what they are asked for only.
        guard String(validating: body, as: UTF8.self) != nil else {
            throw Malformed(words: "is not UTF-8")
        }
        try checkForm(of: body)
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch let error as DecodingError {
            throw Malformed(words: words(for: error))
        } catch {
            throw Malformed(words: "is not usable JSON")
        }
    }

    /// Foundation takes a comma too many, raw control bytes in strings, and any escape and number
    /// that nobody asks for: a document must not be one to some readers alone.
    private static func checkForm(of body: [UInt8]) throws(Malformed) {
        switch JSONShape.malformed(body) {
        case nil: return
        case .tooDeep:
            throw Malformed(words: "is JSON nested deeper than \(JSONValue.depthMax) levels")
        case .syntax(at: body.count): throw Malformed(words: "is not usable JSON: it is cut off")
        case .syntax(let place):
            throw Malformed(words: "is not usable JSON: byte \(place) cannot be there")
        }
    }

    /// Names the field; never its content.
    private static func words(for error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "has no \(path(context.codingPath + [key]))"
        case .valueNotFound(_, let context) where !context.codingPath.isEmpty:
            "has no \(path(context.codingPath))"
        case .typeMismatch(_, let context) where !context.codingPath.isEmpty:
            "has another kind of value as \(path(context.codingPath))"
        case .typeMismatch, .valueNotFound:
            "is JSON of another kind than expected"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            "has an unusable value as \(path(context.codingPath))"
        // Foundation does not say which number does not fit.
        default: "is not usable JSON"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += (path.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }
}

/// Takes any JSON object and looks at nothing in it.
struct WireObject: Decodable {
    private enum CodingKeys: CodingKey {}

    init(from decoder: any Decoder) throws {
        _ = try decoder.container(keyedBy: CodingKeys.self)
    }
}
