package import PawlCore
package import PawlPorts

extension ImageStore {
    /// The commit of a pinned image. An annotation of the index or manifest is authoritative; else
    /// the children are asked, all of them or the first, each for its annotation or its label.
    package func revision(
        of digest: Digest, in repository: Repository, label: String, platforms: Platforms
    ) async throws(PortFailure) -> Revision {
        let question = RevisionQuestion(
            store: self, repository: repository, label: label, platforms: platforms)
        let said = try await question.commits(of: digest, depth: 0)
        let named = said.compactMap { $0 }
        guard let first = named.first else { return .unlabelled }
        if said.allSatisfy({ $0 == first }) { return .says(first) }
        var different: [String] = []
        for commit in said.map({ $0 ?? "(no label)" }) where !different.contains(commit) {
            different.append(commit)
        }
        return .disagrees(different)
    }
}

/// One question for the commit of an image, on its way through the image's manifests.
private struct RevisionQuestion: Sendable {
    /// Own choice: an index within an index is rare; deeper ones are not seen outside of attacks.
    private static let depthMax = 2

    let store: any ImageStore
    let repository: Repository
    let label: String
    let platforms: Platforms

    /// What each platform says, `nil` for nothing.
    func commits(of digest: Digest, depth: Int) async throws(PortFailure) -> [String?] {
        let image = ImageReference(repository, digest)
        let manifest = try await store.manifest(digest, in: repository)
        do throws(Manifest.Malformed) {
            if let commit = try manifest.annotation(label) { return [commit] }
        } catch {
            throw store.unusable(error, "manifest", of: image)
        }
        switch manifest.kind {
        case .image(let config): return [try await said(by: config, of: image)]
        case .index(let children):
            let platforms = children.filter { !$0.isAttestation }
            guard depth < Self.depthMax, platforms.count <= Limits.indexPlatformsMax else {
                throw PortFailure(
                    code: .unsupported, subject: "\(image)",
                    detail: platforms.count > Limits.indexPlatformsMax
                        ? "the index lists \(platforms.count) platforms"
                        : "the index has indexes in its indexes")
            }
            let asked = self.platforms == .every ? platforms[...] : platforms.prefix(1)
            return try await commits(of: asked.map(\.descriptor.digest), depth: depth + 1)
        }
    }

    /// All children at once; their order is kept, and the first failure in it is the one told.
    private func commits(of digests: [Digest], depth: Int) async throws(PortFailure) -> [String?] {
        try await all(digests) { digest throws(PortFailure) in
            try await commits(of: digest, depth: depth)
        }.flatMap { $0 }
    }

    private func said(
        by config: Manifest.Descriptor, of image: ImageReference
    ) async throws(PortFailure) -> String? {
        guard config.mediaType != MediaTypes.empty else { return nil }
        let labels = try await store.labels(of: config, in: repository)
        do throws(Manifest.Malformed) {
            return try labels.label(label)
        } catch {
            throw store.unusable(error, "config", of: image)
        }
    }
}
