import PawlCore
package import PawlEngine
package import PawlReport

/// Workflow commands that put the verdict beside the run: `::notice::`, `::warning::`, `::error::`.
package enum Annotations {
    /// The runner keeps the first ten of each kind for a step.
    static let perKindMax = 10

    /// One line for each receipt, the look that followed included, and one for each warning.
    package static func lines(_ receipts: [Receipt]) -> [String] {
        let all = receipts.flatMap { [$0] + $0.look }
        let verdicts = all.map { receipt in
            let isCarriedByLook = receipt.look.contains { $0.promoted }
            return line(
                isCarriedByLook ? "notice" : kind(receipt), "pawl \(receipt.channel)",
                sentence(receipt))
        }
        let warnings = all.filter { $0.outcome == .promote }.flatMap { receipt in
            receipt.reasons.filter { !receipt.isAboutAnother($0) }.map {
                line("warning", "pawl \(receipt.channel)", $0.text)
            }
        }
        return Array(verdicts.prefix(perKindMax)) + Array(warnings.prefix(perKindMax))
    }

    /// A run that ended before anything was judged.
    package static func line(_ wrongUse: WrongUse) -> String {
        line(
            "error", "pawl", [wrongUse.text, wrongUse.advice ?? ""].joined(separator: " "))
    }

    private static func kind(_ receipt: Receipt) -> String {
        switch receipt.outcome {
        case .promote, .settled, .ignore: "notice"
        case .hold: receipt.exitStatus == 0 ? "notice" : "error"
        case .reject, .error: "error"
        }
    }

    private static func sentence(_ receipt: Receipt) -> String {
        let commit = receipt.commit?.short ?? "a newer commit"
        let order = receipt.override.map { " By order of \($0.actor): \($0.reason)." } ?? ""
        let head: String =
            switch receipt.outcome {
            case .promote:
                (receipt.promoted ? "Promoted to \(commit)." : "Would promote to \(commit).")
                    + order
            case .settled: "Settled at \(commit)."
            case .hold: "Hold \(commit)."
            case .reject: "Rejected \(commit)."
            case .ignore: "Ignored."
            case .error: "Could not finish."
            }
        guard receipt.outcome != .promote, let reason = receipt.foremost else { return head }
        return "\(head) \(reason.code.rawValue): \(reason.text) \(reason.advice)"
    }

    private static func line(_ kind: String, _ title: String, _ message: String) -> String {
        let message = Escaped.commandMessage(String(message.prefix(Limits.annotationCharactersMax)))
        return "::\(kind) title=\(Escaped.commandProperty(title))::\(message)"
    }
}
