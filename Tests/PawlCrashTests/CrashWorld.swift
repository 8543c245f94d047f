import FoundationEssentials
import PawlCore
import PawlLoopback
import Synchronization
import Testing

/// Where a run keeps its ledger.
enum LedgerKind: String, Hashable, Sendable, CaseIterable {
    case none
    case sqlite
    /// Through the code host's API.
    case gitHub = "git"
    /// Through the git command.
    case gitRemote = "git:remote"
}

/// One promotion job with everything around it, on this machine: Debian's registry, a code host, a
/// hook and a ledger, each reached through a proxy that stops at every step.
final class CrashWorld: Sendable {
    /// Commits of `main`, oldest first. The first is live, the others are ready to go.
    static let commits = (1...3).map { String(repeating: "\($0)c", count: 20) }
    private static let token = "ghs_aSecretThatNobodyMaySee"

    /// Asked at every step of every request of `pawl`; `false` drops it there.
    typealias Gate = @Sendable (StepProxy.Step, String) async -> Bool

    let kind: LedgerKind
    let folder: String
    private let upstream: DistributionServer
    private let images: [String]
    private let registry: StepProxy
    private let api: StepProxy
    private let servers: [LoopbackServer]
    private let gate: GateBox
    private let told: ToldBox
    private let client = LoopbackClient()

    private final class GateBox: Sendable {
        let gate = Mutex<Gate?>(nil)
    }

    /// What the hook heard: entry numbers.
    final class ToldBox: Sendable {
        let entries = Mutex<[Int]>([])
    }

    /// A world for the body; the registry may serve other worlds at the same time.
    static func with<Value: Sendable>(
        _ kind: LedgerKind, on upstream: DistributionServer, named name: String,
        _ body: @Sendable (CrashWorld) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "pawl-crash-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let world = try await CrashWorld(kind, upstream, folder: folder.path, name: name)
        let outcome: Result<Value, any Error>
        do {
            try await world.prepare()
            outcome = .success(try await body(world))
        } catch {
            outcome = .failure(error)
        }
        await world.stop()
        try? FileManager.default.removeItem(at: folder)
        return try outcome.get()
    }

    private init(
        _ kind: LedgerKind, _ upstream: DistributionServer, folder: String, name: String
    ) async throws {
        let gate = GateBox()
        let told = ToldBox()
        @Sendable func ask(_ step: StepProxy.Step, _ request: RecordedRequest) async -> Bool {
            guard let asked = gate.gate.withLock({ $0 }) else { return true }
            return await asked(step, request.line)
        }
        let github = Self.github()
        let host = try await github.start()
        let hook = try await LoopbackServer.start { request in
            guard await ask(.before, request) else {
                return CannedResponse(status: 503, ending: .dropsBeforeAnswer)
            }
            let entry = (try? JSONValue(parsing: request.body))?["number"]?.integer
            told.entries.withLock { $0.append(entry ?? -1) }
            return await ask(.after, request)
                ? CannedResponse(status: 204)
                : CannedResponse(status: 503, ending: .dropsBeforeAnswer)
        }
        registry = try await StepProxy.start(upstream: upstream.url, gate: ask)
        api = try await StepProxy.start(upstream: host.url, gate: ask)
        servers = [host, hook]
        self.kind = kind
        self.upstream = upstream
        self.folder = folder
        self.gate = gate
        self.told = told
        images = ["\(name)/app", "\(name)/worker"]
        try policy(hook: hook.url).write(
            toFile: "\(folder)/pawl.yaml", atomically: true, encoding: .utf8)
    }

    private static func github() -> GitHubDouble {
        let github = GitHubDouble("acme/app", token: token)
        for (index, sha) in commits.enumerated() {
            github.commit(sha, parents: index > 0 ? [commits[index - 1]] : [])
        }
        github.branch("main", at: commits.last)
        github.workflow("publish.yml", name: "publish")
        github.workflow("e2e.yml", name: "e2e")
        for sha in commits {
            github.run("publish.yml", at: sha)
            github.run("e2e.yml", at: sha)
        }
        return github
    }

    private func policy(hook: String) -> String {
        let ledger: String =
            switch kind {
            case .none: ""
            case .sqlite: "ledger: sqlite:\(folder)/pawl.db"
            case .gitHub: "ledger: git"
            case .gitRemote: "ledger: git:\(folder)/remote.git"
            }
        let after = "after: [{webhook: \"\(hook)/hook\"}]"
        return """
            version: 1
            repository: acme/app
            branch: main
            \(ledger)
            channels:
              latest:
                images: ["\(registry.host)/\(images[0])", "\(registry.host)/\(images[1])"]
                from: "staging-{short_sha}"
                build: publish.yml
                gates: [{workflow: e2e.yml}]
                \(kind == .none ? "" : after)

            """
    }

    private func prepare() async throws {
        for (place, image) in images.enumerated() {
            for (index, sha) in Self.commits.enumerated() {
                var builder =
                    place == 0
                    ? RegistryImageBuilder.index(of: sha) : RegistryImageBuilder.single(of: sha)
                builder.seed = "\(image) \(sha)"
                let built = builder.build()
                let tag = "staging-\(sha.prefix(7))"
                try await client.push(built, to: upstream.url, path: image, tag: tag)
                if index == 0 {
                    try await client.push(built, to: upstream.url, path: image, tag: "latest")
                }
            }
        }
        if kind == .gitRemote {
            let made = try await Victim().run(
                ["git", "init", "--quiet", "--bare", "\(folder)/remote.git"],
                environment: Self.path, in: folder)
            try #require(made.status == 0, "\(made)")
        }
    }

    private func stop() async {
        await registry.stop()
        await api.stop()
        for server in servers { await server.stop() }
        await client.shutdown()
    }

    /// From now on every step is asked about; `nil`: none.
    func setGate(_ new: Gate?) { gate.gate.withLock { $0 = new } }

    private static let path = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    ]

    /// Runs `pawl`; `prefix` is a program that runs it in turn, `folder` goes before PATH.
    func pawl(
        _ arguments: [String], by victim: Victim = Victim(), prefix: [String] = [],
        variables: [String: String] = [:]
    ) async throws -> Ran {
        var environment = [
            "GITHUB_API_URL": api.url, "GITHUB_TOKEN": Self.token, "USER": "ada", "HOME": folder,
        ]
        environment.merge(Self.path) { $1 }
        environment.merge(variables) { $1 }
        return try await victim.run(
            prefix + [Program.pawl] + arguments, environment: environment, in: folder)
    }

    /// Which commit each image's `latest` is at, by its digest.
    func live() async throws -> [String?] {
        var live: [String?] = []
        for image in images {
            let latest = try await digest(of: image, "latest")
            var found: String?
            for sha in Self.commits {
                let digest = try await digest(of: image, "staging-\(sha.prefix(7))")
                if latest != nil, digest == latest { found = sha }
            }
            live.append(found)
        }
        return live
    }

    private func digest(of image: String, _ tag: String) async throws -> String? {
        let answer = try await client.send(
            "HEAD", "\(upstream.url)/v2/\(image)/manifests/\(tag)",
            headers: [
                ("Accept", "application/vnd.oci.image.index.v1+json"),
                ("Accept", "application/vnd.oci.image.manifest.v1+json"),
            ])
        return answer.headers.first { $0.name.lowercased() == "docker-content-digest" }?.value
    }

    /// What the hook heard so far.
    var heard: [Int] { told.entries.withLock { $0 } }

    /// The ledger's entries as `pawl history` tells them, oldest first.
    func entries() async throws -> [JSONValue] {
        let ran = try await pawl(["history", "--limit", "1000", "--json"])
        try #require(ran.status == 0, "\(ran)")
        let json = try JSONValue(parsing: Array(ran.stdout.utf8))
        return (json["entries"]?.array ?? []).reversed()
    }
}
