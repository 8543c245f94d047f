package import PawlCore
package import PawlPorts

/// What every `Registry` must answer about a few images, which each subject publishes with its own
/// digests before it is asked.
package struct RegistryContract: Sendable {
    /// An image to publish.
    package struct Image: Hashable, Sendable {
        /// The tag to publish it under.
        package let tag: String
        /// What all of its platforms together say.
        package let revision: Revision
        /// What its first platform says.
        package let first: Revision
    }

    /// Two commits that the images are built from.
    package static let older = "a6c8893ea0dd4b6b1cf1a6d2b3a5f0b0a1a2a3a4"
    /// The other one.
    package static let newer = "b7d9904fb1ee5c7c2da2b7e3c4b6a1c1b2b3b4b5"

    /// The images to publish. An annotation wins over labels; platforms may disagree.
    package static let images = [
        Image(tag: "index-labels", revision: .says(older), first: .says(older)),
        Image(tag: "index-annotation", revision: .says(newer), first: .says(newer)),
        Image(tag: "index-split", revision: .disagrees([older, newer]), first: .says(older)),
        Image(tag: "single-label", revision: .says(older), first: .says(older)),
        Image(tag: "single-annotation", revision: .says(newer), first: .says(newer)),
        Image(tag: "unlabelled", revision: .unlabelled, first: .unlabelled),
    ]
    /// The label that names an image's commit.
    package static let label = "org.opencontainers.image.revision"

    let registry: any Registry
    let repository: Repository
    /// Another repository that images are copied to; whatever is in it, it has no tag `copied`.
    let elsewhere: Repository?
    let digests: [String: Digest]

    /// A subject that has published `images` in a repository, with the digest of each tag.
    package init(
        _ registry: any Registry, repository: Repository, elsewhere: Repository? = nil,
        digests: [String: Digest]
    ) {
        self.registry = registry
        self.repository = repository
        self.elsewhere = elsewhere
        self.digests = digests
    }

    /// Every answer that is not the one expected, as a sentence; empty if the subject keeps the
    /// contract. It moves the tag `moving`, which nothing else may use.
    package func breaches() async -> [String] {
        guard digests.count == Self.images.count else { return ["the subject lacks images"] }
        return await readingBreaches() + absenceBreaches() + writingBreaches() + copyingBreaches()
    }

    private func readingBreaches() async -> [String] {
        var breaches: [String] = []
        for image in Self.images {
            guard let expected = digests[image.tag] else { continue }
            breaches += await difference(of: image.tag, from: "\(expected)")
            for (platforms, revision) in [
                (Platforms.every, image.revision), (.first, image.first),
            ] {
                let said = await told { () throws(PortFailure) in
                    "\(try await self.revision(of: expected, platforms))"
                }
                guard said != "\(revision)" else { continue }
                breaches.append("\(image.tag), \(platforms) platform: \(said), not \(revision)")
            }
        }
        return breaches
    }

    private func absenceBreaches() async -> [String] {
        var breaches = await difference(of: "not-there", from: "nil")
        let elsewhere = try? Repository("\(repository)-not-there")
        guard let elsewhere, let tag = try? Tag("not-there") else {
            return breaches + ["the contract's own names are none"]
        }
        let answer = await told { () throws(PortFailure) in
            "\(described(try await registry.digest(of: ImageReference(elsewhere, tag))))"
        }
        if answer != "nil" { breaches.append("a tag of a repository that is not there: \(answer)") }
        return breaches
    }

    private func writingBreaches() async -> [String] {
        var breaches: [String] = []
        let granted = await told { () throws(PortFailure) in
            try await registry.preparePush(to: [repository])
            return "granted"
        }
        if granted != "granted" { breaches.append("the right to push: \(granted)") }
        for tag in ["index-labels", "single-label", "single-label", "index-annotation"] {
            guard let digest = digests[tag] else { continue }
            let put = await told { () throws(PortFailure) in
                try await registry.put(digest, from: repository, at: try image("moving"))
                return "put"
            }
            if put != "put" { breaches.append("\(tag) put: \(put)") }
            breaches += await difference(of: "moving", from: "\(digest)")
            breaches += await difference(of: tag, from: "\(digest)")
        }
        if let unknown = try? Digest("sha256:" + String(repeating: "0", count: 64)) {
            let put = await told { () throws(PortFailure) in
                try await registry.put(unknown, from: repository, at: try image("moving"))
                return "put"
            }
            if put == "put" { breaches.append("a manifest that is not there was put") }
            breaches += await difference(
                of: "moving", from: digests["index-annotation"]?.description ?? "nil")
        }
        return breaches
    }

    /// What HEAD and GET say of a tag, where it is not what is expected.
    private func difference(of tag: String, from expected: String) async -> [String] {
        let digest = await told { () throws(PortFailure) in
            described(try await registry.digest(of: try image(tag)))
        }
        let pinned = await told { () throws(PortFailure) in
            described(try await registry.pin(try image(tag)))
        }
        return [("digest", digest), ("pin", pinned)].filter { $0.1 != expected }.map {
            "\($0.0) of \(tag): \($0.1), not \(expected)"
        }
    }

    private func revision(
        of digest: Digest, _ platforms: Platforms
    ) async throws(PortFailure) -> Revision {
        try await registry.revision(
            of: digest, in: repository, label: Self.label, platforms: platforms)
    }

    func image(_ tag: String) throws(PortFailure) -> ImageReference {
        do throws(ImageReference.Malformed) {
            return ImageReference(repository, try Tag(tag))
        } catch {
            throw PortFailure(code: .garbled, subject: tag, detail: "no tag")
        }
    }

    func described(_ digest: Digest?) -> String { digest?.description ?? "nil" }

    /// The answer in words, or the failure's code and detail.
    func told(_ ask: () async throws(PortFailure) -> String) async -> String {
        do throws(PortFailure) {
            return try await ask()
        } catch {
            return "\(error.code.rawValue): \(error.detail)"
        }
    }
}
