/// A full commit id. Seven digits are for people; Pawl compares all of them.
package struct CommitID: Hashable, Sendable, CustomStringConvertible {
    /// Why a text is not a full commit id.
    package enum Malformed: Error, Hashable, Sendable { case length(Int), character }

    /// Digits of a full SHA-1 id. Ids of SHA-256 repositories (64) are refused for now.
    package static let digits = 40
    /// Digits shown to people, as `git log --oneline` and image tags do.
    package static let shortDigits = 7

    /// Forty lower-case hex digits.
    package let hex: String

    /// Reads exactly forty lower-case hex digits.
    package init(_ text: some StringProtocol) throws(Malformed) {
        guard text.utf8.count == Self.digits else { throw .length(text.utf8.count) }
        guard text.utf8.allSatisfy(isLowercaseHex) else { throw .character }
        hex = String(text)
    }

    /// The first seven digits, for people.
    package var short: String { String(hex.prefix(Self.shortDigits)) }
    /// All forty digits.
    package var description: String { hex }
}
