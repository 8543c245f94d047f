import FoundationEssentials
import PawlCore
import PawlLoopback

/// A registry, a repository at GitHub and a policy, for a server.
struct ServeWorld: Sendable {
    static let image = "acme/app"
    static let token = "ghs_aHostTokenNobodyMaySee"
    /// Commits of `main`, oldest first.
    static let commits = (1...4).map { String(repeating: "\($0)a", count: 20) }

    let registry: LoopbackRegistry
    let github: GitHubDouble
    let api: String
    let folder: Folder
    let client: LoopbackClient

    static func with<Value>(
        _ work: (ServeWorld) async throws -> Value
    ) async throws -> Value {
        let registry = try await LoopbackRegistry.start(.open)
        let github = GitHubDouble("acme/app", token: token)
        let server = try await github.start()
        let client = LoopbackClient()
        let outcome: Result<Value, any Error>
        do {
            let world = ServeWorld(
                registry: registry, github: github, api: server.url, folder: try Folder(),
                client: client)
            try world.prepare()
            outcome = .success(try await work(world))
        } catch {
            outcome = .failure(error)
        }
        await client.shutdown()
        await server.stop()
        await registry.stop()
        return try outcome.get()
    }

    private func prepare() throws {
        for (index, sha) in Self.commits.enumerated() {
            github.commit(sha, parents: index > 0 ? [Self.commits[index - 1]] : [])
        }
        github.branch("main", at: Self.commits[0])
        github.workflow("build.yml")
        github.workflow("e2e.yml")
        publish(Self.commits[0])
        if let digest = registry.store.digest(of: source(Self.commits[0]), in: Self.image) {
            registry.store.tag(digest, as: "latest", in: Self.image)
        }
        try folder.write(policy, to: "pawl.yaml")
    }

    var policy: String {
        """
        version: 1
        repository: acme/app
        branch: main
        channels:
          latest:
            images: [\(registry.host)/\(Self.image)]
            from: "staging-{short_sha}"
            build: build.yml
            gates: [{workflow: e2e.yml}]
        """
    }

    func source(_ sha: String) -> String { "staging-\(sha.prefix(7))" }

    func publish(_ sha: String) {
        var builder = RegistryImageBuilder.index(of: sha)
        builder.seed = sha
        registry.store.add(builder.build(), to: Self.image, tag: source(sha))
    }

    /// A commit at the tip that is built and proved; gives its last run.
    func proved(_ sha: String) -> GitHubRun {
        github.branch("main", at: sha)
        publish(sha)
        github.run("build.yml", at: sha)
        return github.run("e2e.yml", at: sha)
    }

    /// The commit that `:latest` is at.
    var live: String? {
        let latest = registry.store.digest(of: "latest", in: Self.image)
        return Self.commits.first {
            latest != nil && registry.store.digest(of: source($0), in: Self.image) == latest
        }
    }

    func serve(
        _ changes: [String: String] = [:], files: [String]? = nil, options: [String] = []
    ) async throws -> ServeProcess {
        try await ServeProcess.start(
            in: folder, environment: environment.merging(changes) { $1 }, files: files,
            options: options)
    }

    func command(
        _ arguments: [String], _ changes: [String: String] = [:]
    ) async throws -> (status: Int32, text: String) {
        try await ServeProcess.command(
            arguments, in: folder, environment: environment.merging(changes) { $1 })
    }

    private var environment: [String: String] {
        ["GITHUB_API_URL": api, "GITHUB_TOKEN": Self.token]
    }
}
