package import PawlCore
import PawlHTTP
package import PawlImages
package import PawlPorts
import Synchronization

extension OCIRegistry {
    /// Own choice, as most clients have it.
    private static let redirectsMax = 5

    /// A small blob, hashed here.
    func blob(
        _ descriptor: Manifest.Descriptor, in repository: Repository
    ) async throws(PortFailure) -> [UInt8] {
        let errors = try account(of: repository).errors(
            "\(repository)@\(descriptor.digest)", repository)
        if let embedded = descriptor.embedded, let content = bytes(base64: embedded) {
            return try verified(content, descriptor, errors)
        }
        guard (descriptor.size ?? 0) <= Limits.configBytesMax else {
            throw PortFailure(
                code: .tooLarge, subject: errors.subject,
                detail: "the config is larger than \(Limits.configBytesMax) bytes")
        }
        let response = try await follow(.get, descriptor, in: repository, errors) {
            request throws(PortFailure) in try await exchange.send(request)
        }
        guard response.status == 200 else { throw errors.failure(response) }
        return try verified(response.body, descriptor, errors)
    }

    /// A blob in pieces, unchecked.
    package func open(
        _ content: Manifest.Descriptor, in repository: Repository
    ) async throws(PortFailure) -> ByteStream {
        let errors = try account(of: repository).errors(
            "\(repository)@\(content.digest)", repository)
        let opened = Opened()
        let response = try await follow(.get, content, in: repository, errors) {
            request throws(PortFailure) in
            let answer = try await exchange.open(request)
            opened.body.withLock { $0 = answer.body }
            return answer.head
        }
        guard response.status == 200, let body = opened.body.withLock({ $0 }) else {
            throw errors.failure(response)
        }
        return body
    }

    /// The body of the newest answer.
    private final class Opened: Sendable { let body = Mutex<ByteStream?>(nil) }

    /// Whether a blob is there, by HEAD.
    func has(
        _ content: Manifest.Descriptor, in repository: Repository, _ errors: RegistryErrors
    ) async throws(PortFailure) -> Bool {
        let response = try await follow(.head, content, in: repository, errors) {
            request throws(PortFailure) in try await exchange.send(request)
        }
        switch response.status {
        case 200: return true
        case 404: return false
        default: throw errors.failure(response)
        }
    }

    private func verified(
        _ bytes: [UInt8], _ descriptor: Manifest.Descriptor, _ errors: RegistryErrors
    ) throws(PortFailure) -> [UInt8] {
        let digest = Digest.of(bytes, by: descriptor.digest.algorithm)
        guard digest == descriptor.digest else {
            throw mismatch(
                errors, "the registry sent content of \(digest?.short ?? "no digest") instead")
        }
        if let size = descriptor.size, size != bytes.count {
            throw mismatch(
                errors, "it has \(bytes.count) bytes where its manifest says \(size)")
        }
        return bytes
    }

    /// GET or HEAD, with redirects to object storage followed by hand: credentials stay at their
    /// origin, and https stays https.
    private func follow(
        _ method: Request.Method, _ content: Manifest.Descriptor, in repository: Repository,
        _ errors: RegistryErrors, by send: (Request) async throws(PortFailure) -> Response
    ) async throws(PortFailure) -> Response {
        guard
            let registry = Address(
                endpoint(of: repository).blob(content.digest, of: repository))
        else {
            throw PortFailure(
                code: .garbled, subject: errors.subject, detail: "its address cannot be read")
        }
        var address = registry
        for _ in 0...Self.redirectsMax {
            let request = Request(
                method, address.description, answerBytesMax: Limits.configBytesMax)
            let response: Response
            if address.origin == registry.origin {
                response = try await self.send(request, for: repository, errors, by: send)
            } else {
                do throws(PortFailure) {
                    response = try await send(request)
                } catch {
                    throw errors.failure(error)
                }
            }
            guard [301, 302, 303, 307, 308].contains(response.status) else { return response }
            address = try next(response, from: address, registry: registry, errors)
        }
        throw PortFailure(
            code: .garbled, subject: errors.subject,
            detail: "the registry redirects more than \(Self.redirectsMax) times")
    }

    /// Where a `Location` leads: never from https to http, and never from a public registry to an
    /// inner address.
    func next(
        _ response: Response, from address: Address, registry: Address, _ errors: RegistryErrors
    ) throws(PortFailure) -> Address {
        guard let location = response.header("Location"), let next = address.following(location)
        else {
            throw PortFailure(
                code: .garbled, subject: errors.subject,
                detail: "the registry answered \(response.status) without a usable Location")
        }
        guard address.scheme == "http" || next.scheme == "https" else {
            throw PortFailure(
                code: .untrusted, subject: errors.subject,
                detail: "the registry redirects from https to http, at \(next.authority)")
        }
        let isLocal = InnerHost.isInner(registry.host)
        guard isLocal || next.origin == registry.origin || !InnerHost.isInner(next.host) else {
            throw PortFailure(
                code: .untrusted, subject: errors.subject,
                detail: "the registry redirects to an inner address, \(next.authority)")
        }
        return next
    }
}
