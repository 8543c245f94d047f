package import PawlCore

// Values made from names, the same in every run: tests and the simulator need no cryptography to
// tell things apart.

extension Digest {
    /// The digest that a thing of this name has in every test.
    package static func named(_ name: String) -> Digest {
        wellFormed { try Digest("sha256:" + hexDigits(64, from: name)) }
    }
}

extension CommitID {
    /// The commit that a name stands for in every test.
    package static func named(_ name: String) -> CommitID {
        wellFormed { try CommitID(hexDigits(40, from: name)) }
    }
}

/// A literal of a test as its value. Only for text that the test itself wrote.
package func wellFormed<Value>(_ make: () throws -> Value) -> Value {
    do { return try make() } catch { preconditionFailure("not well formed: \(error)") }
}

/// Hex digits that only depend on the name: FNV-1a, run again for every sixteen digits.
private func hexDigits(_ count: Int, from name: String) -> String {
    var digits = ""
    while digits.utf8.count < count {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(digits.utf8.count)/\(name)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        // FNV leaves the first digits of short names alike; the tail is mixed into them.
        hash ^= hash >> 32
        hash = hash &* 0x9e37_79b9_7f4a_7c15
        let block = String(hash, radix: 16)
        digits += String(repeating: "0", count: 16 - block.utf8.count) + block
    }
    return String(digits.prefix(count))
}
