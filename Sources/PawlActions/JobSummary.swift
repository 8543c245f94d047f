import PawlCore
package import PawlEngine
package import PawlReport

/// The step summary: what happened, the evidence, what to do next, as Markdown.
package enum JobSummary {
    /// The Markdown of all receipts, cut below the runner's limit with a note. `order` is what a
    /// person asked for, if anybody did.
    package static func markdown(_ receipts: [Receipt], order: Engine.Order? = nil) -> String {
        let text = receipts.map { section($0, order, level: "##") }.joined(separator: "\n")
        guard text.utf8.count > Limits.stepSummaryBytesMax else { return text }
        var kept = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard kept.utf8.count + line.utf8.count < Limits.stepSummaryBytesMax else { break }
            kept += line + "\n"
        }
        return kept + "\n*Cut here: the summary was longer than a step may write.*\n"
    }

    /// A run that ended before anything was judged.
    package static func markdown(_ wrongUse: WrongUse) -> String {
        "## pawl could not begin\n\n\(Escaped.markdown(wrongUse.text))\n"
            + (wrongUse.advice.map { "\n**Next:** \(Escaped.markdown($0))\n" } ?? "")
    }

    private static func section(
        _ receipt: Receipt, _ order: Engine.Order?, level: String
    ) -> String {
        var parts = ["\(level) \(title(receipt, order))"]
        if let override = receipt.override {
            parts.append(
                "By order of \(Escaped.markdown(override.actor)): "
                    + Escaped.markdown(override.reason))
        }
        if !receipt.reasons.isEmpty { parts.append(reasons(receipt.reasons)) }
        if !receipt.images.isEmpty { parts.append(images(receipt)) }
        if !receipt.findings.isEmpty { parts.append(evidence(receipt.findings)) }
        var text = parts.joined(separator: "\n\n") + "\n"
        if let look = receipt.look.first {
            let isResume = if case .resume = order { true } else { false }
            text +=
                isResume ? "\n### What goes next\n\n" : "\n### Then looked for a newer commit\n\n"
            text += section(look, nil, level: "####")
        }
        return text
    }

    private static func title(_ receipt: Receipt, _ order: Engine.Order?) -> String {
        let channel = "`\(receipt.channel)`"
        if let words = OrderWords(order, receipt) {
            return "\(channel) \(words.word): \(Escaped.markdown(words.rest))"
        }
        let commit = receipt.commit.map { "`\($0.short)`" } ?? "no commit"
        return switch receipt.outcome {
        case .promote where receipt.promoted:
            "\(channel) promoted to \(commit)\(receipt.entryWords)"
        case .promote: "\(channel) would be promoted to \(commit) (dry run)"
        case .settled: "\(channel) is settled at \(commit)"
        case .hold where receipt.commit == nil: "\(channel): nothing may go yet"
        case .hold: "\(channel): \(commit) is held"
        case .reject: "\(channel): \(commit) is rejected"
        case .ignore: "\(channel): nothing to do"
        case .error where receipt.commit == nil: "\(channel) could not be finished"
        case .error: "\(channel): \(commit) could not be finished"
        }
    }

    private static func reasons(_ reasons: [Reason]) -> String {
        reasons.map { reason in
            "- **\(reason.code.rawValue)**: \(Escaped.markdown(reason.text)) "
                + "**Next:** \(Escaped.markdown(reason.advice))"
        }.joined(separator: "\n")
    }

    private static func images(_ receipt: Receipt) -> String {
        let rows = receipt.images.map { image in
            "| `\(image.target)` | \(image.from.map { "`\($0)`" } ?? "") "
                + "| \(image.digest.map { "`\($0.short)`" } ?? "no source") "
                + "| \(image.before.map { "`\($0.short)`" } ?? "none") "
                + "| \(image.moved ? "moved" : "left alone") |"
        }
        return "| Image | From | Digest | Before | |\n|---|---|---|---|---|\n"
            + rows.joined(separator: "\n")
    }

    private static func evidence(_ findings: [Finding]) -> String {
        let rows = findings.map { finding in
            let word =
                finding.isOverridden && finding.judgement != .pass
                ? "\(finding.judgement.word), passed by order" : finding.judgement.word
            let link = finding.link.flatMap(safeLink).map { " ([look](<\($0)>))" } ?? ""
            return "| \(finding.rule.rawValue) | \(word) "
                + "| \(Escaped.markdown(finding.evidence))\(link) |"
        }
        return "| Rule | Finding | Evidence |\n|---|---|---|\n" + rows.joined(separator: "\n")
    }

    /// Only a plain web address may become a link.
    private static func safeLink(_ link: String) -> String? {
        let isPlain = link.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && !"<>|\"`\\".utf8.contains(byte)
        }
        return isPlain && (link.hasPrefix("https://") || link.hasPrefix("http://")) ? link : nil
    }
}
