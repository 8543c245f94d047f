import FoundationEssentials
import PawlCore
import PawlHTTP
import PawlImages
import PawlLayout
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting

/// A folder for layouts that is removed after the body.
struct LayoutStand {
    let folder: String
    let layouts: OCILayouts
    let clock: ManualClock

    static func with(_ body: (LayoutStand) async throws -> Void) async throws {
        try await DistributionServer.withFolder { folder in
            let clock = ManualClock()
            try await body(
                LayoutStand(
                    folder: folder, layouts: OCILayouts(clock: clock.clock), clock: clock))
        }
    }

    func repository(_ name: String = "app") -> Repository {
        wellFormed { try Repository("oci:\(folder)/\(name)") }
    }

    func image(_ tag: String, _ name: String = "app") -> ImageReference {
        wellFormed { ImageReference(repository(name), try Tag(tag)) }
    }

    func path(_ file: String, _ name: String = "app") -> String { "\(folder)/\(name)/\(file)" }

    func text(_ file: String) throws -> String { try DistributionServer.read(path(file)) }

    func write(_ text: String, to file: String) throws {
        let url = URL(filePath: path(file))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try DistributionServer.write(text, to: url.path)
    }

    /// Names in a folder of the layout, sorted.
    func names(_ inner: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(inner)).sorted()
    }

    /// Writes images as another tool would.
    func publish(_ images: [(tag: String, image: RegistryImage)]) throws {
        try write(#"{"imageLayoutVersion": "1.0.0"}"#, to: "oci-layout")
        var entries: [String] = []
        for (tag, image) in images {
            for (digest, bytes) in image.blobs.map({ ($0.digest, $0.bytes) })
                + image.manifests.map({ ($0.digest, $0.bytes) })
            {
                try write(String(decoding: bytes, as: UTF8.self), to: "blobs/sha256/\(digest.hex)")
            }
            entries.append(
                """
                {"mediaType": "\(image.top.mediaType)", "digest": "\(image.digest)",
                 "size": \(image.top.bytes.count), "x-own": 1e400,
                 "annotations": {"org.opencontainers.image.ref.name": "\(tag)"}}
                """)
        }
        try write(
            #"{"schemaVersion": 2, "x-other": [1.50, 12345678901234567890], "manifests": ["#
                + entries.joined(separator: ",") + "]}", to: "index.json")
    }
}

/// The failure that asking throws; `nil` if it answers.
func failure(_ ask: () async throws(PortFailure) -> Void) async -> PortFailure? {
    do throws(PortFailure) {
        try await ask()
        return nil
    } catch {
        return error
    }
}

/// The images of the contract.
func contractImage(_ tag: String) -> RegistryImage {
    let (older, newer) = (RegistryContract.older, RegistryContract.newer)
    switch tag {
    case "index-labels": return RegistryImageBuilder.index(of: older).build()
    case "index-annotation":
        var builder = RegistryImageBuilder.index(of: older)
        builder.annotation = newer
        return builder.build()
    case "index-split":
        return RegistryImageBuilder(labels: [older, newer], isIndex: true, seed: tag).build()
    case "single-label":
        var builder = RegistryImageBuilder.single(of: older)
        builder.types = .docker
        return builder.build()
    case "single-annotation":
        var builder = RegistryImageBuilder.single(of: older)
        builder.annotation = newer
        builder.isOddlySpaced = true
        builder.saysMediaType = false
        return builder.build()
    default: return RegistryImageBuilder.single(of: nil).build()
    }
}

/// The registry adapter over real connections, closed after the body.
func withRegistry(
    _ repositories: [Repository], _ body: (OCIRegistry) async throws -> Void
) async throws {
    let transport = AsyncHTTPExchange(userAgent: "pawl/test (+https://pawl.example)")
    let clock = ManualClock().clock
    let registry = OCIRegistry(
        exchange: RetryingExchange(transport, clock: clock, jitter: { 0.5 }), clock: clock,
        credentials: CredentialSource { _ in FoundCredential(.anonymous, origin: "the test") },
        repositories: repositories, access: .pullPush)
    do {
        try await body(registry)
    } catch {
        await transport.shutdown()
        throw error
    }
    await transport.shutdown()
}
