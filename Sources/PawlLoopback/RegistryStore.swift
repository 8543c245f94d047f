package import PawlCore
import Synchronization

/// What a registry keeps: manifests, blobs and tags, by repository path.
package final class RegistryStore: Sendable {
    /// A manifest with the type that it was put as.
    package struct Kept: Sendable {
        /// What it is served as.
        package let mediaType: String
        /// To the byte.
        package let bytes: [UInt8]
    }

    private struct Content: Sendable {
        var manifests: [Digest: Kept] = [:]
        var blobs: [Digest: [UInt8]] = [:]
        var tags: [String: Digest] = [:]
        var before: [String: Digest] = [:]
    }

    /// What registries differ in.
    package struct Habits: Sendable {
        /// Whether a blob is taken from another repository; else the answer is an upload.
        package var mounts = true
        /// Whether there are lists of referrers (distribution-spec, "Listing Referrers").
        package var listsReferrers = false
        /// Whether a manifest is refused that names what is not there.
        package var checksParts = true
    }

    private let repositories = Mutex<[String: Content]>([:])
    private let kept = Mutex(Habits())

    /// What it does where registries differ.
    package var habits: Habits {
        get { kept.withLock { $0 } }
        set { kept.withLock { $0 = newValue } }
    }

    /// An empty registry.
    package init() {}

    /// Puts an image under a tag, with all that it needs.
    @discardableResult
    package func add(_ image: RegistryImage, to path: String, tag: String) -> Digest {
        for blob in image.blobs { add(blob: blob.bytes, to: path) }
        for manifest in image.manifests {
            add(manifest.bytes, mediaType: manifest.mediaType, to: path)
        }
        self.tag(image.digest, as: tag, in: path)
        return image.digest
    }

    /// Keeps any bytes as a manifest.
    @discardableResult
    package func add(_ bytes: [UInt8], mediaType: String, to path: String) -> Digest {
        let digest = sha256(bytes)
        repositories.withLock {
            $0[path, default: Content()].manifests[digest] = Kept(
                mediaType: mediaType, bytes: bytes)
        }
        return digest
    }

    /// Keeps any bytes as a blob.
    @discardableResult
    package func add(blob bytes: [UInt8], to path: String) -> Digest {
        let digest = sha256(bytes)
        repositories.withLock { $0[path, default: Content()].blobs[digest] = bytes }
        return digest
    }

    /// Moves a tag.
    package func tag(_ digest: Digest, as tag: String, in path: String) {
        repositories.withLock { repositories in
            let before = repositories[path]?.tags[tag]
            repositories[path, default: Content()].tags[tag] = digest
            repositories[path]?.before[tag] = before
        }
    }

    /// The digest that a tag has in truth.
    package func digest(of tag: String, in path: String) -> Digest? {
        repositories.withLock { $0[path]?.tags[tag] }
    }

    /// The digest that a tag had before it was moved the last time.
    package func digestBefore(_ tag: String, in path: String) -> Digest? {
        repositories.withLock { $0[path]?.before[tag] }
    }

    /// A manifest by its digest.
    package func manifest(_ digest: Digest, in path: String) -> Kept? {
        repositories.withLock { $0[path]?.manifests[digest] }
    }

    /// A blob by its digest.
    package func blob(_ digest: Digest, in path: String) -> [UInt8]? {
        repositories.withLock { $0[path]?.blobs[digest] }
    }

    /// Every manifest of a repository, in the order of their digests.
    package func manifests(in path: String) -> [(digest: Digest, kept: Kept)] {
        repositories.withLock { $0[path]?.manifests ?? [:] }
            .map { (digest: $0.key, kept: $0.value) }
            .sorted { $0.digest.hex < $1.digest.hex }
    }

    /// Whether anything was ever kept under that path.
    package func has(_ path: String) -> Bool { repositories.withLock { $0[path] != nil } }
}
