/// What is wrong with a text, and what to do about it.
struct Wording: Hashable {
    let what: String
    let advice: String?

    init(_ what: String, advice: String? = nil) {
        self.what = what
        self.advice = advice
    }
}

/// An error that can say in words what is wrong with the text that it was thrown about.
protocol Explained: Error {
    func wording(of text: String) -> Wording
}

/// `a, b or c`.
func alternatives(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
}
