/// What a person calls themselves when they give an order: it stands in the ledger beside it.
package struct PersonsName: Hashable, Sendable {
    /// The text is empty, too long, of more than one line, or has control characters.
    package struct Malformed: Error, Hashable, Sendable {}

    /// What a person is told of a name that cannot be taken.
    package static let rule =
        "is one line of 1 to \(Limits.personCharactersMax) characters"

    /// The name as it was given.
    package let text: String

    /// Takes a name; one of nothing but blanks is none. Bytes are bounded beside characters,
    /// because one character may have any number of them.
    package init(_ text: String) throws(Malformed) {
        guard text.contains(where: { !$0.isWhitespace }),
            text.count <= Limits.personCharactersMax,
            text.utf8.count <= 4 * Limits.personCharactersMax,
            text.unicodeScalars.allSatisfy({ scalar in
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            })
        else { throw Malformed() }
        self.text = text
    }
}
