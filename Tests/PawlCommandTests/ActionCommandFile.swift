/// Reads `GITHUB_OUTPUT` by the runner's rules: `name=value`, or `name<<END`, the value's lines and
/// `END` alone on a line; whichever of `=` and `<<` comes first decides. Anything else fails the
/// step.
enum ActionCommandFile {
    struct Malformed: Error, Equatable { let line: String }

    struct Entry: Equatable {
        let name: String
        let value: String
    }

    static func entries(of text: String) throws(Malformed) -> [Entry] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        var entries: [Entry] = []
        while let line = lines.popFirst() {
            guard !line.isEmpty else { continue }
            let equals = line.firstIndex(of: "=")
            let heredoc = line.firstRange(of: "<<")
            if let heredoc, equals.map({ heredoc.lowerBound < $0 }) ?? true {
                let end = line[heredoc.upperBound...]
                let name = line[..<heredoc.lowerBound]
                guard !name.isEmpty, !end.isEmpty, let last = lines.firstIndex(of: end) else {
                    throw Malformed(line: String(line))
                }
                entries.append(
                    Entry(name: String(name), value: lines[..<last].joined(separator: "\n")))
                lines = lines[(last + 1)...]
            } else if let equals, equals > line.startIndex {
                entries.append(
                    Entry(
                        name: String(line[..<equals]),
                        value: String(line[line.index(after: equals)...])))
            } else {
                throw Malformed(line: String(line))
            }
        }
        return entries
    }
}
