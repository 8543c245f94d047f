/// What is checked of a file's bytes before a parser sees them.
enum SourceBytes {
    /// Why the bytes are no text.
    static func problem(in bytes: [UInt8], bytesMax: Int) -> YAMLFault? {
        guard bytes.count <= bytesMax else {
            return YAMLFault(
                .tooLarge, at: .start,
                "the file has \(bytes.count) bytes; at most \(bytesMax) are read")
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return YAMLFault(
                .notText, at: .start, "byte 0: the file is UTF-16, not UTF-8",
                advice: "Save it as UTF-8.")
        }
        if let offset = bytes.firstIndex(of: 0) {
            return YAMLFault(
                .notText, at: mark(of: offset, in: bytes), "byte \(offset): a NUL byte",
                advice: "Save the file as plain UTF-8 text.")
        }
        do {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            let offset = error.byteOffsets.lowerBound
            return YAMLFault(
                .notText, at: mark(of: offset, in: bytes), "byte \(offset): not UTF-8",
                advice: "Save the file as UTF-8.")
        }
    }

    /// The place after the last character. Lines end as libyaml has it (YAML 1.1, 4.1.4).
    static func end(of bytes: [UInt8]) -> Mark {
        var line = 1
        var column = 1
        var before: Unicode.Scalar?
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            defer { before = scalar }
            switch scalar {
            case "\n" where before == "\r": break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
                line += 1
                column = 1
            default: column += 1
            }
        }
        return Mark(line: line, column: column)
    }

    /// Line and column of a byte; what stands before it is valid UTF-8.
    private static func mark(of offset: Int, in bytes: [UInt8]) -> Mark {
        let before = bytes[..<offset]
        let newline = UInt8(ascii: "\n")
        let lineStart = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
        // Continuation bytes (10xxxxxx) begin no character.
        let characters = before[lineStart...].count { $0 & 0b1100_0000 != 0b1000_0000 }
        return Mark(line: before.count { $0 == newline } + 1, column: characters + 1)
    }
}
