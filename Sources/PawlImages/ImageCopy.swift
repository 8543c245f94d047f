package import PawlCore
package import PawlPorts

/// Copies an image whole, to the byte: what is missing of its content, children before parents,
/// what is known to be about it, and the tag last. Nothing is moved before everything is there.
package struct ImageCopy: Sendable {
    /// Own choice: manifests and questions for content at once.
    static let questionsAtOnce = 16
    /// Own choice: an index within an index is rare; deeper ones are not seen outside of attacks.
    private static let depthMax = 3

    let source: any ImageStore
    let target: any ImageStore
    let from: Repository
    let to: ImageReference
    let clock: Clock
    let observer: CopyObserver

    /// A copy of an image of `from` to the tag `to`.
    package init(
        from: Repository, of source: any ImageStore, to: ImageReference,
        of target: any ImageStore, clock: Clock, observer: CopyObserver
    ) {
        self.source = source
        self.target = target
        self.from = from
        self.to = to
        self.clock = clock
        self.observer = observer
    }

    /// A manifest with everything below it.
    struct Tree: Sendable {
        let manifest: Manifest
        let children: [Tree]
        /// Whether it is what others are about, rather than a statement about others.
        let isSubject: Bool

        /// This one and all below, parents before children.
        var everything: [Tree] { [self] + children.flatMap { $0.everything } }
    }

    /// All of it.
    package func run(_ digest: Digest) async throws(PortFailure) {
        observer.tell(.began(to))
        let image = try await tree(digest, isSubject: true, depth: 0)
        async let found = Result { () async throws(PortFailure) in
            try await self.companions(of: image)
        }
        try await content(of: [image])
        for row in bottomUp(image.children) { try await keep(row) }
        let companions = try await found.get()
        try await content(of: companions.map(\.tree))
        try await carry(companions)
        try await target.put(image.manifest, at: to)
        observer.tell(.ended(to))
    }

    /// Reads a manifest and everything below it.
    func tree(
        _ digest: Digest, isSubject: Bool, depth: Int
    ) async throws(PortFailure) -> Tree {
        let manifest = try await source.manifest(digest, in: from)
        guard case .index(let entries) = manifest.kind else {
            return Tree(manifest: manifest, children: [], isSubject: isSubject)
        }
        guard depth < Self.depthMax else {
            throw PortFailure(
                code: .unsupported, subject: "\(ImageReference(from, digest))",
                detail: "the index has indexes in its indexes")
        }
        let children = try await all(entries, atOnce: Self.questionsAtOnce) {
            entry throws(PortFailure) in
            try await tree(
                entry.descriptor.digest, isSubject: isSubject && !entry.isAttestation,
                depth: depth + 1)
        }
        return Tree(manifest: manifest, children: children, isSubject: isSubject)
    }

    /// Rows of manifests, each of which may be put when the one before it is there.
    func bottomUp(_ trees: [Tree]) -> [[Tree]] {
        guard !trees.isEmpty else { return [] }
        return bottomUp(trees.flatMap(\.children)) + [trees]
    }

    /// Puts all manifests of a row by their digests, each once.
    func keep(_ row: [Tree]) async throws(PortFailure) {
        _ = try await all(unique(row.map(\.manifest)), atOnce: Self.questionsAtOnce) {
            manifest throws(PortFailure) in
            try await target.keep(manifest, in: to.repository)
        }
    }

    /// Puts a whole tree by digest. Whether the target lists its top as a referrer by itself.
    func keepAll(_ tree: Tree) async throws(PortFailure) -> Bool {
        for row in bottomUp(tree.children) { try await keep(row) }
        return try await target.keep(tree.manifest, in: to.repository)
    }

    private func unique(_ manifests: [Manifest]) -> [Manifest] {
        var seen: Set<Digest> = []
        return manifests.filter { seen.insert($0.digest).inserted }
    }
}
