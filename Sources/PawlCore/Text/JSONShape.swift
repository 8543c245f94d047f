/// Whether bytes are one JSON document (RFC 8259), told without building any of it: for bytes that
/// are kept as they came and read later, and before a reader that takes more than JSON. UTF-8
/// within strings is left to that reader. An object that has a key twice is none: readers disagree
/// on which of the two counts.
package enum JSONShape {
    /// Whether bytes are an object.
    package static func isObject(_ bytes: [UInt8]) -> Bool {
        let first = bytes.first { !Scan.isBlank($0) }
        return first == UInt8(ascii: "{") && malformed(bytes) == nil
    }

    /// Why bytes are no document; `nil` if they are one. Linear in the bytes.
    package static func malformed(_ bytes: [UInt8]) -> JSONValue.Malformed? {
        bytes.withUnsafeBufferPointer { buffer in
            var scan = Scan(bytes: buffer)
            scan.skipBlanks()
            let isValue = scan.value(depth: 0)
            if isValue { scan.skipBlanks() }
            guard isValue, scan.peek == nil else {
                return scan.isTooDeep ? .tooDeep : .syntax(at: scan.position)
            }
            return nil
        }
    }

    private struct Scan {
        let bytes: UnsafeBufferPointer<UInt8>
        var position = 0
        var isTooDeep = false
        /// The keys of the objects that are open, the innermost one's last, by their hashes.
        private var keys: [Int] = []

        init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        static func isBlank(_ byte: UInt8) -> Bool {
            byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
        }

        var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func skipBlanks() {
            while let byte = peek, Self.isBlank(byte) { position += 1 }
        }

        mutating func take(_ byte: UInt8) -> Bool {
            guard peek == byte else { return false }
            position += 1
            return true
        }

        mutating func value(depth: Int) -> Bool {
            guard depth < JSONValue.depthMax else {
                isTooDeep = true
                return false
            }
            guard let byte = peek else { return false }
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
                guard byte >= 0x20 else { return false }
                position += 1
                switch byte {
                case UInt8(ascii: "\""): return true
                case UInt8(ascii: "\\"):
                    guard let escaped = peek, "\"\\/bfnrtu".utf8.contains(escaped) else {
                        return false
                    }
                    position += 1
                    guard escaped != UInt8(ascii: "u") || hexUnit() else { return false }
                default: continue
                }
            }
            return false
        }

        private mutating func hexUnit() -> Bool {
            for _ in 0..<4 {
                switch peek {
                case (0x30...0x39)?, (0x41...0x46)?, (0x61...0x66)?: position += 1
                default: return false
                }
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
