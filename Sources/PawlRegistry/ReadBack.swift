package import PawlCore

/// What reading a tag back after a move showed.
package struct ReadBack: Hashable, Sendable {
    /// The tag that was moved.
    package let image: ImageReference
    /// What it was moved to.
    package let digest: Digest
    /// Whether the registry has shown it there.
    package let isSeen: Bool
    /// How long that took, or how long it was waited for.
    package let after: Duration
    /// How often the tag was read.
    package let looks: Int
    /// What the last read showed instead, as a clause; `nil` if it was seen.
    package let instead: String?
    /// A digest that the tag had neither before the move nor by it: somebody else has moved it.
    package let foreign: Digest?

    /// For people: `ghcr.io/acme/app:latest reads as moved after 1500 ms (3 reads)`.
    package var words: String {
        let reads = looks == 1 ? "1 read" : "\(looks) reads"
        let time = "\(after.milliseconds) ms (\(reads))"
        if let foreign {
            return "\(image) was moved to \(digest.short), and after \(time) somebody else has "
                + "moved it to \(foreign.short)"
        }
        return instead.map {
            "\(image) was moved to \(digest.short), and after \(time) still \($0)"
        } ?? "\(image) reads as moved after \(time)"
    }
}
