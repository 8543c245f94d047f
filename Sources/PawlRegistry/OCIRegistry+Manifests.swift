package import PawlCore
import PawlHTTP
package import PawlImages
import Synchronization

extension OCIRegistry {
    /// The digest that a tag has, by HEAD; by GET where the registry leaves the header out.
    package func digest(of image: ImageReference) async throws(PortFailure) -> Digest? {
        let errors = try errors(image)
        let response = try await send(
            manifestRequest(.head, image), for: image.repository, errors)
        if try errors.isAbsent(response, isHead: true) { return noted(nil, at: image) }
        guard response.status == 200 else { throw errors.failure(response) }
        guard let text = response.header("Docker-Content-Digest"), let digest = try? Digest(text)
        else { return try await pin(image) }
        if let asked = image.digest, asked != digest {
            throw mismatch(errors, "the registry answers \(digest.short) for \(asked.short)")
        }
        return noted(digest, at: image)
    }

    /// The digest of a tag's manifest, hashed here; the manifest is kept.
    package func pin(_ image: ImageReference) async throws(PortFailure) -> Digest? {
        noted(try await fetch(image)?.digest, at: image)
    }

    /// A manifest by its digest: kept, or fetched. One that is not there is `missing`.
    package func manifest(
        _ digest: Digest, in repository: Repository
    ) async throws(PortFailure) -> Manifest {
        let pin = Pin(repository: repository, digest: digest)
        if let manifest = pinned.withLock({ $0[pin] }) { return manifest }
        let image = ImageReference(repository, digest)
        guard let manifest = try await fetch(image) else {
            throw PortFailure(
                code: .missing, subject: "\(image)", detail: "the registry does not have it")
        }
        return manifest
    }

    func errors(
        _ image: ImageReference, _ action: RegistryErrors.Action = .read
    ) throws(PortFailure) -> RegistryErrors {
        try account(of: image.repository).errors("\(image)", image.repository, action)
    }

    func mismatch(_ errors: RegistryErrors, _ detail: String) -> PortFailure {
        PortFailure(code: .mismatched, subject: errors.subject, detail: detail)
    }

    /// Keeps what a tag was seen at, for the look after a write whose answer was lost.
    func noted(_ digest: Digest?, at image: ImageReference) -> Digest? {
        if image.digest == nil { seen.withLock { $0[image] = .some(digest) } }
        return digest
    }

    private func manifestRequest(_ method: Request.Method, _ image: ImageReference) -> Request {
        let reference = image.digest?.description ?? image.tag?.text ?? "latest"
        return Request(
            method, endpoint(of: image.repository).manifest(reference, of: image.repository),
            headers: [("Accept", MediaTypes.accept)], answerBytesMax: Limits.manifestBytesMax)
    }

    /// GET, hash, compare, read, keep.
    private func fetch(_ image: ImageReference) async throws(PortFailure) -> Manifest? {
        let errors = try errors(image)
        let response = try await send(manifestRequest(.get, image), for: image.repository, errors)
        if try errors.isAbsent(response, isHead: false) { return nil }
        guard response.status == 200 else { throw errors.failure(response) }
        let digest = try verified(response, image, errors)
        do throws(Manifest.Malformed) {
            let manifest = try Manifest(
                response.body, digest: digest, contentType: response.header("Content-Type"))
            let pin = Pin(repository: image.repository, digest: digest)
            pinned.withLock { $0[pin] = manifest }
            return manifest
        } catch {
            throw unusable(error, subject: errors.subject, "manifest")
        }
    }

    /// The bytes' digest by the algorithm that was asked for, else by the header's. The asked
    /// digest wins over the header (CVE-2025-24882).
    private func verified(
        _ response: Response, _ image: ImageReference, _ errors: RegistryErrors
    ) throws(PortFailure) -> Digest {
        let header = response.header("Docker-Content-Digest").flatMap { try? Digest($0) }
        let algorithm = image.digest?.algorithm ?? header?.algorithm ?? .sha256
        guard let digest = Digest.of(response.body, by: algorithm) else {
            throw mismatch(errors, "the manifest could not be hashed")
        }
        if let asked = image.digest, asked != digest {
            throw mismatch(errors, "the registry sent content of \(digest.short) instead")
        }
        if let header, header.algorithm == algorithm, header != digest {
            throw mismatch(
                errors, "the registry says \(header.short) and sent content of \(digest.short)")
        }
        return digest
    }

    /// The failure that bytes which cannot be used are.
    package func unusable(
        _ malformed: Manifest.Malformed, _ what: String, of image: ImageReference
    ) -> PortFailure {
        unusable(malformed, subject: "\(image)", what)
    }

    private func unusable(
        _ malformed: Manifest.Malformed, subject: String, _ what: String
    ) -> PortFailure {
        PortFailure(
            code: malformed.isUnsupported ? .unsupported : .garbled, subject: subject,
            detail: "the \(what) that the registry sent cannot be used: "
                + OutsideText.line(malformed.detail, max: 200))
    }
}
