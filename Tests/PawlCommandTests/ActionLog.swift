/// Finds workflow commands in what a step prints, as the runner does: `::name properties::message`
/// after leading blanks, and the older `##[name properties]message` anywhere in a line.
enum ActionLog {
    struct Command: Hashable, CustomStringConvertible {
        let name: String
        let properties: [String: String]
        let message: String

        var description: String { "::\(name) \(properties)::\(message)" }
    }

    static func commands(in text: String) -> [Command] {
        // The runner takes CR LF, LF and CR alone for the end of a line.
        text.split(whereSeparator: \.isNewline).compactMap { command(in: $0) }
    }

    private static func command(in line: Substring) -> Command? {
        let trimmed = line.drop(while: \.isWhitespace)
        if trimmed.hasPrefix("::"), let end = trimmed.dropFirst(2).firstRange(of: "::") {
            let head = trimmed.dropFirst(2)[..<end.lowerBound]
            return command(head, message: trimmed[end.upperBound...], separator: ",")
        }
        if let start = line.firstRange(of: "##["),
            let end = line[start.upperBound...].firstIndex(of: "]")
        {
            return command(
                line[start.upperBound..<end], message: line[line.index(after: end)...],
                separator: ";")
        }
        return nil
    }

    private static func command(
        _ head: Substring, message: Substring, separator: Character
    ) -> Command? {
        let words = head.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = words.first, !name.isEmpty else { return nil }
        var properties: [String: String] = [:]
        for pair in words.dropFirst().joined().split(separator: separator) {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { properties[parts[0]] = unescaped(parts[1]) }
        }
        return Command(
            name: name.lowercased(), properties: properties, message: unescaped(String(message)))
    }

    private static func unescaped(_ text: String) -> String {
        text.replacing("%0D", with: "\r").replacing("%0A", with: "\n").replacing("%3A", with: ":")
            .replacing("%2C", with: ",").replacing("%25", with: "%")
    }
}
