import Crypto

extension SHA256 {
    /// The hash of a text's UTF-8 in lower-case hex.
    static func hexDigits(of text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var hex: [UInt8] = []
        for byte in hash(data: Array(text.utf8)) {
            hex += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: hex, as: UTF8.self)
    }
}

/// Whether two texts are the same, in a time that says nothing about where they differ: their
/// hashes are compared, and all of them.
func isSame(_ one: String, _ other: String) -> Bool {
    let left = SHA256.hash(data: Array(one.utf8))
    let right = SHA256.hash(data: Array(other.utf8))
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
