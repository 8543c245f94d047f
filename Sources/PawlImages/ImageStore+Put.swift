package import PawlCore
import PawlPorts

extension ImageStore {
    /// Moves a tag to a pinned manifest; one of another repository is copied first, with all that
    /// belongs to it.
    package func put(
        _ digest: Digest, from source: Repository, at target: ImageReference
    ) async throws(PortFailure) {
        guard target.tag != nil, target.digest == nil else {
            throw PortFailure(
                code: .unsupported, subject: "\(target)", detail: "it is not a tag alone")
        }
        if source == target.repository {
            try await put(try await manifest(digest, in: source), at: target)
        } else {
            try await ImageCopy(
                from: source, of: self, to: target, of: self, clock: clock,
                observer: copyObserver
            ).run(digest)
        }
    }
}
