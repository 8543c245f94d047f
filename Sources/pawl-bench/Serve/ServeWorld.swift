import PawlCore
import PawlLoopback
import PawlTesting

/// What a server looks at: a registry and a GitHub in this process, and channels as many as wished.
struct ServeWorld: Sendable {
    let registry: LoopbackRegistry
    let github: GitHubDouble
    let api: String
    let folder: String

    static let repository = "acme/app"
    /// Oldest first.
    static let commits = (0..<120).map { CommitID.named("commit \($0)") }

    static func run(_ body: @Sendable (ServeWorld) async throws -> Void) async throws {
        try await DistributionServer.withFolder { folder in
            let github = GitHubDouble(repository, token: Rig.hostToken)
            let registry = try await LoopbackRegistry.start(.open)
            let server = try await github.start()
            let world = ServeWorld(
                registry: registry, github: github, api: server.url, folder: folder)
            world.prepare()
            try await body(world)
            await server.stop()
            await registry.stop()
        }
    }

    private func prepare() {
        for (index, commit) in Self.commits.enumerated() {
            github.commit(commit.hex, parents: index > 0 ? [Self.commits[index - 1].hex] : [])
        }
        for workflow in ["build.yml", "e2e.yml", "lint.yml"] { github.workflow(workflow) }
        github.branch("main", at: Self.commits[0].hex)
        prove(Self.commits[0])
    }

    /// A policy whose channels differ in their images alone, all live at the oldest commit.
    func policy(channels count: Int) -> String {
        var lines = [
            "version: 1", "repository: \(Self.repository)", "branch: main", "channels:",
        ]
        for number in 0..<count {
            let image = "acme/\(number)"
            publish(Self.commits[0], in: image, andAs: "latest")
            lines += [
                "  c\(number):", "    images: [\(registry.host)/\(image)]",
                "    to: latest", "    from: \"staging-{short_sha}\"",
                "    build: build.yml", "    gates: [{workflow: e2e.yml}]",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    func start(_ pawl: String, channels: Int) async throws -> ServedProgram {
        try await ServedProgram.start(
            pawl, in: folder, policy: policy(channels: channels),
            environment: [
                "HOME": folder, "PATH": "/usr/bin:/bin", "GITHUB_API_URL": api,
                "GITHUB_TOKEN": Rig.hostToken, "PAWL_WEBHOOK_SECRETS": SignedWebhook.secret,
            ])
    }

    /// Events as GitHub sends them about runs that no channel waits for.
    func webhooks(isForged: Bool = false) -> [SignedWebhook] {
        Self.commits.prefix(64).map { commit in
            let run = github.run("lint.yml", at: commit.hex)
            return SignedWebhook(
                SignedWebhook.lengthened(github.event(for: run)), isForged: isForged)
        }
    }

    /// Moves the tip to a commit, publishes its image for the first channel, and gives the event of
    /// the run that proves it.
    @discardableResult
    func prove(_ commit: CommitID) -> [UInt8] {
        github.branch("main", at: commit.hex)
        publish(commit, in: "acme/0")
        github.run("build.yml", at: commit.hex)
        return github.event(for: github.run("e2e.yml", at: commit.hex))
    }

    private func publish(_ commit: CommitID, in image: String, andAs tag: String? = nil) {
        let built = RegistryImageBuilder.index(of: commit.hex).build()
        registry.store.add(built, to: image, tag: "staging-\(commit.hex.prefix(7))")
        if let tag { registry.store.tag(built.digest, as: tag, in: image) }
    }

    /// Whether the first channel's tag is where it should be.
    func isLive(_ commit: CommitID) -> Bool {
        let live = registry.store.digest(of: "latest", in: "acme/0")
        return live != nil
            && live == registry.store.digest(of: "staging-\(commit.hex.prefix(7))", in: "acme/0")
    }
}
