/// Text that came from outside (labels, commit subjects, registry answers), made harmless for one
/// place. Every surface passes what it prints through one of these.
///
/// All of it goes by Unicode scalars: whoever reads it in the end (a runner, a Markdown parser)
/// goes by bytes, and a mark that combines with a `[` would hide it from anything that goes by
/// characters.
package enum Escaped {
    /// For a terminal or a log: one line, without control characters, escape sequences, or marks
    /// that change the direction of writing. Under GitHub Actions the runner also reads `##[…]`
    /// anywhere in a line as a command; it is broken.
    package static func terminal(_ text: String) -> String {
        var safe = String.UnicodeScalarView()
        var hashes = 0
        for scalar in text.unicodeScalars {
            if isUnprintable(scalar) {
                safe.append(scalar == "\n" || scalar == "\t" || scalar == "\r" ? " " : "\u{FFFD}")
            } else {
                if scalar == "[", hashes >= 2 { safe.append(" ") }
                safe.append(scalar)
            }
            hashes = scalar == "#" ? hashes + 1 : 0
        }
        // It looks at a line's beginning too, after blanks.
        if let start = safe.firstIndex(where: { $0 != " " }),
            safe[start...].starts(with: "::".unicodeScalars)
        {
            safe.insert(" ", at: safe.index(after: start))
        }
        return String(safe)
    }

    /// For the message of a workflow command (`::error::…`): the escapes of GitHub's toolkit.
    package static func commandMessage(_ text: String) -> String {
        escaping(terminal(text)) { $0 == "%" ? "%25" : nil }
    }

    /// For a property of a workflow command (`title=…`).
    package static func commandProperty(_ text: String) -> String {
        escaping(commandMessage(text)) { scalar in
            switch scalar {
            case ":": "%3A"
            case ",": "%2C"
            default: nil
            }
        }
    }

    /// For GitHub-flavoured Markdown: one line that renders as the text itself, in a table cell
    /// too.
    package static func markdown(_ text: String) -> String {
        var ws = 0
        return escaping(terminal(text)) { scalar in
            defer { ws = scalar == "w" || scalar == "W" ? ws + 1 : 0 }
            return switch scalar {
            case "<": "&lt;"
            case ">": "&gt;"
            case "&": "&amp;"
            case "\\", "`", "*", "_", "{", "}", "[", "]", "(", ")", "#", "!", "|", "~", ":", "@":
                "\\\(scalar)"
            // "www." makes a link of what follows.
            case ".": ws >= 3 ? "\\." : nil
            default: nil
            }
        }
    }

    /// For the text and the quoted attributes of an HTML page. What a terminal must not see, a page
    /// must not either: marks of direction make one name look like another.
    package static func html(_ text: String) -> String {
        escaping(terminal(text)) { scalar in
            switch scalar {
            case "<": "&lt;"
            case ">": "&gt;"
            case "&": "&amp;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: nil
            }
        }
    }

    private static func escaping(
        _ text: String, _ replacement: (Unicode.Scalar) -> String?
    ) -> String {
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let replacement = replacement(scalar) {
                safe.append(contentsOf: replacement.unicodeScalars)
            } else {
                safe.append(scalar)
            }
        }
        return String(safe)
    }

    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true  // C0, DEL, C1
        // Marks of direction, and what cannot be seen.
        case 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }
}
