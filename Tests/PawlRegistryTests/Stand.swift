import PawlCore
import PawlHTTP
import PawlImages
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Synchronization

let commit = RegistryContract.older
let label = RegistryContract.label

/// The registry adapter as the program wires it, with a clock that does not really sleep.
struct Stand {
    let registry: OCIRegistry
    let requests: RequestCount
    let clock: ManualClock
    let readBacks: ReadBacks

    /// Gives a body an adapter over real connections, and closes them afterwards.
    static func with(
        _ repositories: [Repository], _ credential: Credential = .anonymous,
        registries: [RegistryHost: RegistrySettings] = [:],
        access: OCIRegistry.Access = .pullPush, readOnly: Set<Repository> = [],
        _ body: (Stand) async throws -> Void
    ) async throws {
        let source = CredentialSource { _ in FoundCredential(credential, origin: "the test") }
        try await with(
            repositories, source: source, registries: registries, access: access,
            readOnly: readOnly, body)
    }

    static func with(
        _ repositories: [Repository], source: CredentialSource,
        registries: [RegistryHost: RegistrySettings] = [:],
        access: OCIRegistry.Access = .pullPush, readOnly: Set<Repository> = [],
        _ body: (Stand) async throws -> Void
    ) async throws {
        let transport = AsyncHTTPExchange(userAgent: "pawl/test (+https://pawl.example)")
        let clock = ManualClock()
        let requests = RequestCount()
        let readBacks = ReadBacks()
        let exchange = RetryingExchange(
            CountingExchange(transport, count: requests), clock: clock.clock, jitter: { 0.5 })
        let registry = OCIRegistry(
            exchange: exchange, clock: clock.clock, credentials: source, registries: registries,
            repositories: repositories, access: access, readOnly: readOnly,
            readBack: { readBacks.note($0) })
        do {
            try await body(
                Stand(registry: registry, requests: requests, clock: clock, readBacks: readBacks))
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
    }

    func revision(
        of digest: Digest, in repository: Repository, _ platforms: Platforms = .every
    ) async throws(PortFailure) -> Revision {
        try await registry.revision(
            of: digest, in: repository, label: label, platforms: platforms)
    }
}

/// What was told of reading back.
final class ReadBacks: Sendable {
    private let told = Mutex<[ReadBack]>([])

    var all: [ReadBack] { told.withLock { $0 } }

    func note(_ read: ReadBack) { told.withLock { $0.append(read) } }
}

/// A loopback registry that is ended after the body, whatever becomes of it.
func withLoopback(
    _ authentication: LoopbackRegistry.Authentication = .open,
    _ body: (LoopbackRegistry) async throws -> Void
) async throws {
    let registry = try await LoopbackRegistry.start(authentication)
    do {
        try await body(registry)
    } catch {
        await registry.stop()
        throw error
    }
    await registry.stop()
}

extension LoopbackRegistry {
    func repository(_ path: String = "acme/app") -> Repository {
        wellFormed { try Repository("\(host)/\(path)") }
    }

    func image(_ tag: String, _ path: String = "acme/app") -> ImageReference {
        wellFormed { ImageReference(repository(path), try Tag(tag)) }
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
        return builder.build()
    default: return RegistryImageBuilder.single(of: nil).build()
    }
}
