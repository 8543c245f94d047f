package import PawlCore

/// What `pawl init` wrote, or would write.
package struct InitReport: Sendable {
    /// One file.
    package struct File: Sendable {
        package let path: String
        package let text: String

        /// A file by its path from here.
        package init(path: String, text: String) {
            self.path = path
            self.text = text
        }

        /// Lines that say that they were guessed.
        fileprivate var guesses: [(line: Int, text: String)] {
            text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
                .filter { $0.element.contains("# guessed: ") }
                .map { (line: $0.offset + 1, text: String($0.element.drop { $0 == " " })) }
        }
    }

    let files: [File]
    let isDryRun: Bool
    let summaries: [String]
    let next: [String]

    /// What was done, and what a person is to do next.
    package init(files: [File], isDryRun: Bool, summaries: [String], next: [String]) {
        self.files = files
        self.isDryRun = isDryRun
        self.summaries = summaries
        self.next = next
    }

    /// For people. The files of a dry run are shown whole.
    package var text: String {
        var lines: [String] = []
        for file in files {
            let path = Escaped.terminal(file.path)
            guard isDryRun else {
                lines.append("Wrote \(path).")
                continue
            }
            lines.append("--- \(path)")
            lines += file.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .map { Escaped.terminal(String($0)) }
        }
        if isDryRun { lines += ["", "Nothing was written."] }
        lines += summaries.map { "  " + Escaped.terminal($0) }
        let guesses = files.flatMap { file in
            file.guesses.map { "  \(file.path):\($0.line): \($0.text)" }
        }
        if !guesses.isEmpty {
            lines += ["Guessed:"] + guesses.map { "  " + Escaped.terminal(String($0.dropFirst(2))) }
        }
        lines.append("Next:")
        lines += next.enumerated().map { "  \($0.offset + 1). " + Escaped.terminal($0.element) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One document.
    package var json: JSONValue {
        .object([
            "schema": .integer(1), "verdict": .string("ok"), "dry_run": .bool(isDryRun),
            "files": .array(
                files.map { file in
                    .object([
                        "path": .string(file.path), "written": .bool(!isDryRun),
                        "text": .string(file.text),
                        "guesses": .array(
                            file.guesses.map { guess in
                                .object([
                                    "line": .integer(guess.line), "text": .string(guess.text),
                                ])
                            }),
                    ])
                }),
            "channels": .array(summaries.map { .string($0) }),
            "next": .array(next.map { .string($0) }),
        ])
    }
}
