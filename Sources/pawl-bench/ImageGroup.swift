import PawlCore
import PawlLoopback

/// The images of one channel, in the registry: each with a source tag for the older and the newer
/// commit, and a target tag.
struct ImageGroup: Sendable {
    enum Shape: String, Sendable {
        /// An index of two platforms (and their attestations), the commit in each config's labels.
        case index
        /// The same, the commit in the index's annotation.
        case annotated
        /// One platform and no index, the commit in the config's labels.
        case single
    }

    let shape: Shape
    let count: Int

    private struct Member: Sendable {
        let path: String
        let older: RegistryImage
        let newer: RegistryImage
    }

    private let members: [Member]

    init(_ shape: Shape, _ count: Int) {
        self.shape = shape
        self.count = count
        members = (1...count).map { number in
            let path = "\(shape)-\(count)/image-\(number)"
            return Member(
                path: path, older: Self.image(shape, Rig.older, path),
                newer: Self.image(shape, Rig.newer, path))
        }
    }

    private static func image(_ shape: Shape, _ commit: CommitID, _ path: String) -> RegistryImage {
        var builder: RegistryImageBuilder =
            switch shape {
            case .index: .index(of: commit.hex)
            case .annotated: .annotatedIndex(of: commit.hex)
            case .single: .single(of: commit.hex)
            }
        builder.seed = "\(path) \(commit.short)"
        return builder.build()
    }

    /// `3 indexes`.
    var words: String {
        let one =
            switch shape {
            case .index: "index"
            case .annotated: "annotated index"
            case .single: "single-arch image"
            }
        return count == 1 ? "1 \(one)" : "\(count) \(one)" + (one.hasSuffix("x") ? "es" : "s")
    }

    /// Paths in the registry.
    var paths: [String] { members.map(\.path) }

    /// Puts all of it there.
    func push(to rig: Rig) async throws {
        let authorization = authorization(of: rig)
        try await each { member in
            for (image, tag) in [
                (member.newer, "staging-\(Rig.newer.short)"),
                (member.older, "staging-\(Rig.older.short)"), (member.older, "latest"),
            ] {
                try await rig.client.push(
                    image, to: rig.server.url, path: member.path, tag: tag,
                    authorization: authorization)
            }
        }
    }

    /// Moves every target tag back to the older commit, past the proxies.
    func moveBack(_ rig: Rig) async throws {
        let authorization = authorization(of: rig)
        try await each { member in
            let answer = try await rig.client.send(
                "PUT", address(member, rig),
                headers: [
                    ("Authorization", authorization), ("Content-Type", member.older.top.mediaType),
                ], body: member.older.top.bytes)
            guard answer.status == 201 else {
                throw Bench.Failed("moving \(member.path) back: \(answer.status)")
            }
        }
    }

    /// A run that did not move every tag measured nothing.
    func expectMoved(_ rig: Rig) async throws {
        let authorization = authorization(of: rig)
        try await each { member in
            let answer = try await rig.client.send(
                "GET", address(member, rig),
                headers: [
                    ("Authorization", authorization), ("Accept", member.newer.top.mediaType),
                ])
            guard answer.body == member.newer.top.bytes else {
                throw Bench.Failed("\(member.path):latest was not moved to the newer commit")
            }
        }
    }

    private func address(_ member: Member, _ rig: Rig) -> String {
        "\(rig.server.url)/v2/\(member.path)/manifests/latest"
    }

    private func authorization(of rig: Rig) -> String {
        let scopes = members.map { "repository:\($0.path):pull,push" }
        return "Bearer " + rig.authority.token(scopes, mayPush: true)
    }

    private func each(_ work: @escaping @Sendable (Member) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members { group.addTask { try await work(member) } }
            try await group.waitForAll()
        }
    }

    /// The policy that promotes it.
    func policy(registry: String, authHost: String) -> String {
        """
        version: 1
        repository: \(Rig.repository)
        branch: main
        channels:
          latest:
            images: [\(paths.map { "\"\(registry)/\($0)\"" }.joined(separator: ", "))]
            from: "staging-{short_sha}"
            build: publish-image.yml
            gates:
              - workflow: e2e.yml
        registries:
          \(registry): { auth: "\(authHost)" }

        """
    }
}
