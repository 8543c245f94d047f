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

/// Text of the file in quotes, cut, with everything invisible written out, so that it cannot forge
/// lines or hide its direction on a terminal.
func quoted(_ text: String) -> String {
    /// Own choice: enough to recognise what was meant.
    let charactersMax = 60
    var shown = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
        guard count < charactersMax else {
            shown += "…"
            break
        }
        if isInvisible(scalar) {
            shown += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
            shown.unicodeScalars.append(scalar)
        }
    }
    return "\"\(shown)\""
}

/// Control and format characters, line separators, and code points without a character.
func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
        .unassigned:
        true
    default: false
    }
}

/// `a, b or c`.
func alternatives(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
}
