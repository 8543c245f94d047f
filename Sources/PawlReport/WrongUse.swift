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
