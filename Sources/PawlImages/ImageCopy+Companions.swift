import PawlCore
import PawlPorts

// What is about an image and goes with it: referrers (distribution-spec, "Listing Referrers"),
// where a registry lists them or under the fallback tag, and the tags that cosign makes.

extension ImageCopy {
    /// Own choice: signatures, attestations and the like of one image with its platforms.
    private static let companionsMax = 256
    /// cosign, "Signature Spec": `sha256-<hex>.sig`, and beside it.
    private static let suffixes = ["sig", "att", "sbom"]

    /// Something about an image.
    struct Companion: Sendable {
        enum Place: Sendable {
            /// In the list of what is about that manifest, with this entry.
            case list(of: Digest, entry: JSON)
            /// Under a tag.
            case tag(Tag)
        }

        let tree: Tree
        let place: Place
    }

    /// Everything that the source has about the image or one of its platforms, and about those
    /// things in turn.
    func companions(of image: Tree) async throws(PortFailure) -> [Companion] {
        var seen: Set<Digest> = []
        let subjects = image.everything.filter(\.isSubject).map(\.manifest.digest).filter {
            seen.insert($0).inserted
        }
        guard let first = subjects.first else { return [] }
        // The first question shows whether the source keeps lists at all.
        var found = try await listed(about: first)
        found += try await all(Array(subjects.dropFirst()), atOnce: Self.questionsAtOnce) {
            subject throws(PortFailure) in try await listed(about: subject)
        }.flatMap { $0 }
        found += try await all(subjects, atOnce: Self.questionsAtOnce) {
            subject throws(PortFailure) in try await tagged(about: subject)
        }.flatMap { $0 }

        var companions = found
        while !found.isEmpty {
            guard companions.count <= Self.companionsMax else {
                throw PortFailure(
                    code: .unsupported, subject: "\(ImageReference(from, first))",
                    detail: "more than \(Self.companionsMax) signatures and attestations are "
                        + "about it")
            }
            let next = found.map(\.tree.manifest.digest).filter { seen.insert($0).inserted }
            found = try await all(next, atOnce: Self.questionsAtOnce) {
                subject throws(PortFailure) in try await listed(about: subject)
            }.flatMap { $0 }
            companions += found
        }
        return companions
    }

    /// What a list of the source names: its own, else the one under the fallback tag.
    private func listed(about subject: Digest) async throws(PortFailure) -> [Companion] {
        let entries: [Manifest.Child]
        if let own = try await source.referrers(of: subject, in: from) {
            entries = own
        } else {
            entries = try await Self.fallbackList(about: subject, in: from, of: source)
        }
        return try await all(entries, atOnce: Self.questionsAtOnce) { entry throws(PortFailure) in
            try await carriedTree(entry.descriptor.digest).map {
                Companion(tree: $0, place: .list(of: subject, entry: entry.entry))
            }
        }.compactMap { $0 }
    }

    /// The entries of the index under the fallback tag; none if there is no such tag.
    private static func fallbackList(
        about subject: Digest, in repository: Repository, of store: any ImageStore
    ) async throws(PortFailure) -> [Manifest.Child] {
        guard let tag = fallbackTag(of: subject) else { return [] }
        let image = ImageReference(repository, tag)
        guard let digest = try await store.digest(of: image) else { return [] }
        guard case .index(let entries) = try await store.manifest(digest, in: repository).kind
        else {
            throw PortFailure(
                code: .garbled, subject: "\(image)",
                detail: "it should be the list of what is about \(subject.short), and is no index")
        }
        return entries
    }

    /// `sha256-<hex>`, at most 64 digits.
    private static func fallbackTag(of subject: Digest) -> Tag? {
        try? Tag("\(subject.algorithm.rawValue)-\(subject.hex.prefix(64))")
    }

    private func tagged(about subject: Digest) async throws(PortFailure) -> [Companion] {
        guard subject.algorithm == .sha256 else { return [] }
        return try await all(Self.suffixes) { suffix throws(PortFailure) in
            guard let tag = try? Tag("sha256-\(subject.hex).\(suffix)"),
                let digest = try await source.digest(of: ImageReference(from, tag))
            else { return nil }
            return try await carriedTree(digest).map { Companion(tree: $0, place: .tag(tag)) }
        }.compactMap { $0 }
    }

    /// A list may name what was deleted since, and things of types that no image has: the image is
    /// whole without them.
    private func carriedTree(_ digest: Digest) async throws(PortFailure) -> Tree? {
        do throws(PortFailure) {
            let tree = try await tree(digest, isSubject: false, depth: 0)
            observer.tell(.carried(to, digest))
            return tree
        } catch {
            guard error.code == .missing || error.code == .unsupported else { throw error }
            observer.tell(.notCarried(to, digest, error.detail))
            return nil
        }
    }

    /// Puts them where they are found at the target.
    func carry(_ companions: [Companion]) async throws(PortFailure) {
        let unlisted = try await all(companions, atOnce: Self.questionsAtOnce) {
            companion throws(PortFailure) -> (subject: Digest, entry: JSON)? in
            switch companion.place {
            case .tag(let tag):
                try await put(companion.tree, under: tag)
                return nil
            case .list(let subject, let entry):
                return try await keepAll(companion.tree) ? nil : (subject, entry)
            }
        }.compactMap { $0 }
        var lists: [(subject: Digest, entries: [JSON])] = []
        for (subject, entry) in unlisted {
            if let index = lists.firstIndex(where: { $0.subject == subject }) {
                lists[index].entries.append(entry)
            } else {
                lists.append((subject, [entry]))
            }
        }
        _ = try await all(lists, atOnce: Self.questionsAtOnce) { list throws(PortFailure) in
            try await add(list.entries, about: list.subject)
        }
    }

    /// The target may have signatures of its own under the tag: a tag that has all of the source's
    /// stays, and one that has others too is not taken away.
    private func put(_ tree: Tree, under tag: Tag) async throws(PortFailure) {
        let image = ImageReference(to.repository, tag)
        let there = try await target.digest(of: image)
        guard there != tree.manifest.digest else { return }
        if let there {
            let theirs = try await target.manifest(there, in: to.repository)
            let ours = Set(try read(tree.manifest, Self.layerDigests))
            let others = Set(try read(theirs, Self.layerDigests))
            guard others.isSubset(of: ours) else {
                if !ours.isSubset(of: others) {
                    observer.tell(
                        .notCarried(
                            to, tree.manifest.digest,
                            "\(image) has others, which are not at the source"))
                }
                return
            }
        }
        for row in bottomUp(tree.children) { try await keep(row) }
        try await target.put(tree.manifest, at: image)
    }

    private static func layerDigests(
        _ manifest: Manifest
    ) throws(Manifest.Malformed) -> [Digest] {
        try manifest.layers().map(\.digest)
    }

    /// Adds to the list under the fallback tag what it does not name yet.
    private func add(_ entries: [JSON], about subject: Digest) async throws(PortFailure) {
        guard let tag = Self.fallbackTag(of: subject) else { return }
        let there = try await Self.fallbackList(
            about: subject, in: to.repository, of: target)
        var list = there.map(\.entry)
        var known = Set(there.map { "\($0.descriptor.digest)" })
        for entry in entries {
            guard let digest = (try? entry.member("digest"))??.string,
                known.insert(digest).inserted
            else { continue }
            list.append(entry)
        }
        guard list.count > there.count else { return }
        try await target.put(try index(of: list), at: ImageReference(to.repository, tag))
    }

    private func index(of entries: [JSON]) throws(PortFailure) -> Manifest {
        let type = MediaTypes.indexes[0]
        let bytes = JSON.object([
            JSON.Member("schemaVersion", .number("2")),
            JSON.Member("mediaType", .string(type)),
            JSON.Member("manifests", .array(entries)),
        ]).bytes
        do {
            guard let digest = Digest.of(bytes) else {
                throw Manifest.Malformed(detail: "the list has no digest")
            }
            return try Manifest(bytes, digest: digest, contentType: type)
        } catch {
            throw PortFailure(
                code: .unsupported, subject: "\(to)",
                detail: "the list of what is about it cannot be made")
        }
    }
}
