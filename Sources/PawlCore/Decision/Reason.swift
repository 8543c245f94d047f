/// Why a verdict is what it is: a stable word, what it is about, a sentence, and what to do.
package struct Reason: Hashable, Sendable {
    /// The stable word.
    package let code: ReasonCode
    /// What it is about: a workflow, an image, a commit.
    package let subject: String
    /// What happened, in one sentence. Outside text in it is not escaped yet.
    package let text: String
    /// What a person can do about it, in one sentence.
    package let advice: String
    /// When it can be otherwise without anything happening before; `nil` if time alone changes
    /// nothing.
    package var until: Instant?

    /// A reason with its code's own advice, or a better one for this case.
    package init(_ code: ReasonCode, _ subject: String, _ text: String, advice: String? = nil) {
        self.code = code
        self.subject = subject
        self.text = text
        self.advice = advice ?? code.advice
    }
}
