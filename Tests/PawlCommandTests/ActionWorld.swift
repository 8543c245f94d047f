import FoundationEssentials
import PawlCore
import PawlLoopback

/// What a promotion job finds: a registry with two images for each commit, a repository with its
/// runs at GitHub, the example's policy, and the folder and variables that a runner gives a step.
struct ActionWorld: Sendable {
    static let images = ["acme/platform", "acme/platform-tenant"]
    static let build = "publish-platform-image.yml"
    static let gate = "e2e-staging-saas.yml"
    static let token = "ghs_aSecretThatNobodyMaySee"
    /// Commits of `main`, oldest first; the last one is its tip.
    static let commits = (1...4).map { String(repeating: "\($0)a", count: 20) }

    let registry: LoopbackRegistry
    let github: GitHubDouble
    let api: String
    let folder: ActionFolder

    /// A world in which the first commit is live and nothing else was built.
    static func with<Value>(
        authentication: LoopbackRegistry.Authentication = .open,
        _ work: (ActionWorld) async throws -> Value
    ) async throws -> Value {
        let registry = try await LoopbackRegistry.start(authentication)
        let github = GitHubDouble("acme/platform", token: token)
        let server = try await github.start()
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(
                try await ActionFolder.with { folder in
                    let world = ActionWorld(
                        registry: registry, github: github, api: server.url, folder: folder)
                    try world.prepare()
                    return try await work(world)
                })
        } catch {
            outcome = .failure(error)
        }
        await server.stop()
        await registry.stop()
        return try outcome.get()
    }

    private func prepare() throws {
        for (index, sha) in Self.commits.enumerated() {
            github.commit(sha, parents: index > 0 ? [Self.commits[index - 1]] : [])
        }
        github.branch("main", at: Self.commits.last)
        github.workflow(Self.build, name: "publish-platform-image")
        github.workflow(Self.gate, name: "E2E Staging SaaS")
        publish(Self.commits[0])
        makeLive(Self.commits[0])
        try folder.write(try policy(), to: "pawl.yaml")
    }

    /// The published example, for this world's registry.
    func policy() throws -> String {
        try ActionSources.text(of: "examples/pawl.yaml")
            .replacing("ghcr.io/", with: "\(registry.host)/")
    }

    // MARK: What happened before the step

    /// Puts both images of a commit into the registry; gives their digests.
    @discardableResult
    func publish(_ sha: String, labelled label: String? = nil) -> [Digest] {
        Self.images.map { image in
            var builder = RegistryImageBuilder.index(of: label ?? sha)
            builder.seed = "\(image) \(sha)"
            return registry.store.add(builder.build(), to: image, tag: source(sha))
        }
    }

    /// A commit whose images are there and whose build succeeded; gives the build's run.
    @discardableResult
    func built(_ sha: String) -> GitHubRun {
        publish(sha)
        return github.run(Self.build, at: sha)
    }

    /// Moves `:latest` of both images by hand.
    func makeLive(_ sha: String) {
        for image in Self.images {
            guard let digest = registry.store.digest(of: source(sha), in: image) else { continue }
            registry.store.tag(digest, as: "latest", in: image)
        }
    }

    func source(_ sha: String) -> String { "staging-\(sha.prefix(7))" }

    /// Which commit each image's `:latest` is at, by the digest of its source tag.
    var live: [String?] {
        Self.images.map { image in
            let latest = registry.store.digest(of: "latest", in: image)
            return Self.commits.first {
                latest != nil && registry.store.digest(of: source($0), in: image) == latest
            }
        }
    }

    /// What `live` is when both images are at one commit.
    static func both(at sha: String) -> [String?] { images.map { _ in sha } }

    /// Every write that the registry was asked for.
    var writes: Int { ["PUT", "POST", "PATCH", "DELETE"].map { registry.count($0) }.reduce(0, +) }

    // MARK: The step

    /// What the runner sets for a step, with the event's payload in a file. `GITHUB_SHA` is the
    /// tip, as it is under `workflow_run`.
    func variables(_ event: String, _ payload: [UInt8]) throws -> [String: String] {
        [
            "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "mona",
            "GITHUB_API_URL": api, "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": try folder.write(payload, to: "event.json"),
            "GITHUB_OUTPUT": try folder.write("", to: "output"),
            "GITHUB_REF": "refs/heads/main", "GITHUB_REPOSITORY": "acme/platform",
            "GITHUB_RUN_ID": "77", "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_SHA": Self.commits.last ?? "",
            "GITHUB_STEP_SUMMARY": try folder.write("", to: "summary"),
            "GITHUB_TOKEN": Self.token, "GITHUB_WORKSPACE": folder.path, "HOME": folder.path,
        ]
    }

    /// One step of `pawl action`. A variable that is changed to `nil` is not set.
    func step(
        _ event: String, _ payload: [UInt8], _ changes: [String: String?] = [:],
        arguments: [String] = []
    ) async throws -> ActionStep {
        var variables = try variables(event, payload)
        for (name, value) in changes { variables[name] = value }
        let ran = try await Binary.pawl.run(
            ["action"] + arguments, environment: variables, in: folder.path)
        return ActionStep(
            ran: ran, outputText: (try? folder.text(of: "output")) ?? "",
            summary: (try? folder.text(of: "summary")) ?? "")
    }

    /// A step after the completion of a run.
    func step(
        after run: GitHubRun, _ changes: [String: String?] = [:]
    ) async throws -> ActionStep {
        try await step("workflow_run", github.event(for: run), changes)
    }

    /// A step that a person dispatched.
    func step(
        dispatched inputs: [(String, String)], _ changes: [String: String?] = [:]
    ) async throws -> ActionStep {
        try await step("workflow_dispatch", github.dispatchEvent(inputs: inputs), changes)
    }
}
