import PawlYAML

/// Outside text made part of a YAML file that is being written.
enum YAMLText {
    /// A scalar: plain where nothing could take it for anything else, otherwise in double quotes
    /// (YAML 1.2, section 5.7).
    static func scalar(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            default:
                if isInvisible(scalar) {
                    let hex = String(scalar.value, radix: 16)
                    quoted += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }

    /// A comment's text: one line, however long what it quotes.
    static func comment(_ text: String) -> String {
        /// Own choice: enough to recognise what was meant.
        let charactersMax = 240
        var shown = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            guard count < charactersMax else { return shown + "…" }
            if isInvisible(scalar) {
                shown += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        let words = [
            "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf",
        ]
        return !words.contains(text.lowercased())
            && text.utf8.allSatisfy { byte in
                isLetter(byte) || (0x30...0x39).contains(byte) || "._/-".utf8.contains(byte)
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
