import PawlCore

/// The fields of a form as a browser sends them (`application/x-www-form-urlencoded`), or of the
/// part of an address after `?`.
struct Form: Hashable, Sendable {
    private let fields: [String: String]

    /// Reads them. A field that is there twice counts with its first value; what is no UTF-8, or
    /// too much, is `nil`.
    init?(_ encoded: some StringProtocol) {
        let parts = encoded.utf8.split(separator: UInt8(ascii: "&"))
        guard encoded.utf8.count <= Limits.formBytesMax, parts.count <= Limits.formFieldsMax else {
            return nil
        }
        var fields: [String: String] = [:]
        for part in parts {
            let halves = part.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(halves[0]),
                let value = halves.count > 1 ? Self.decoded(halves[1]) : ""
            else { return nil }
            if fields[name] == nil { fields[name] = value }
        }
        self.fields = fields
    }

    /// The value of a field without blanks around it; empty if it is not there.
    subscript(name: String) -> String {
        let value = (fields[name] ?? "")[...]
        let start = value.drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }

    private static func decoded(_ bytes: some Sequence<UInt8>) -> String? {
        var decoded: [UInt8] = []
        var rest = Array(bytes)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard rest.count >= 2,
                    let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else { return nil }
                decoded.append(value)
                rest = rest.dropFirst(2)
            default: decoded.append(byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }
}
