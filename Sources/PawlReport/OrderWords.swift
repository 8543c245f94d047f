import PawlCore
package import PawlEngine

/// What carrying a person's order out came to, where the verdict's own word would not tell it:
/// `settled` after a `resume` says nothing.
package struct OrderWords: Hashable, Sendable {
    /// What happened: `rolled back`.
    package let word: String
    /// To what: `to 1a2b3c4, was at 3a3a3a3 (entry 7)`.
    package let rest: String

    private init(_ word: String, _ rest: String) {
        self.word = word
        self.rest = rest
    }

    /// `nil` where the verdict's own words fit: for promotions, and for an order that was not
    /// carried out.
    package init?(_ order: Engine.Order?, _ receipt: Receipt) {
        guard let order, receipt.outcome != .error, receipt.outcome != .reject else { return nil }
        let isDry = receipt.isDryRun
        let entry = receipt.entryWords
        let commit = receipt.commit?.short ?? ""
        switch order {
        case .look: return nil
        case .promote, .rollback:
            guard receipt.outcome == .promote, receipt.goesBack || order.isRollback else {
                return nil
            }
            let was = receipt.previous.map { ", was at \($0.short)" } ?? ""
            self.init(isDry ? "would roll back" : "rolled back", "to \(commit)\(was)\(entry)")
        case .hold:
            guard receipt.outcome == .hold else { return nil }
            let isNew = receipt.entry != nil || isDry
            self.init(
                isDry ? "would hold" : "held",
                isNew ? "nothing moves by itself\(entry)" : "as before: nothing moves by itself")
        case .resume:
            guard receipt.outcome == .settled else { return nil }
            self.init(
                isDry ? "would resume" : "resumed",
                "\(commit) and what descends from it go by themselves\(entry)")
        case .quarantine:
            guard receipt.outcome == .settled else { return nil }
            let isNew = receipt.entry != nil || isDry
            self.init(
                isDry ? "would quarantine" : "quarantined",
                "\(commit) does not go by itself\(isNew ? entry : ", as before")")
        case .adopt:
            guard receipt.outcome == .settled,
                receipt.entry != nil || isDry && receipt.previous != receipt.commit
            else { return nil }
            self.init(isDry ? "would adopt" : "adopted", "\(commit), as found\(entry)")
        case .follow:
            guard receipt.promoted || isDry && receipt.images.contains(where: \.isElsewhere) else {
                return nil
            }
            self.init(isDry ? "would follow" : "followed", "the tags back to \(commit)\(entry)")
        }
    }
}

extension Engine.Order {
    fileprivate var isRollback: Bool { if case .rollback = self { true } else { false } }
}

extension Receipt {
    /// Whether the commit is older than what some image is live at.
    package var goesBack: Bool {
        findings.contains { $0.rule == .forward && $0.judgement.reason?.code == .behind }
    }

    /// ` (entry 7)`; empty where nothing was recorded.
    package var entryWords: String { entry.map { " (entry \($0))" } ?? "" }
}

extension Receipt.Image {
    /// Whether following would move it.
    var isElsewhere: Bool { digest != nil && digest != before }
}
