package import PawlCore
package import PawlEngine

/// What reading whole ledgers came to, in words and as JSON.
package enum VerifyReport {
    /// A few lines for one channel, ending in a line break.
    package static func text(of report: LedgerReport, style: Style) -> String {
        var lines = [headline(report, style)]
        if let state = report.state {
            lines.append(style.hanging("  ledger: ", Escaped.terminal(StateReport.line(state))))
        }
        for fault in report.faults {
            lines.append(style.hanging("  ledger-damaged: ", Escaped.terminal(fault.text)))
        }
        if !report.faults.isEmpty {
            lines.append(style.hanging("    -> ", advice))
        }
        for reason in report.reasons {
            lines.append(
                style.hanging("  \(reason.code.rawValue): ", Escaped.terminal(reason.text)))
            lines.append(style.hanging("    -> ", Escaped.terminal(reason.advice)))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let advice =
        "Somebody changed entries, or the store is damaged: find out who can write it, and take "
        + "the ledger from a backup or another clone."

    private static func headline(_ report: LedgerReport, _ style: Style) -> String {
        let count = report.entries == 1 ? "1 entry" : "\(report.entries) entries"
        let (word, colour, rest): (String, Style.Colour, String) =
            if report.isUnfinished {
                (
                    "unfinished", .yellow,
                    "\(count), each as it was written; the tags are not yet where it says"
                )
            } else if report.exitStatus == 3 {
                ("error", .red, "could not be checked to the end")
            } else if !report.faults.isEmpty {
                ("damaged", .red, "\(count), and not all are as they were written")
            } else if !report.reasons.isEmpty {
                ("differs", .yellow, "\(count), each as it was written; the tags are elsewhere")
            } else if report.entries == 0 {
                ("empty", .dim, "the ledger has no entry")
            } else {
                ("ok", .green, "\(count), each as it was written; the tags are where it says")
            }
        return style.hanging(
            "\(style.paint(word, colour))  \(style.paint(report.channel.text, .bold))  ", rest)
    }

    /// One channel as an object; several as an array.
    package static func json(_ reports: [LedgerReport]) -> JSONValue {
        let documents = reports.map(json)
        return documents.count == 1 ? documents[0] : .array(documents)
    }

    private static func json(_ report: LedgerReport) -> JSONValue {
        .object([
            "schema": .integer(1),
            "channel": .string(report.channel.text),
            "verdict": .string(verdict(report)),
            "entries": .integer(report.entries),
            "state": StateReport.json(report.state),
            "faults": .array(
                report.faults.map { fault in
                    .object(["entry": .integer(fault.number), "text": .string(fault.text)])
                }),
            "reasons": .array(report.reasons.map { ResultDocument.json($0) }),
        ])
    }

    private static func verdict(_ report: LedgerReport) -> String {
        if report.isUnfinished { return "unfinished" }
        if report.exitStatus == 3 { return "error" }
        guard report.faults.isEmpty else { return "damaged" }
        return report.reasons.isEmpty ? "ok" : "differs"
    }
}

extension LedgerReport {
    /// Whether all could be read, and a move was only not followed to its end.
    fileprivate var isUnfinished: Bool {
        faults.isEmpty && !reasons.isEmpty && reasons.allSatisfy { $0.code == .unfinished }
    }
}
