import PawlCore
import PawlEngine
import PawlReport
import PawlServer

/// One commit of the strip, as `StepTemplate` shows it.
struct Step {
    /// What one rule says of the commit.
    struct Said {
        let saidBadge: Badge
        let rule: String
        let subject: String
        let evidence: String
        let remedy: String?
        let link: String?

        init(_ finding: Finding) {
            let (icon, tone): (Icon, String) =
                switch finding.judgement {
                case .pass: (.check, "good")
                case .warn: (.triangle, "wait")
                case .settle: (.ring, "good")
                case .hold: (.clock, "wait")
                case .reject: (.octagon, "bad")
                }
            let isOrdered = finding.isOverridden && finding.judgement != .pass
            saidBadge =
                isOrdered
                ? Badge(.flag, "by order", "wait") : Badge(icon, finding.judgement.word, tone)
            rule = finding.rule.rawValue
            subject = finding.subject
            evidence = finding.evidence
            remedy = finding.judgement.reason?.advice
            link = finding.link.flatMap { Self.isAddress($0) ? $0 : nil }
        }

        /// What may stand behind a link: anything else (`javascript:`) is not shown as one.
        static func isAddress(_ text: String) -> Bool {
            ["https://", "http://"].contains { text.lowercased().hasPrefix($0) }
                && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
    }

    let hex: String
    let short: String
    let committed: Moment?
    let isLive: Bool
    let isOpen: Bool
    let stepBadge: Badge
    let said: String?
    let findings: [Said]
    let hasFindings: Bool
    let byOrder: String?
    /// Where the form for promoting it is.
    let promotePath: String?

    init(
        _ step: Situation.Step, isNewest: Bool, mayAct: Bool, _ situation: Situation, now: Instant
    ) {
        hex = step.commit.hex
        short = step.commit.short
        committed = step.committedAt.map { Moment($0, now: now) }
        isLive = step.isLive
        isOpen = isNewest
        stepBadge =
            step.isLive
            ? Badge(.check, "live", "good")
            : step.judged.map { Badge($0) } ?? Badge(.dots, "not judged", "quiet")
        said = step.isLive ? nil : step.judged?.foremost?.text
        findings = step.judged?.findings.map { Said($0) } ?? []
        hasFindings = !findings.isEmpty
        byOrder = step.judged?.override.map { "\($0.actor): \($0.reason)" }
        promotePath =
            mayAct && !step.isLive ? "\(situation.path)?promote=\(step.commit.hex)#promote" : nil
    }
}
