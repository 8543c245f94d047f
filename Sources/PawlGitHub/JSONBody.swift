import FoundationEssentials
import PawlCore

/// Reads JSON from outside into wire structs: lenient about what is there besides, strict about
/// what is asked for.
enum JSONBody {
    /// Why a body could not be read: a clause that fits after "GitHub's answer ".
    struct Malformed: Error, Hashable, Sendable {
        let words: String
    }

    /// Own choice: GitHub's answers nest about 8 deep. Decoders call themselves for each level, so
    /// a hostile depth could use up the stack.
    static let depthMax = 64

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

    /// One pass over the bytes that knows strings, numbers and brackets only. Foundation takes raw
    /// control bytes in strings, and any escape and number that nobody asks for; JSON has none of
    /// them (RFC 8259, 6 and 7), and a document must not be one to some readers alone.
    private static func checkForm(of body: [UInt8]) throws(Malformed) {
        var depth = 0
        var inString = false
        var isEscaped = false
        var digitsDue = 0
        var numberEnd = 0
        for (index, byte) in body.enumerated() where index >= numberEnd {
            if inString {
                if digitsDue > 0 {
                    digitsDue -= 1
                    guard isHexDigit(byte) else { throw Malformed(words: badEscape) }
                } else if isEscaped {
                    isEscaped = false
                    guard "\"\\/bfnrtu".utf8.contains(byte) else {
                        throw Malformed(words: badEscape)
                    }
                    digitsDue = byte == UInt8(ascii: "u") ? 4 : 0
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                guard byte >= 0x20 else {
                    throw Malformed(words: "is not usable JSON: a string has a raw control byte")
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                guard depth <= depthMax else {
                    throw Malformed(words: "is JSON nested deeper than \(depthMax) levels")
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                numberEnd = index + (JSONNumber.length(in: body[index...]) ?? 0)
                guard numberEnd > index,
                    numberEnd == body.count || !"+-.0123456789eE".utf8.contains(body[numberEnd])
                else { throw Malformed(words: "is not usable JSON: it has a number that is none") }
            default: break
            }
        }
    }

    private static let badEscape = "is not usable JSON: a string has an escape that JSON lacks"

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isHexDigit
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
        // Foundation says neither where a text is cut nor which number does not fit.
        default: "is cut off or not usable JSON"
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
