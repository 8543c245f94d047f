import PawlCore
package import PawlEngine

/// The result in words for people: a line that says what happened, the images, and why.
package struct TextReport: Sendable {
    let style: Style
    let showsFindings: Bool
    let order: Engine.Order?

    /// A report for one stream; `showsFindings` lists every finding, as `explain` does. `order` is
    /// what the receipts are receipts of, where a person gave one.
    package init(style: Style, showsFindings: Bool, order: Engine.Order? = nil) {
        self.style = style
        self.showsFindings = showsFindings
        self.order = order
    }

    /// The whole text of one receipt, ending in a line break.
    package func text(of receipt: Receipt) -> String {
        var lines = [headline(receipt)]
        if let override = receipt.override {
            lines.append(
                style.hanging(
                    "  ", Escaped.terminal("by order of \(override.actor): \(override.reason)"))
            )
        }
        lines += images(receipt)
        if showsFindings { lines += findings(receipt) }
        lines += reasons(receipt)
        var text = lines.joined(separator: "\n") + "\n"
        if let look = receipt.look.first {
            let heading = isResume ? "What goes next:" : "Then looked for a newer commit:"
            let report = TextReport(style: style, showsFindings: showsFindings)
            text += "\n\(heading)\n" + report.text(of: look)
        }
        return text
    }

    private var isResume: Bool { if case .resume = order { true } else { false } }

    private func headline(_ receipt: Receipt) -> String {
        let commit = receipt.commit?.short
        if let words = OrderWords(order, receipt) {
            return line(words.word, .green, receipt, words.rest)
        }
        let words: (word: String, colour: Style.Colour, rest: String) =
            switch receipt.outcome {
            case .promote where receipt.promoted:
                ("promoted", .green, "to \(commit ?? "")" + was(receipt) + receipt.entryWords)
            case .promote: ("would promote", .green, "to \(commit ?? "")" + was(receipt))
            case .settled where receipt.reasons.first?.code == .behind:
                ("settled", .green, "\(commit ?? "") is older than what is live")
            case .settled where receipt.reasons.first?.code == .superseded:
                ("settled", .green, "\(commit ?? "") was overtaken")
            case .settled: ("settled", .green, "at \(commit ?? "")")
            case .hold:
                ("hold", .yellow, commit.map { "\($0) may not go yet" } ?? "nothing may go yet")
            case .reject: ("rejected", .red, commit.map { "\($0) will not go" } ?? "nothing was changed")
            case .ignore: ("ignored", .dim, "the event is not for it")
            case .error:
                ("error", .red, commit.map { "\($0) could not be finished" } ?? "no answer")
            }
        return line(words.word, words.colour, receipt, words.rest)
    }

    private func line(
        _ word: String, _ colour: Style.Colour, _ receipt: Receipt, _ rest: String
    ) -> String {
        style.hanging(
            "\(style.paint(word, colour))  \(style.paint(receipt.channel.text, .bold))  ", rest)
    }

    private func was(_ receipt: Receipt) -> String {
        receipt.previous.map { ", was at \($0.short)" } ?? ""
    }

    private func images(_ receipt: Receipt) -> [String] {
        guard receipt.outcome != .ignore else { return [] }
        let width = receipt.images.map { "\($0.target)".count }.max() ?? 0
        return receipt.images.map { image in
            let digest: String =
                switch image.source {
                case .seen(let digest): short(digest)
                case .absent: "no source   "
                case .unreadable: "unreadable  "
                }
            let state: String =
                if image.moved {
                    "moved"
                } else if image.digest != nil, image.digest == image.before {
                    "is there"
                } else if let before = image.before {
                    "stays at \(short(before))"
                } else {
                    image.current == .absent ? "is not there" : "could not be read"
                }
            return
                "  \("\(image.target)".padded(to: width))  \(digest)  \(style.paint(state, .dim))"
        }
    }

    /// Without the algorithm, so that two of them and a name fit on a line.
    private func short(_ digest: Digest) -> String { String(digest.hex.prefix(12)) }

    private func findings(_ receipt: Receipt) -> [String] {
        receipt.findings.map { finding in
            let word =
                finding.isOverridden && finding.judgement != .pass
                ? "ordered" : finding.judgement.word
            let margin = "  \(word.padded(to: 7)) \(finding.rule.rawValue.padded(to: 8)) "
            let line = style.hanging(margin, Escaped.terminal(finding.evidence))
            guard let link = finding.link else { return line }
            return line + "\n" + String(repeating: " ", count: margin.count)
                + Escaped.terminal(link)
        }
    }

    /// What several images or commits have in common is advised once; beyond a few they are
    /// counted.
    private func reasons(_ receipt: Receipt) -> [String] {
        var lines: [String] = []
        var rest = receipt.reasons[...]
        while let first = rest.first {
            let alike = rest.prefix { $0.code == first.code && $0.advice == first.advice }
            lines += alike.prefix(Self.alikeMax).map {
                style.hanging("  \($0.code.rawValue): ", Escaped.terminal($0.text))
            }
            if alike.count > Self.alikeMax {
                lines.append("  \(first.code.rawValue): and \(alike.count - Self.alikeMax) more")
            }
            lines.append(style.hanging("    -> ", Escaped.terminal(first.advice)))
            rest = rest.dropFirst(alike.count)
        }
        return lines
    }

    /// Own choice: reasons of one kind that are told one by one; JSON has them all.
    private static let alikeMax = 4
}
