/// What a person or a label calls a commit: the full id, or 7 to 39 of its first digits.
package enum CommitName: Hashable, Sendable, CustomStringConvertible {
    /// All forty digits.
    case full(CommitID)
    /// 7 to 39 lower-case hex digits, to be resolved at the host.
    case short(String)

    /// Why a text names no commit.
    package enum Malformed: Error, Hashable, Sendable { case length(Int), character }

    /// Reads 7 to 40 lower-case hex digits; nothing else ever reaches a host or a command.
    package init(_ text: some StringProtocol) throws(Malformed) {
        guard text.utf8.allSatisfy(isLowercaseHex) else { throw .character }
        if let commit = try? CommitID(text) {
            self = .full(commit)
        } else {
            guard (CommitID.shortDigits..<CommitID.digits).contains(text.utf8.count) else {
                throw .length(text.utf8.count)
            }
            self = .short(String(text))
        }
    }

    /// The digits as written.
    package var description: String {
        switch self {
        case .full(let commit): commit.hex
        case .short(let digits): digits
        }
    }
}
