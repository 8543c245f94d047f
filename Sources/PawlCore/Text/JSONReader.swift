extension JSONValue {
    /// Why bytes are not a document that can be used.
    package enum Malformed: Error, Hashable, Sendable { case syntax(at: Int), tooDeep }

    /// Own choice: no document that Pawl reads nests deeper than ten. Readers call themselves for
    /// each level, so a hostile depth could use up the stack.
    package static let depthMax = 64

    /// Reads a whole document (RFC 8259). Linear in the bytes. Members keep their order, and a key
    /// that occurs twice is there twice.
    package init(parsing bytes: [UInt8]) throws(Malformed) {
        var reader = JSONReader(bytes)
        self = try reader.document()
    }

    /// The value of a key that an object has exactly once. Two readers that disagree on a doubled
    /// key would see two documents in the same bytes, so such a key is as good as none.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        let found = members.filter { $0.key == key }
        return found.count == 1 ? found[0].value : nil
    }

    /// The text of a string.
    package var string: String? { if case .string(let text) = self { text } else { nil } }
    /// A whole number.
    package var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    /// True or false.
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The elements of an array.
    package var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
    /// The members of an object.
    package var object: [Member]? { if case .object(let members) = self { members } else { nil } }
}

/// Reads JSON from bytes, front to back.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONValue.Malformed) -> JSONValue {
        let value = try value(depth: 0)
        skipBlanks()
        guard position == bytes.count else { throw .syntax(at: position) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONValue.Malformed) -> JSONValue {
        guard depth < JSONValue.depthMax else { throw .tooDeep }
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONValue.Malformed) -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw .syntax(at: position) }
            let name = try string()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw .syntax(at: position) }
            members.append(JSONValue.Member(key: name, value: try value(depth: depth + 1)))
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw .syntax(at: position) }
        }
    }

    private mutating func array(depth: Int) throws(JSONValue.Malformed) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw .syntax(at: position) }
        }
    }

    private mutating func string() throws(JSONValue.Malformed) -> String {
        position += 1
        let first = position
        skipPlain()
        // Nearly every string ends here, without an escape.
        if peek == UInt8(ascii: "\"") {
            position += 1
            return try validated(bytes[first..<position - 1])
        }
        var text = Array(bytes[first..<position])
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try validated(text[...])
            case UInt8(ascii: "\\"): text += try escaped()
            case 0..<0x20: throw .syntax(at: position)
            default: text.append(byte)
            }
        }
        throw .syntax(at: position)
    }

    private func validated(_ text: ArraySlice<UInt8>) throws(JSONValue.Malformed) -> String {
        guard let text = String(validating: text, as: UTF8.self) else {
            throw .syntax(at: position)
        }
        return text
    }

    private mutating func skipPlain() {
        while let byte = peek, byte >= 0x20, byte != UInt8(ascii: "\""),
            byte != UInt8(ascii: "\\")
        {
            position += 1
        }
    }

    private mutating func escaped() throws(JSONValue.Malformed) -> [UInt8] {
        guard let byte = peek else { throw .syntax(at: position) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"): return Array(String(Character(try unicodeEscape())).utf8)
        default: throw .syntax(at: position)
        }
    }

    /// Four hex digits, or a pair of them for characters beyond U+FFFF; half a pair is U+FFFD.
    private mutating func unicodeEscape() throws(JSONValue.Malformed) -> Unicode.Scalar {
        let first = try hexUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let isHigh = (0xD800..<0xDC00).contains(first)
        guard isHigh, bytes[position...].starts(with: Array("\\u".utf8)) else { return "\u{FFFD}" }
        let mark = position
        position += 2
        let second = try hexUnit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else {
            position = mark
            return "\u{FFFD}"
        }
        return scalar
    }

    private mutating func hexUnit() throws(JSONValue.Malformed) -> UInt32 {
        let digits = bytes[position...].prefix(4)
        let isHex = digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
        guard digits.count == 4, isHex,
            let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw .syntax(at: position) }
        position += 4
        return unit
    }

    private mutating func number() throws(JSONValue.Malformed) -> JSONValue {
        guard let length = JSONNumber.length(in: bytes[position...]) else {
            throw .syntax(at: position)
        }
        let text = String(decoding: bytes[position..<position + length], as: UTF8.self)
        position += length
        return Int(text).map { .integer($0) } ?? .number(text)
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONValue.Malformed)
        -> JSONValue
    {
        guard bytes[position...].starts(with: Array(word.utf8)) else {
            throw .syntax(at: position)
        }
        position += word.utf8.count
        return value
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            position += 1
        }
    }
}
