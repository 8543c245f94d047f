import PawlCore

/// Whether bytes are one JSON object (RFC 8259), told without building any of it: what is kept is
/// kept as it was signed, and read later. UTF-8 within strings is left to that reader. An object
/// that has a key twice is none: readers disagree on which of the two counts.
enum JSONShape {
    /// As deep as Pawl's reader goes.
    private static let depthMax = 64

    static func isObject(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            var scan = Scan(bytes: buffer)
            scan.skipBlanks()
            guard scan.peek == UInt8(ascii: "{"), scan.value(depth: 0) else { return false }
            scan.skipBlanks()
            return scan.peek == nil
        }
    }

    private struct Scan {
        let bytes: UnsafeBufferPointer<UInt8>
        var position = 0
        /// The keys of the objects that are open, the innermost one's last, by their hashes.
        private var keys: [Int] = []

        init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func skipBlanks() {
            while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                position += 1
            }
        }

        mutating func take(_ byte: UInt8) -> Bool {
            guard peek == byte else { return false }
            position += 1
            return true
        }

        mutating func value(depth: Int) -> Bool {
            guard depth < depthMax, let byte = peek else { return false }
            switch byte {
            case UInt8(ascii: "{"): return members(depth: depth)
            case UInt8(ascii: "["): return elements(depth: depth)
            case UInt8(ascii: "\""): return string()
            case UInt8(ascii: "t"): return word("true")
            case UInt8(ascii: "f"): return word("false")
            case UInt8(ascii: "n"): return word("null")
            default: return number()
            }
        }

        private mutating func members(depth: Int) -> Bool {
            position += 1
            skipBlanks()
            if take(UInt8(ascii: "}")) { return true }
            let first = keys.count
            defer { keys.removeSubrange(first...) }
            while true {
                skipBlanks()
                guard key() else { return false }
                skipBlanks()
                guard take(UInt8(ascii: ":")) else { return false }
                skipBlanks()
                guard value(depth: depth + 1) else { return false }
                skipBlanks()
                if take(UInt8(ascii: "}")) {
                    let sorted = keys[first...].sorted()
                    return zip(sorted, sorted.dropFirst()).allSatisfy { $0 != $1 }
                }
                guard take(UInt8(ascii: ",")) else { return false }
            }
        }

        /// One key. Its hash stands for it: two keys with the same one are not met by chance, and
        /// nobody can look for them, for the seed is another one in every process.
        private mutating func key() -> Bool {
            let start = position
            guard peek == UInt8(ascii: "\""), string() else { return false }
            let written = UnsafeRawBufferPointer(
                UnsafeBufferPointer(rebasing: bytes[start..<position]))
            var hasher = Hasher()
            if written.contains(UInt8(ascii: "\\")),
                let key = (try? JSONValue(parsing: Array(written)))?.string
            {
                Array("\"\(key)\"".utf8).withUnsafeBytes { hasher.combine(bytes: $0) }
            } else {
                hasher.combine(bytes: written)
            }
            keys.append(hasher.finalize())
            return true
        }

        private mutating func elements(depth: Int) -> Bool {
            position += 1
            skipBlanks()
            if take(UInt8(ascii: "]")) { return true }
            while true {
                skipBlanks()
                guard value(depth: depth + 1) else { return false }
                skipBlanks()
                if take(UInt8(ascii: "]")) { return true }
                guard take(UInt8(ascii: ",")) else { return false }
            }
        }

        private mutating func string() -> Bool {
            position += 1
            while let byte = peek {
                position += 1
                switch byte {
                case UInt8(ascii: "\""): return true
                case UInt8(ascii: "\\"):
                    guard let escaped = peek, "\"\\/bfnrtu".utf8.contains(escaped) else {
                        return false
                    }
                    position += 1
                    guard escaped != UInt8(ascii: "u") || hexUnit() else { return false }
                case 0..<0x20: return false
                default: continue
                }
            }
            return false
        }

        private mutating func hexUnit() -> Bool {
            for _ in 0..<4 {
                guard let byte = peek, Character(Unicode.Scalar(byte)).isHexDigit else {
                    return false
                }
                position += 1
            }
            return true
        }

        private mutating func digits() -> Bool {
            let start = position
            while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
            return position > start
        }

        private mutating func number() -> Bool {
            _ = take(UInt8(ascii: "-"))
            if !take(UInt8(ascii: "0")) { guard digits() else { return false } }
            if take(UInt8(ascii: ".")) { guard digits() else { return false } }
            if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
                if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
                guard digits() else { return false }
            }
            return true
        }

        private mutating func word(_ word: StaticString) -> Bool {
            for index in 0..<word.utf8CodeUnitCount {
                guard take(word.utf8Start[index]) else { return false }
            }
            return true
        }
    }
}
