import Crypto
package import PawlCore

extension PawlCore.Digest {
    /// The digest of bytes, computed here.
    package static func of(_ bytes: [UInt8], by algorithm: Algorithm = .sha256) -> Self? {
        var hash = ContentHash(algorithm)
        hash.update(bytes)
        return hash.digest
    }
}

/// A digest in the making, piece by piece.
package struct ContentHash: Sendable {
    private enum Function {
        case sha256(SHA256)
        case sha512(SHA512)
    }

    private var function: Function

    /// Begins with no bytes.
    package init(_ algorithm: PawlCore.Digest.Algorithm) {
        function =
            switch algorithm {
            case .sha256: .sha256(SHA256())
            case .sha512: .sha512(SHA512())
            }
    }

    /// Takes the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        switch function {
        case .sha256(var hash):
            hash.update(data: bytes)
            function = .sha256(hash)
        case .sha512(var hash):
            hash.update(data: bytes)
            function = .sha512(hash)
        }
    }

    /// The digest of all bytes so far.
    package var digest: PawlCore.Digest? {
        switch function {
        case .sha256(let hash): Self.digest(.sha256, hash.finalize())
        case .sha512(let hash): Self.digest(.sha512, hash.finalize())
        }
    }

    private static func digest(
        _ algorithm: PawlCore.Digest.Algorithm, _ bytes: some Sequence<UInt8>
    ) -> PawlCore.Digest? {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return try? PawlCore.Digest(
            "\(algorithm.rawValue):\(String(decoding: text, as: UTF8.self))")
    }
}
