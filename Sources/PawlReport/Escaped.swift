/// Text that came from outside (labels, commit subjects, registry answers), made harmless for one
/// place. Every surface passes what it prints through one of these.
package enum Escaped {
    /// For a terminal or a log: one line, without control characters, escape sequences, or marks
    /// that change the direction of writing. Under GitHub Actions the runner also reads `##[…]`
    /// anywhere in a line as a command; it is broken.
    package static func terminal(_ text: String) -> String {
        var safe = ""
        for scalar in text.unicodeScalars {
            if isUnprintable(scalar) {
                safe += scalar == "\n" || scalar == "\t" || scalar == "\r" ? " " : "\u{FFFD}"
            } else {
                safe.unicodeScalars.append(scalar)
            }
        }
        return safe.replacing("##[", with: "## [")
    }

    /// For the message of a workflow command (`::error::…`): the escapes of GitHub's toolkit.
    package static func commandMessage(_ text: String) -> String {
        terminal(text).replacing("%", with: "%25")
            .replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    /// For a property of a workflow command (`title=…`).
    package static func commandProperty(_ text: String) -> String {
        commandMessage(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }

    /// For GitHub-flavoured Markdown: one line that renders as the text itself, in a table cell
    /// too.
    package static func markdown(_ text: String) -> String {
        var safe = ""
        for character in terminal(text) {
            switch character {
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "&": safe += "&amp;"
            case "\\", "`", "*", "_", "{", "}", "[", "]", "(", ")", "#", "!", "|", "~", ":", "@":
                safe += "\\\(character)"
            default: safe.append(character)
            }
        }
        return safe.replacing("www.", with: "www\\.")
    }

    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true  // C0, DEL, C1
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true  // bidi, invisible
        default: false
        }
    }
}
