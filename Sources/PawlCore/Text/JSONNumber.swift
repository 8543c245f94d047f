/// Numbers of JSON, as RFC 8259, section 6, has them.
package enum JSONNumber {
    /// How many bytes at the front are a number; `nil` if none begins there. `01` begins with the
    /// number 0, and what follows it is for the caller to refuse.
    package static func length(in bytes: ArraySlice<UInt8>) -> Int? {
        var rest = bytes
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        if rest.first == UInt8(ascii: "0") {
            rest.removeFirst()
        } else {
            guard takeDigits(from: &rest) else { return nil }
        }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard takeDigits(from: &rest) else { return nil }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
                rest.removeFirst()
            }
            guard takeDigits(from: &rest) else { return nil }
        }
        return bytes.count - rest.count
    }

    /// Whether there was at least one.
    private static func takeDigits(from bytes: inout ArraySlice<UInt8>) -> Bool {
        let digits = bytes.prefix(while: isDigit)
        bytes = bytes[digits.endIndex...]
        return !digits.isEmpty
    }
}
