package import PawlCore

/// The command, the policy file or an input is wrong: exit status 2, and nothing was asked of
/// anybody.
package struct WrongUse: Error, Hashable, Sendable {
    /// What is wrong, with a period; outside text in it is not escaped yet.
    package let text: String
    /// What to do, with a period.
    package let advice: String?

    /// What is wrong and what to do.
    package init(_ text: String, advice: String? = nil) {
        self.text = text
        self.advice = advice
    }
}

extension WrongUse {
    /// A channel that the policy does not have.
    package init(unknownChannel name: String, _ policy: Policy) {
        let known = policy.channels.map(\.name.text).joined(separator: ", ")
        self.init(
            "The policy has no channel \"\(name)\".", advice: "It has: \(known).")
    }

    /// A reason that an override or a statement cannot have.
    package init(malformedReason advice: String) {
        self.init(
            "The reason is blank or longer than \(Limits.overrideReasonCharactersMax) characters.",
            advice: advice)
    }

    /// A text that names no commit.
    package init(notACommit text: String, _ problem: CommitName.Malformed) {
        let what: String =
            switch problem {
            case .character: "has a character that is not a lower-case hex digit"
            case .length(64): "has 64 digits; repositories with SHA-256 ids are not supported yet"
            case .length(let digits): "has \(digits) digits"
            }
        self.init(
            "\"\(text)\" is not a commit id: it \(what).",
            advice: "Give 7 to 40 lower-case hex digits.")
    }
}
