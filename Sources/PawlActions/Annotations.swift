import PawlCore
package import PawlEngine
package import PawlReport

/// Workflow commands that put the verdict beside the run: `::notice::`, `::warning::`, `::error::`.
package enum Annotations {
    /// The runner keeps the first ten of each kind for a step.
    static let perKindMax = 10

    /// One line for each receipt, the look that followed included, and one for each warning.
    /// `order` is what a person asked for, if anybody did.
    package static func lines(_ receipts: [Receipt], order: Engine.Order? = nil) -> [String] {
        let all = receipts.flatMap { [($0, order)] + $0.look.map { ($0, nil) } }
        let verdicts = all.map { receipt, order in
            let isCarriedByLook = receipt.look.contains { $0.promoted }
            return line(
                isCarriedByLook ? "notice" : kind(receipt), "pawl \(receipt.channel)",
                sentence(receipt, order))
        }
        let warnings = all.map(\.0).filter { $0.outcome == .promote }.flatMap { receipt in
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

    private static func sentence(_ receipt: Receipt, _ order: Engine.Order?) -> String {
        let commit = receipt.commit?.short ?? "a newer commit"
        let orderer = receipt.override.map { " By order of \($0.actor): \(ended($0.reason))" } ?? ""
        if let words = OrderWords(order, receipt) {
            return "\(words.word.prefix(1).uppercased())\(words.word.dropFirst()): \(words.rest)."
                + orderer
        }
        let head: String =
            switch receipt.outcome {
            case .promote:
                (receipt.promoted ? "Promoted to \(commit)." : "Would promote to \(commit).")
                    + orderer
            case .settled: "Settled at \(commit)."
            case .hold: receipt.commit.map { "Hold \($0.short)." } ?? "Nothing may go yet."
            case .reject: "Rejected \(commit)."
            case .ignore: "Ignored."
            case .error: "Could not finish."
            }
        guard receipt.outcome != .promote, let reason = receipt.foremost else { return head }
        return "\(head) \(reason.code.rawValue): \(reason.text) \(reason.advice)"
    }

    private static func ended(_ text: String) -> String {
        text.hasSuffix(".") || text.hasSuffix("!") || text.hasSuffix("?") ? text : text + "."
    }

    private static func line(_ kind: String, _ title: String, _ message: String) -> String {
        let message = Escaped.commandMessage(String(message.prefix(Limits.annotationCharactersMax)))
        return "::\(kind) title=\(Escaped.commandProperty(title))::\(message)"
    }
}
