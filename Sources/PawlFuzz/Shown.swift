import PawlCore

/// What may be shown to people, looked at scalar by scalar: characters of several scalars must not
/// hide one from whoever looks for it.
enum Shown {
    /// Whether it is one line without control characters and marks of direction.
    static func isOneLine(_ text: String) -> Bool {
        !text.unicodeScalars.contains(where: isHarmful)
    }

    /// Whether it is lines without control characters and marks of direction.
    static func isLines(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0 != "\n" && isHarmful($0) }
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F,
            0xFEFF:
            true
        default: false
        }
    }

    /// Whether the bytes have a runner's second form of commands, which it reads anywhere in a
    /// line.
    static func hasBracketCommand(_ text: String) -> Bool { text.hasBytes("##[") }

    /// A failure's words: one line, and bounded.
    static func check(_ failure: PortFailure) throws(Broken) {
        let words = [failure.subject, failure.detail, failure.advice ?? ""]
        for text in words {
            // Own choice: outside text of 300 characters, with the sentence around it.
            try hold(text.count <= 900, "a failure has \(text.count) characters")
        }
        try hold(!failure.detail.hasSuffix("."), "a detail ends in a period: \(failure.detail)")
        try hold(!failure.detail.isEmpty, "a failure says nothing")
    }

    /// The same, of one whose outside text was made fit for a line.
    static func checkLine(_ failure: PortFailure) throws(Broken) {
        try check(failure)
        for text in [failure.subject, failure.detail, failure.advice ?? ""] {
            try hold(isOneLine(text), "a failure is more than a line: \(text.debugDescription)")
        }
    }
}

extension String {
    /// Whether these bytes stand in it, whatever characters they are part of.
    func hasBytes(_ bytes: String) -> Bool { count(ofBytes: bytes) > 0 }

    /// How often these bytes stand in it.
    func count(ofBytes wanted: String) -> Int {
        let own = Array(utf8)
        let wanted = Array(wanted.utf8)
        guard let first = wanted.first, own.count >= wanted.count else { return 0 }
        return (0...own.count - wanted.count).count { start in
            own[start] == first && own[start..<start + wanted.count].elementsEqual(wanted)
        }
    }

    /// Whether both have the same bytes; `==` takes two spellings of one letter for the same.
    func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
