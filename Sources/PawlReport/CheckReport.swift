package import PawlCore
package import PawlEngine

/// What `pawl check` found, in words and as JSON.
package struct CheckReport: Sendable {
    let file: String
    let warnings: [String]
    let checks: [LiveCheck]

    /// A policy file that can be used, its warnings, and what was tried live.
    package init(file: String, warnings: [String], checks: [LiveCheck]) {
        self.file = file
        self.warnings = warnings
        self.checks = checks
    }

    /// The worst of what was tried.
    package var exitStatus: Int32 { checks.map(\.exitStatus).max() ?? 0 }

    /// One line for each thing, ending in a line break.
    package func text(style: Style) -> String {
        var lines = [file]
        let width = checks.map { $0.subject.count }.max() ?? 0
        for check in checks {
            let subject = Escaped.terminal(check.subject).padded(to: width)
            let (word, colour, text, advice) = words(check.result)
            lines.append(
                style.hanging(
                    "  \(style.paint(word.padded(to: 5), colour)) \(subject)  ",
                    Escaped.terminal(text)))
            if let advice { lines.append(style.hanging("    -> ", Escaped.terminal(advice))) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One document.
    package var json: JSONValue {
        .object([
            "schema": .integer(1),
            "verdict": .string(exitStatus == 0 ? "ok" : "error"),
            "warnings": .array(warnings.map { .string($0) }),
            "checks": .array(
                checks.map { check in
                    let (word, _, text, advice) = words(check.result)
                    return .object([
                        "subject": .string(check.subject), "result": .string(word),
                        "text": .string(text), "advice": .string(orNull: advice),
                    ])
                }),
        ])
    }

    private func words(
        _ result: LiveCheck.Result
    ) -> (word: String, Style.Colour, text: String, advice: String?) {
        switch result {
        case .fine(let text): ("ok", .green, text, nil)
        case .wrong(let text, let advice): ("wrong", .red, text, advice)
        case .unknown(let text): ("-", .yellow, text, nil)
        case .unreadable(let failure):
            ("error", .red, "could not be read: \(failure.detail)", failure.advice)
        }
    }
}
