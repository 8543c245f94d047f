package import PawlCore
package import PawlEngine
import PawlReport

/// The step's outputs in the form of the runner's command files (heredocs): no value can end its
/// own entry or begin another.
package enum ActionOutputs {
    /// The text to append to `GITHUB_OUTPUT`. The delimiter is random per value, so that no outside
    /// text can know it; a value that holds it all the same is left out.
    package static func text(
        _ receipts: [Receipt], document: JSONValue, delimiter: () -> String
    ) -> String {
        // Where the look that followed promoted, that is what the step did.
        let receipt = mostImportant(receipts).map { $0.look.first { $0.promoted } ?? $0 }
        // Without a receipt the run ended before anything was judged.
        let code = receipt.map { $0.foremost?.code } ?? .wrongUse
        return entries(
            [
                ("verdict", receipt?.outcome.rawValue ?? "error"),
                (
                    "promoted",
                    receipts.contains { $0.promoted || $0.look.contains { $0.promoted } }
                        ? "true" : "false"
                ),
                ("reason", code?.rawValue ?? ""),
                ("sha", receipt?.commit?.hex ?? ""),
                ("short_sha", receipt?.commit?.short ?? ""),
                ("previous", receipt?.previous?.hex ?? ""),
                ("channel", receipt?.channel.text ?? ""),
                ("result", document.text),
            ], delimiter: delimiter)
    }

    /// Entries as heredocs, in order.
    static func entries(
        _ values: [(name: String, value: String)], delimiter: () -> String
    ) -> String {
        values.map { name, value in
            let end = "pawl_\(delimiter())"
            let value = value.contains(end) ? "" : value
            return "\(name)<<\(end)\n\(value)\n\(end)\n"
        }.joined()
    }

    /// The one to be told of in single outputs: the worst of 3, 2, 1, 0, the first of equals.
    static func mostImportant(_ receipts: [Receipt]) -> Receipt? {
        receipts.reduce(nil) { worst, receipt in
            guard let worst, worst.exitStatus >= receipt.exitStatus else { return receipt }
            return worst
        }
    }
}
