/// The digest of a manifest or blob: algorithm and lower-case hex (OCI image-spec, "Digests").
///
/// Only the two registered algorithms are accepted, so that every digest can be computed and none
/// has to be believed.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// The registered algorithms, with the number of hex digits of each.
    package enum Algorithm: String, Hashable, Sendable, CaseIterable {
        case sha256, sha512

        /// Hex digits of a digest of this algorithm.
        package var hexDigits: Int { self == .sha256 ? 64 : 128 }
    }

    /// Why a text is not a digest.
    package enum Malformed: Error, Hashable, Sendable { case algorithm, length, character }

    /// The algorithm that made it.
    package let algorithm: Algorithm
    /// Lower-case hex digits, as many as the algorithm has.
    package let hex: String

    /// Reads `sha256:…`; anything else than the canonical form is refused.
    package init(_ text: some StringProtocol) throws(Malformed) {
        guard let colon = text.firstIndex(of: ":"),
            let algorithm = Algorithm(rawValue: String(text[..<colon]))
        else { throw .algorithm }
        let hex = text[text.index(after: colon)...]
        guard hex.utf8.count == algorithm.hexDigits else { throw .length }
        guard hex.utf8.allSatisfy(isLowercaseHex) else { throw .character }
        self.algorithm = algorithm
        self.hex = String(hex)
    }

    /// `sha256:…`, as registries write it.
    package var description: String { "\(algorithm.rawValue):\(hex)" }
    /// The first twelve hex digits, for people.
    package var short: String { "\(algorithm.rawValue):\(hex.prefix(12))" }
}

func isLowercaseHex(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}
