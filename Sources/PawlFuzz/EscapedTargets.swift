import PawlCore
import PawlHTTP
import PawlReport

extension FuzzTarget {
    /// Text from outside as each surface shows it, looked at scalar by scalar, as a runner and a
    /// renderer read it.
    static let escaped = FuzzTarget("escaped") { bytes throws(Broken) in
        let text = String(decoding: bytes, as: UTF8.self)
        let line = Escaped.terminal(text)
        try hold(
            Shown.isOneLine(line), "a terminal gets more than a line: \(line.debugDescription)")
        try hold(!Shown.hasBracketCommand(line), "a log gets a runner's command: \(line)")

        let message = Escaped.commandMessage(text)
        try hold(Shown.isOneLine(message), "a command's message is more than a line")
        try hold(!Shown.hasBracketCommand(message), "a message has a runner's command: \(message)")
        try hold(
            Runner.unescapedMessage(message).isSame(as: line),
            "a runner reads another message: \(Runner.unescapedMessage(message).debugDescription)")

        let property = Escaped.commandProperty(text)
        try hold(
            !property.utf8.contains { ":,".utf8.contains($0) }, "a property ends early: \(property)"
        )
        try hold(
            Runner.unescapedProperty(property).isSame(as: line), "a runner reads another property")

        let markdown = Escaped.markdown(text)
        try hold(Shown.isOneLine(markdown), "Markdown is more than a line")
        try hold(
            Markup.bare(in: markdown).isEmpty,
            "Markdown has the markup \(Markup.bare(in: markdown)): \(markdown)")
        try hold(!markdown.hasBytes("www."), "Markdown makes a link: \(markdown)")
    }

    /// Text of a server as failures have it: a bounded line without the secrets that are named so.
    static let outsideText = FuzzTarget("outside-text") { bytes throws(Broken) in
        var outside = OutsideBytes(bytes)
        let before = outside.line()
        let after = outside.text
        let text = before + "\n" + after
        for line in [OutsideText.line(text), OutsideText.line(Array(text.utf8))] {
            try hold(
                Shown.isOneLine(line), "an error is more than a line: \(line.debugDescription)")
            try hold(line.count <= OutsideText.charactersMax, "a line has \(line.count) characters")
            try hold(!line.hasPrefix(" ") && !line.hasSuffix(" "), "a line has blanks at its ends")
        }
        let secret = "hunter2-hunter2-hunter2"
        let forms = [
            "password=\(secret)", "{\"token\": \"\(secret)\"}", "Bearer \(secret)",
            "?X-Amz-Signature=\(secret)&", "Authorization: Basic \(secret)",
        ]
        let line = OutsideText.line("\(before) \(forms[before.utf8.count % 5]) \(after)")
        try hold(
            !line.hasBytes(secret) || before.hasBytes(secret) || after.hasBytes(secret),
            "a secret is shown: \(line)")
    }
}

/// Signs of Markdown and HTML that stand for themselves nowhere.
enum Markup {
    private static let signs = Set("\\`*_{}[]()#!|~:@<>&".unicodeScalars)

    /// Those that have no `\` before them, but for the entities that Pawl writes.
    static func bare(in text: String) -> [Unicode.Scalar] {
        var bare: [Unicode.Scalar] = []
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            guard signs.contains(scalar) else { continue }
            if scalar == "\\", let next = rest.first, signs.contains(next) || next == "." {
                rest.removeFirst()
            } else if scalar == "&",
                let entity = ["lt;", "gt;", "amp;"].first(where: {
                    rest.starts(with: $0.unicodeScalars)
                })
            {
                rest = rest.dropFirst(entity.count)
            } else {
                bare.append(scalar)
            }
        }
        return bare
    }
}
