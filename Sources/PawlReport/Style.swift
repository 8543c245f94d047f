/// How text for people looks: colours on a terminal, nothing elsewhere.
package struct Style: Sendable {
    /// Whether to use colours.
    package let isColoured: Bool
    /// Columns to wrap at; `nil` keeps every sentence on one line, for logs.
    package let columns: Int?

    /// A style for one stream.
    package init(isColoured: Bool, columns: Int?) {
        self.isColoured = isColoured
        self.columns = columns
    }

    /// Neither colours nor wrapping.
    package static let plain = Style(isColoured: false, columns: nil)

    enum Colour: String { case green = "32", yellow = "33", red = "31", dim = "2", bold = "1" }

    func paint(_ text: String, _ colour: Colour) -> String {
        isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Text after a margin of its own width, continued under itself. Words longer than a line stay
    /// whole, so that they can be copied.
    func hanging(_ margin: String, _ text: String) -> String {
        guard let columns else { return margin + text }
        let width = Self.width(of: margin)
        let indent = String(repeating: " ", count: width)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, width + line.count + 1 + word.count > columns {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        lines.append(line)
        return margin + lines.joined(separator: "\n" + indent)
    }

    /// Columns that a text takes; our own colours take none.
    private static func width(of text: String) -> Int {
        var width = 0
        var isColour = false
        for character in text {
            if character == "\u{1B}" { isColour = true }
            if !isColour { width += 1 }
            if character == "m" { isColour = false }
        }
        return width
    }
}

extension String {
    /// Filled up with blanks to at least this many characters.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    var withoutBlanksAtItsEnd: String {
        lastIndex { $0 != " " }.map { String(self[...$0]) } ?? ""
    }
}
