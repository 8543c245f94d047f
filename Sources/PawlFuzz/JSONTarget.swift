import PawlCore
import PawlImages

extension FuzzTarget {
    /// The two readers of JSON: they take the same documents, see the same in them, and read back
    /// what they write.
    static let json = FuzzTarget("json") { bytes throws(Broken) in
        let value = try? JSONValue(parsing: bytes)
        let written = try? JSON(bytes)
        try hold((value == nil) == (written == nil), "one reader of JSON takes it, one does not")
        guard let value, let written else { return }
        try isSame(value, written)
        try hold((try? JSON(written.bytes)) == written, "JSON is not read back as written")
        try hold(
            value.text.utf8.allSatisfy { (0x20..<0x7F).contains($0) },
            "written JSON is not printable ASCII")
        try hold(!Shown.hasBracketCommand(value.text), "written JSON has a runner's command")
        let again = try needed(
            try? JSONValue(parsing: Array(value.text.utf8)), "written JSON is not read")
        try hold(again.text.isSame(as: value.text), "JSON is not read back as written")
    }

    /// Walks both documents together.
    private static func isSame(_ value: JSONValue, _ written: JSON) throws(Broken) {
        switch (value, written) {
        case (.null, .null): break
        case (.bool(let one), .bool(let other)): try hold(one == other, "Booleans differ")
        case (.string(let one), .string(let other)):
            try hold(one.isSame(as: other), "strings differ")
        case (.integer(let one), .number(let other)):
            try hold(Int(other) == one, "\(one) is not \(other)")
            try isNumber(other)
        case (.number(let one), .number(let other)):
            try hold(one.isSame(as: other), "\(one) is not \(other)")
            try isNumber(other)
        case (.array(let one), .array(let other)):
            try hold(one.count == other.count, "arrays differ")
            for (one, other) in zip(one, other) { try isSame(one, other) }
        case (.object(let one), .object(let other)):
            try hold(one.count == other.count, "objects differ")
            for (one, other) in zip(one, other) {
                try hold(one.key.isSame(as: other.name), "keys differ")
                try isSame(one.value, other.value)
            }
        default: throw Broken("the readers see different kinds of value")
        }
    }

    /// RFC 8259, section 6.
    private static func isNumber(_ text: String) throws(Broken) {
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var isNumber = !whole.isEmpty && (whole.count == 1 || whole.first != UInt8(ascii: "0"))
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
            isNumber = isNumber && !fraction.isEmpty
        }
        if let byte = rest.first, "eE".utf8.contains(byte) {
            rest.removeFirst()
            if let sign = rest.first, "+-".utf8.contains(sign) { rest.removeFirst() }
            isNumber = isNumber && !rest.isEmpty && rest.allSatisfy(isDigit)
            rest = []
        }
        try hold(isNumber && rest.isEmpty, "\(text) is no number of JSON")
    }
}
