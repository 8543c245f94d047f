package import PawlCore
package import PawlPorts

/// All places of a run behind one port: registries, and layouts in folders. An image goes from any
/// to any.
package struct ImageStores: Registry {
    private let registries: any ImageStore
    private let layouts: any ImageStore

    /// Both kinds of places.
    package init(registries: any ImageStore, layouts: any ImageStore) {
        self.registries = registries
        self.layouts = layouts
    }

    private func store(of repository: Repository) -> any ImageStore {
        repository.isLayout ? layouts : registries
    }

    package func digest(of image: ImageReference) async throws(PortFailure) -> Digest? {
        try await store(of: image.repository).digest(of: image)
    }

    package func pin(_ image: ImageReference) async throws(PortFailure) -> Digest? {
        try await store(of: image.repository).pin(image)
    }

    package func revision(
        of digest: Digest, in repository: Repository, label: String, platforms: Platforms
    ) async throws(PortFailure) -> Revision {
        try await store(of: repository).revision(
            of: digest, in: repository, label: label, platforms: platforms)
    }

    /// Rights in folders are looked at first: that costs no request.
    package func preparePush(to repositories: [Repository]) async throws(PortFailure) {
        let folders = repositories.filter(\.isLayout)
        if !folders.isEmpty { try await layouts.preparePush(to: folders) }
        let others = repositories.filter { !$0.isLayout }
        if !others.isEmpty { try await registries.preparePush(to: others) }
    }

    package func put(
        _ digest: Digest, from source: Repository, at target: ImageReference
    ) async throws(PortFailure) {
        guard source.isLayout != target.repository.isLayout else {
            return try await store(of: source).put(digest, from: source, at: target)
        }
        let store = store(of: target.repository)
        try await ImageCopy(
            from: source, of: self.store(of: source), to: target, of: store, clock: store.clock,
            observer: store.copyObserver
        ).run(digest)
    }
}
