/// What one rule says of one subject.
package struct Finding: Hashable, Sendable {
    /// The contract's rules that a candidate is judged by, in their order.
    package enum Rule: String, Hashable, Sendable, CaseIterable {
        case branch, settled, sources, build, gate, forward, holds
    }

    /// What it comes to.
    package enum Judgement: Hashable, Sendable {
        case pass
        /// Let through, with something that people should know.
        case warn(Reason)
        /// Nothing to do, and that is fine.
        case settle(Reason)
        case hold(Reason)
        case reject(Reason)
    }

    /// Which rule.
    package let rule: Rule
    /// What was looked at: a workflow, an image, a commit.
    package let subject: String
    /// What it comes to.
    package let judgement: Judgement
    /// What was seen, in one sentence. Outside text in it is not escaped yet.
    package let evidence: String
    /// Where a person sees it too.
    package let link: String?
    /// Whether a person's order let it pass.
    package var isOverridden = false

    /// A finding in full.
    package init(
        _ rule: Rule, _ subject: String, _ judgement: Judgement, evidence: String,
        link: String? = nil
    ) {
        self.rule = rule
        self.subject = subject
        self.judgement = judgement
        self.evidence = evidence
        self.link = link.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A finding whose reason says all.
    package init(_ rule: Rule, _ judgement: Judgement, link: String? = nil) {
        let reason = judgement.reason
        self.init(
            rule, reason?.subject ?? "", judgement, evidence: reason?.text ?? "", link: link)
    }
}

extension Finding.Judgement {
    /// The reason, where there is one.
    package var reason: Reason? {
        switch self {
        case .pass: nil
        case .warn(let reason), .settle(let reason), .hold(let reason), .reject(let reason): reason
        }
    }
}
