/// Where text from outside, marked `FORGED`, got out of the place that it was printed in.
enum ActionHarm {
    /// What is wrong with what a step left behind; empty for a step that is as it should be.
    static func of(_ step: ActionStep) -> [String] {
        let texts = [step.ran.stdout, step.ran.stderr, step.summary, step.outputText]
        return step.commands.compactMap(harm) + harm(outputs: step.outputText)
            + harm(markdown: step.summary)
            + texts.flatMap(\.unicodeScalars).filter(isUnprintable).map {
                "prints U+\(String($0.value, radix: 16))"
            }
    }

    /// The program's own commands are messages with its name in the title.
    private static func harm(_ command: ActionLog.Command) -> String? {
        let isOwn =
            ["notice", "warning", "error"].contains(command.name)
            && Array(command.properties.keys) == ["title"]
            && command.properties["title"]?.hasPrefix("pawl") == true
            && command.properties["title"]?.contains("FORGED") == false
        return isOwn ? nil : "commands \(command)"
    }

    private static func harm(outputs text: String) -> [String] {
        guard let entries = try? ActionCommandFile.entries(of: text) else {
            return ["writes outputs that the runner refuses"]
        }
        let own = [
            "verdict", "promoted", "reason", "sha", "short_sha", "previous", "channel", "result",
        ]
        return (entries.map(\.name) == own ? [] : ["writes outputs of its own"])
            + entries.filter { $0.name != "result" && $0.value.contains("FORGED") }
            .map { "writes \($0.name)=\($0.value)" }
    }

    /// No HTML, no link but those to runs, no line that begins a block of its own, every row of a
    /// table with the table's number of cells, and no text between the program's own backticks.
    private static func harm(markdown: String) -> [String] {
        // What a backslash stands before is text.
        let active = markdown.replacing(#/\\./#, with: "")
        var harm: [String] = []
        if active.contains(#/<(?!http)/#) { harm.append("has HTML") }
        if active.contains(#/`[^`\n]*FORGED/#) { harm.append("has code") }
        if active.contains("@FORGED") { harm.append("mentions somebody") }
        for link in active.matches(of: #/\]\((.*?)\)/#)
        where !link.1.hasPrefix("<https://github.example/") {
            harm.append("links to \(link.1)")
        }
        var cells: Int?
        for line in active.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#"), line.contains("FORGED") { harm.append("has the title \(line)") }
            let count = line.hasPrefix("|") ? line.count { $0 == "|" } : nil
            if let count, let cells, count != cells { harm.append("has the row \(line)") }
            cells = count
        }
        return harm
    }

    /// Control characters, and marks that are invisible or turn the direction of writing.
    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A: false
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
