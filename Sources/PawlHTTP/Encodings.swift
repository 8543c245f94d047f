/// Base64 with padding (RFC 4648, 4).
package func base64(_ bytes: some Collection<UInt8>) -> String {
    let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var output: [UInt8] = []
    output.reserveCapacity((bytes.count + 2) / 3 * 4)
    var rest = bytes[...]
    while !rest.isEmpty {
        let group = Array(rest.prefix(3))
        rest = rest.dropFirst(3)
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for position in 0..<4 {
            output.append(
                position <= group.count
                    ? alphabet[bits >> (18 - 6 * position) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: output, as: UTF8.self)
}

/// Reads base64, with or without padding; `nil` if it is not.
package func bytes(base64 text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits = 0
    var bitCount = 0
    var digits = 0
    let body = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
    guard text.utf8.count - body.count <= 2 else { return nil }
    for byte in body {
        let value: Int
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = Int(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): value = Int(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = Int(byte) + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
        default: return nil
        }
        digits += 1
        bits = (bits << 6 | value) & 0xFFFF
        bitCount += 6
        if bitCount >= 8 {
            bitCount -= 8
            bytes.append(UInt8(bits >> bitCount & 0xFF))
        }
    }
    return digits % 4 == 1 ? nil : bytes
}

/// Percent-encodes everything but RFC 3986's unreserved characters, for one query value.
package func percentEncoded(_ text: some StringProtocol) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var output: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            output.append(byte)
        default:
            output += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        }
    }
    return String(decoding: output, as: UTF8.self)
}

/// Undoes percent-encoding; what is not encoded stays.
func decoded(_ text: some StringProtocol) -> [UInt8] {
    var output: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), rest.count >= 2,
            let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
        {
            output.append(value)
            rest = rest.dropFirst(2)
        } else {
            output.append(byte)
        }
    }
    return output
}
