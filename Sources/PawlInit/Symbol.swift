import PawlYAML

/// Texts of a workflow keep what stands for a commit, and what nobody can know from the file, as
/// scalars of the private use area. Text that comes from files has none of them.
enum Symbol {
    static let sha = "\u{E000}"
    static let shortSHA = "\u{E001}"
    static let unknownStart = "\u{E002}"
    static let unknownEnd = "\u{E003}"
    /// Has no width: the text that it stands in holds a guess.
    static let guess = "\u{E004}"

    /// Own choice: no name or tag is longer, and no chain of variables may grow without end.
    static let charactersMax = 4096

    /// Something that only a run of the workflow knows.
    static func unknown(_ what: some StringProtocol) -> String {
        let shown = what.prefix(60).map { ":/@,;\n\t ".contains($0) ? "_" : $0 }
        return unknownStart + String(shown) + unknownEnd
    }

    /// Text of a file, bounded and free of these symbols.
    static func cleaned(_ text: some StringProtocol) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            clean.append((0xE000...0xF8FF).contains(scalar.value) ? "\u{FFFD}" : scalar)
        }
        return String(clean)
    }

    static func isKnown(_ text: String) -> Bool { !text.unicodeScalars.contains("\u{E002}") }

    static func isGuess(_ text: String) -> Bool { text.unicodeScalars.contains("\u{E004}") }

    static func hasCommit(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0 == "\u{E000}" || $0 == "\u{E001}" }
    }

    static func withoutGuess(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\u{E004}" }))
    }

    /// For people: `{sha}`, `{short_sha}`, and what is not known as `<matrix.app>`.
    static func shown(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{E000}": shown += "{sha}"
            case "\u{E001}": shown += "{short_sha}"
            case "\u{E002}": shown += "<"
            case "\u{E003}": shown += ">"
            case "\u{E004}": break
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
