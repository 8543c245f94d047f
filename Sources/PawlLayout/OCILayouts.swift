package import PawlCore
package import PawlImages
package import PawlPorts
import Synchronization

/// OCI image layouts: images in folders of this machine (image-spec, "Image Layout"). A tag is the
/// name of an entry in the folder's index.
package final class OCILayouts: ImageStore {
    package let clock: Clock
    package let copyObserver: CopyObserver
    package let copySlots = CopySlots()
    private let kept = Mutex<[Pin: Manifest]>([:])
    /// Types that indexes give their entries; a manifest need not say its own.
    private let types = Mutex<[Pin: String]>([:])

    private struct Pin: Hashable {
        let repository: Repository
        let digest: Digest
    }

    /// All layouts of a run.
    package init(clock: Clock, copies: CopyObserver = .none) {
        self.clock = clock
        copyObserver = copies
    }

    package func digest(of image: ImageReference) async throws(PortFailure) -> Digest? {
        let folder = LayoutFolder(image.repository)
        guard let tag = image.tag, image.digest == nil else {
            guard let digest = image.digest, try folder.blob(digest) != nil else { return nil }
            return digest
        }
        guard let index = try folder.index() else { return nil }
        note(index.entries.map { ($0.digest, $0.mediaType) }, in: image.repository)
        let digests = index.digests(of: tag)
        guard digests.count < 2 else {
            throw PortFailure(
                code: .ambiguous, subject: "\(image)",
                detail: "its index.json gives the tag to \(digests.count) different images",
                advice: "Take the name from all entries but one.")
        }
        return digests.first
    }

    package func pin(_ image: ImageReference) async throws(PortFailure) -> Digest? {
        guard let digest = try await digest(of: image) else { return nil }
        return try await manifest(digest, in: image.repository).digest
    }

    package func manifest(
        _ digest: Digest, in repository: Repository
    ) async throws(PortFailure) -> Manifest {
        let pin = Pin(repository: repository, digest: digest)
        if let manifest = kept.withLock({ $0[pin] }) { return manifest }
        let folder = LayoutFolder(repository)
        let image = ImageReference(repository, digest)
        guard
            let bytes = try folder.bytes(
                of: digest, max: Limits.manifestBytesMax, "manifest")
        else {
            throw PortFailure(
                code: .missing, subject: "\(image)", detail: "the layout does not have it")
        }
        if types.withLock({ $0[pin] }) == nil, let index = try folder.index() {
            note(index.entries.map { ($0.digest, $0.mediaType) }, in: repository)
        }
        do throws(Manifest.Malformed) {
            let type = types.withLock { $0[pin] }
            let manifest = try Manifest(bytes, digest: digest, contentType: type)
            if case .index(let children) = manifest.kind {
                note(
                    children.map { ($0.descriptor.digest, $0.descriptor.mediaType) },
                    in: repository)
            }
            kept.withLock { $0[pin] = manifest }
            return manifest
        } catch {
            throw unusable(error, "manifest", of: image)
        }
    }

    private func note(_ entries: [(digest: Digest, type: String)], in repository: Repository) {
        types.withLock { types in
            for entry in entries where !entry.type.isEmpty {
                types[Pin(repository: repository, digest: entry.digest)] = entry.type
            }
        }
    }

    package func labels(
        of config: Manifest.Descriptor, in repository: Repository
    ) async throws(PortFailure) -> ConfigLabels {
        let image = ImageReference(repository, config.digest)
        guard
            let bytes = try LayoutFolder(repository).bytes(
                of: config.digest, max: Limits.configBytesMax, "config")
        else {
            throw PortFailure(
                code: .missing, subject: "\(image)", detail: "the layout does not have it")
        }
        do throws(Manifest.Malformed) {
            return try ConfigLabels(bytes)
        } catch {
            throw unusable(error, "config", of: image)
        }
    }

    /// Whether there is a right to write; a folder that is not there is made when it is needed.
    package func preparePush(to repositories: [Repository]) async throws(PortFailure) {
        for repository in repositories { try LayoutFolder(repository).checkWriting() }
    }

    package func unusable(
        _ malformed: Manifest.Malformed, _ what: String, of image: ImageReference
    ) -> PortFailure {
        let detail = malformed.detail.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? " " : String(scalar)
        }.joined()
        return PortFailure(
            code: malformed.isUnsupported ? .unsupported : .garbled, subject: "\(image)",
            detail: "the \(what) in the layout cannot be used: \(detail.prefix(200))")
    }

    // MARK: Writing

    package func put(
        _ manifest: Manifest, at target: ImageReference
    ) async throws(PortFailure) {
        _ = try await keep(manifest, in: target.repository)
        guard let tag = target.tag else { return }
        try await LayoutFolder(target.repository).changeIndex(clock) { index in
            let isRight = index.digests(of: tag) == [manifest.digest]
            return isRight ? nil : index.tagging(manifest, as: tag)
        }
        note([(manifest.digest, manifest.mediaType)], in: target.repository)
    }

    package func keep(
        _ manifest: Manifest, in repository: Repository
    ) async throws(PortFailure) -> Bool {
        let folder = LayoutFolder(repository)
        if try await !has(manifest.digest, size: manifest.bytes.count, in: folder) {
            try await folder.keep(ByteStream(manifest.bytes), as: manifest.digest)
        }
        kept.withLock { $0[Pin(repository: repository, digest: manifest.digest)] = manifest }
        return false
    }

    package func offer(
        _ content: Manifest.Descriptor, from source: Repository?, in repository: Repository
    ) async throws(PortFailure) -> Offer {
        let isThere = try await has(
            content.digest, size: content.size, in: LayoutFolder(repository))
        return isThere ? .there : .wanted(ticket: nil)
    }

    package func take(
        _ stream: ByteStream, as content: Manifest.Descriptor, by ticket: String?,
        in repository: Repository
    ) async throws(PortFailure) {
        try await LayoutFolder(repository).keep(stream, as: content.digest)
    }

    package func open(
        _ content: Manifest.Descriptor, in repository: Repository
    ) async throws(PortFailure) -> ByteStream {
        let folder = LayoutFolder(repository)
        guard let file = try folder.blob(content.digest) else {
            throw PortFailure(
                code: .missing, subject: "\(ImageReference(repository, content.digest))",
                detail: "the layout does not have it")
        }
        return ByteStream { () throws(PortFailure) in
            let piece = try folder.next(of: file)
            return piece.isEmpty ? nil : piece
        }
    }

    /// A blob that is there must have its digest, too: whatever wrote it may have been ended before
    /// it was done.
    private func has(
        _ digest: Digest, size: Int?, in folder: LayoutFolder
    ) async throws(PortFailure) -> Bool {
        guard let file = try folder.blob(digest) else { return false }
        var hash = ContentHash(digest.algorithm)
        var count = 0
        while true {
            let piece = try folder.next(of: file)
            if piece.isEmpty { break }
            hash.update(piece)
            count += piece.count
        }
        return hash.digest == digest && size.map { $0 == count } ?? true
    }

    /// Entries without a name whose manifests say that they are about this one: that is how some
    /// tools keep them. `nil` if there is none: others keep a list under the fallback tag.
    package func referrers(
        of digest: Digest, in repository: Repository
    ) async throws(PortFailure) -> [Manifest.Child]? {
        let folder = LayoutFolder(repository)
        guard let index = try folder.index() else { return nil }
        note(index.entries.map { ($0.digest, $0.mediaType) }, in: repository)
        var found: [Manifest.Child] = []
        for child in index.unnamed where child.descriptor.digest != digest {
            let manifest: Manifest
            do throws(PortFailure) {
                manifest = try await self.manifest(child.descriptor.digest, in: repository)
            } catch {
                guard error.code == .missing || error.code == .unsupported else { throw error }
                continue
            }
            if (try? manifest.subject()) == digest { found.append(child) }
        }
        return found.isEmpty ? nil : found
    }
}
