import Crypto
package import PawlCore

/// An image as bytes: what has to be in a registry so that its tag can be pulled.
package struct RegistryImage: Sendable {
    /// A manifest or index.
    package struct Manifest: Sendable {
        /// Of `bytes`.
        package let digest: PawlCore.Digest
        /// What it is served as.
        package let mediaType: String
        /// To the byte.
        package let bytes: [UInt8]
    }

    /// A config or layer.
    package struct Blob: Sendable {
        /// Of `bytes`.
        package let digest: PawlCore.Digest
        /// To the byte.
        package let bytes: [UInt8]
    }

    /// Children first; the last one is what a tag points at.
    package let manifests: [Manifest]
    /// Everything that the manifests name.
    package let blobs: [Blob]

    /// What a tag points at.
    package var top: Manifest { manifests[manifests.count - 1] }
    /// The digest that a tag has.
    package var digest: PawlCore.Digest { top.digest }
}

/// The SHA-256 of bytes.
package func sha256(_ bytes: [UInt8]) -> PawlCore.Digest {
    let hex = SHA256.hash(data: bytes).map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0\(digits)" : digits
    }
    do {
        return try PawlCore.Digest("sha256:" + hex.joined())
    } catch {
        preconditionFailure("a SHA-256 has 64 hex digits: \(error)")
    }
}
