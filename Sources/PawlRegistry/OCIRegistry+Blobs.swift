import PawlCore
import PawlHTTP

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
        let address = endpoint(of: repository).blob(descriptor.digest, of: repository)
        let response = try await follow(address, in: repository, errors)
        guard response.status == 200 else { throw errors.failure(response) }
        return try verified(response.body, descriptor, errors)
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

    /// GET, with redirects to object storage followed by hand: credentials stay at their origin,
    /// and https stays https.
    private func follow(
        _ start: String, in repository: Repository, _ errors: RegistryErrors
    ) async throws(PortFailure) -> Response {
        guard let registry = Address(start) else {
            throw PortFailure(
                code: .garbled, subject: errors.subject, detail: "its address cannot be read")
        }
        var address = registry
        for _ in 0...Self.redirectsMax {
            let request = Request(
                .get, address.description, answerBytesMax: Limits.configBytesMax)
            let response: Response
            if address.origin == registry.origin {
                response = try await send(request, for: repository, errors)
            } else {
                do throws(PortFailure) {
                    response = try await exchange.send(request)
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

    private func next(
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
