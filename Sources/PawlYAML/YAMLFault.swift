/// The one thing that ends the reading of a file.
package struct YAMLFault: Error, Hashable, Sendable {
    /// What kind of thing.
    package enum Cause: Hashable, Sendable {
        /// More bytes than the rules allow.
        case tooLarge
        /// Not UTF-8, or characters that YAML does not allow.
        case notText
        /// Not YAML.
        case syntax
        /// A second document.
        case documents
        /// Nested deeper than the rules allow.
        case depth
        case anchor, alias, tag
        /// `<<`
        case mergeKey
        /// A list or mapping as a key.
        case key
        case duplicateKey
        /// The parser could not be made.
        case memory
    }

    package let cause: Cause
    package let mark: Mark
    /// A clause without a final period.
    package let what: String
    /// What to do, as sentences; `nil` where `what` says it already, or only the file's kind can
    /// tell.
    package let advice: String?

    init(_ cause: Cause, at mark: Mark, _ what: String, advice: String? = nil) {
        self.cause = cause
        self.mark = mark
        self.what = what
        self.advice = advice
    }

    /// The same at another place.
    func at(_ mark: Mark) -> Self { Self(cause, at: mark, what, advice: advice) }
}
