/// How a commit's source tags are named: text with `{sha}` (all digits) or `{short_sha}` (first 7).
package struct TagPattern: Hashable, Sendable, CustomStringConvertible {
    /// Why a text is not a pattern.
    package enum Malformed: Error, Hashable, Sendable {
        /// Neither `{sha}` nor `{short_sha}`: every commit would have the same tag.
        case noCommit
        /// A brace that is not part of one of the two placeholders.
        case placeholder(String)
        /// The tag that it gives is not one (`ImageReference.Malformed.tag`).
        case tag
    }

    private enum Piece: Hashable { case text(String), sha, shortSHA }

    /// As it was written.
    package let description: String
    private let pieces: [Piece]

    /// Reads a pattern and proves on a sample commit that its tags are tags.
    package init(_ text: String) throws(Malformed) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard let close = rest[open...].firstIndex(of: "}"), rest[open] == "{" else {
                throw .placeholder(String(rest[open...]))
            }
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            switch rest[open...close] {
            case "{sha}": pieces.append(.sha)
            case "{short_sha}": pieces.append(.shortSHA)
            case let unknown: throw .placeholder(String(unknown))
            }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        guard pieces.contains(where: { $0 == .sha || $0 == .shortSHA }) else { throw .noCommit }

        self.pieces = pieces
        self.description = text
        let sample = Self.render(pieces, full: String(repeating: "0", count: 40))
        guard (try? Tag(sample)) != nil else { throw .tag }
    }

    /// The source tag of a commit. Commit ids have one length and one alphabet, so what `init`
    /// proved of the sample holds of every commit.
    package func tag(for commit: CommitID) throws(ImageReference.Malformed) -> Tag {
        try Tag(Self.render(pieces, full: commit.hex))
    }

    private static func render(_ pieces: [Piece], full: String) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .sha: full
            case .shortSHA: String(full.prefix(CommitID.shortDigits))
            }
        }.joined()
    }
}
