package import PawlCore
import PawlHTTP
package import PawlImages
package import PawlPorts
import Synchronization

// Content on its way into a registry (distribution-spec, "Pushing Blobs").

extension OCIRegistry {
    /// Whether a blob is there. One that another repository of the same registry has is mounted
    /// from there: that is one request where a question would be one, too.
    package func offer(
        _ content: Manifest.Descriptor, from source: Repository?, in repository: Repository
    ) async throws(PortFailure) -> Offer {
        let errors = try uploadErrors(content, in: repository)
        var ticket: String?
        if let source, source.host == repository.host, source != repository {
            let response = try await mount(content, of: source, in: repository, errors)
            if response.status == 201 { return .mounted }
            // 202 is an upload begun instead. A refusal of the mount need not be one of an upload.
            if response.status == 202 {
                ticket = try location(of: response, in: repository, errors)
            }
        }
        return try await has(content, in: repository, errors) ? .there : .wanted(ticket: ticket)
    }

    /// Takes a blob in one request whose body is sent as it comes.
    package func take(
        _ stream: ByteStream, as content: Manifest.Descriptor, by ticket: String?,
        in repository: Repository
    ) async throws(PortFailure) {
        let errors = try uploadErrors(content, in: repository)
        let start: String
        if let ticket {
            start = ticket
        } else {
            let begun = try await send(
                beginning("", in: repository), for: repository, errors)
            guard begun.status == 202 else { throw refusal(begun, errors) }
            start = try location(of: begun, in: repository, errors)
        }
        let mark = start.contains("?") ? "&" : "?"
        let request = Request(
            .put, "\(start)\(mark)digest=\(percentEncoded("\(content.digest)"))",
            headers: [("Content-Type", "application/octet-stream")],
            answerBytesMax: Limits.errorBytesMax)
        let response = try await send(
            request, body: stream, bytes: content.size ?? 0, for: repository, errors)
        guard [200, 201, 202, 204].contains(response.status) else {
            throw refusal(response, errors)
        }
        if let text = response.header("Docker-Content-Digest"), let answered = try? Digest(text),
            answered != content.digest, answered.algorithm == content.digest.algorithm
        {
            throw mismatch(
                errors, "the registry took \(content.digest.short) as \(answered.short)")
        }
    }

    /// Keeps a manifest by its digest.
    package func keep(
        _ manifest: Manifest, in repository: Repository
    ) async throws(PortFailure) -> Bool {
        let errors = try errors(ImageReference(repository, manifest.digest), .write)
        let request = Request(
            .put, endpoint(of: repository).manifest("\(manifest.digest)", of: repository),
            headers: [("Content-Type", manifest.mediaType)], body: manifest.bytes,
            answerBytesMax: Limits.manifestBytesMax)
        var attempt = 1
        while true {
            let response = try await send(request, for: repository, errors)
            if [200, 201, 202, 204].contains(response.status) {
                if let text = response.header("Docker-Content-Digest"),
                    let answered = try? Digest(text), answered != manifest.digest,
                    answered.algorithm == manifest.digest.algorithm
                {
                    throw mismatch(
                        errors,
                        "the registry took \(manifest.digest.short) as \(answered.short)")
                }
                pinned.withLock {
                    $0[Pin(repository: repository, digest: manifest.digest)] = manifest
                }
                return response.header("OCI-Subject") != nil
            }
            // Some registries need a moment to know of what they have just taken.
            guard RegistryAnswer(response).isPartUnknown, attempt < Limits.attemptsMax else {
                throw errors.failure(response)
            }
            try await pause(attempt, errors)
            attempt += 1
        }
    }

    private func uploadErrors(
        _ content: Manifest.Descriptor, in repository: Repository
    ) throws(PortFailure) -> RegistryErrors {
        try account(of: repository).errors("\(repository)@\(content.digest)", repository, .write)
    }

    private func beginning(_ query: String, in repository: Repository) -> Request {
        Request(
            .post, "\(endpoint(of: repository).uploads(of: repository))\(query)",
            headers: [("Content-Length", "0")], answerBytesMax: Limits.errorBytesMax)
    }

    /// A token that does not reach the source is no reason to ask for another one: services that
    /// were asked for both at once and gave one would be asked again for each blob.
    private func mount(
        _ content: Manifest.Descriptor, of source: Repository, in repository: Repository,
        _ errors: RegistryErrors
    ) async throws(PortFailure) -> Response {
        let query = "?mount=\(content.digest)&from=\(percentEncoded(source.path))"
        let request = beginning(query, in: repository)
        let account = try account(of: repository)
        let authorization = try await account.authorization(for: repository)
        guard case .token(let grant) = authorization else {
            return try await send(request, for: repository, errors, given: authorization)
        }
        var authorized = request
        authorized.headers.append(("Authorization", "Bearer \(grant.token.value)"))
        do throws(PortFailure) {
            return try await exchange.send(authorized)
        } catch {
            throw errors.failure(error)
        }
    }

    /// Where an upload goes on: absolute, or from the root.
    private func location(
        of response: Response, in repository: Repository, _ errors: RegistryErrors
    ) throws(PortFailure) -> String {
        let base = endpoint(of: repository).base
        guard let registry = Address(base) else {
            throw PortFailure(
                code: .garbled, subject: errors.subject, detail: "its address cannot be read")
        }
        return try next(response, from: registry, registry: registry, errors).description
    }

    /// An upload that was lost on the registry's side is begun again by whoever has the content.
    private func refusal(_ response: Response, _ errors: RegistryErrors) -> PortFailure {
        let failure = errors.failure(response)
        let isLost =
            response.status == 416
            || RegistryAnswer(response).codes.contains { $0.hasPrefix("BLOB_UPLOAD_") }
        guard isLost else { return failure }
        return PortFailure(
            code: .serverFailed, subject: failure.subject, detail: failure.detail,
            advice: failure.advice)
    }

    /// One attempt of a request whose body cannot be had twice. The credential goes only to the
    /// registry itself. A token that ran out meanwhile is a matter of the next attempt.
    private func send(
        _ request: Request, body: ByteStream, bytes: Int, for repository: Repository,
        _ errors: RegistryErrors
    ) async throws(PortFailure) -> Response {
        let account = try account(of: repository)
        let isOwn =
            Address(request.url)?.origin == Address(endpoint(of: repository).base)?.origin
        let authorization = isOwn ? try await account.authorization(for: repository) : .none
        var authorized = request
        if let header = authorization.header {
            authorized.headers.append(("Authorization", header))
        }
        let response: Response
        do throws(PortFailure) {
            response = try await exchange.send(authorized, body: body, bytes: bytes)
        } catch {
            await account.unanswered(authorization)
            // The source's own failures say whose they are.
            throw error.subject == repository.host.description ? errors.failure(error) : error
        }
        guard isOwn,
            try await account.next(after: response, to: authorization, for: repository) != nil
        else { return response }
        throw PortFailure(
            code: .serverFailed, subject: errors.subject,
            detail: "the registry answered \(RegistryAnswer(response).words)")
    }
}

extension Endpoint {
    /// Where uploads begin.
    func uploads(of repository: Repository) -> String {
        "\(origin)/v2/\(repository.path)/blobs/uploads/"
    }
}

extension RegistryAnswer {
    /// A manifest was refused because a part of it is not known.
    var isPartUnknown: Bool {
        codes.contains { ["BLOB_UNKNOWN", "MANIFEST_BLOB_UNKNOWN"].contains($0) }
    }
}
