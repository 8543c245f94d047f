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
    private static let images = ["app", "worker"]

    let kind: LedgerKind
    let folder: String
    /// Where a ledger is that is a file or a repository.
    let ledgerFolder: String
    /// The code host behind the proxies.
    let gitHub: GitHubDouble
    /// Ways to everything, one for each run that is to be told from others.
    let doors: [Door]
    private let upstream: DistributionServer
    /// The channel's tag: worlds share the images of their registry.
    private let tag: String
    private let registry: StepProxy
    private let api: StepProxy
    private let servers: [LoopbackServer]
    private let told: ToldBox
    private let client = LoopbackClient()

    /// What the hook heard: entry numbers.
    final class ToldBox: Sendable {
        let entries = Mutex<[Int]>([])
    }

    /// A tag that no other world has.
    static func newName() -> String { "t\(UUID().uuidString.prefix(13).lowercased())" }

    /// A registry for some worlds, with the images of every commit in it.
    static func withRegistry(
        _ body: @escaping @Sendable (DistributionServer) async throws -> Void
    ) async throws {
        try await DistributionServer.withFolder { folder in
            try await DistributionServer.run(in: folder) { server in
                let client = LoopbackClient()
                do {
                    for (place, image) in images.enumerated() {
                        for sha in commits {
                            var builder =
                                place == 0
                                ? RegistryImageBuilder.index(of: sha)
                                : RegistryImageBuilder.single(of: sha)
                            builder.seed = "\(image) \(sha)"
                            try await client.push(
                                builder.build(), to: server.url, path: "acme/\(image)",
                                tag: "staging-\(sha.prefix(7))")
                        }
                    }
                } catch {
                    await client.shutdown()
                    throw error
                }
                await client.shutdown()
                try await body(server)
            }
        }
    }

    /// A world for the body; the registry may serve other worlds at the same time.
    static func with<Value: Sendable>(
        _ kind: LedgerKind, on upstream: DistributionServer, named name: String = newName(),
        doors: Int = 1,
        ledgerFolder: String? = nil, _ body: @Sendable (CrashWorld) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "pawl-crash-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let world = try await CrashWorld(
            kind, upstream, folder: folder.path, tag: name, doorCount: doors,
            ledgerFolder: ledgerFolder)
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
        _ kind: LedgerKind, _ upstream: DistributionServer, folder: String, tag: String,
        doorCount: Int, ledgerFolder: String?
    ) async throws {
        let told = ToldBox()
        gitHub = Self.gitHub()
        let host = try await gitHub.start()
        var doors: [Door] = []
        for number in 0..<doorCount {
            doors.append(
                try await Door.open(
                    number, folder: "\(folder)/door-\(number)",
                    gatesGit: kind == .gitRemote && doorCount > 1))
        }
        let ways = doors
        let ask: StepProxy.Gate = { step, request in
            guard let door = ways.first(where: { $0.isWay(of: request) }) else { return false }
            return await door.ask(step, request.line)
        }
        registry = try await StepProxy.start(
            upstream: upstream.url, asksForName: true, gate: ask)
        api = try await StepProxy.start(upstream: host.url, gate: ask)
        let hook = try await LoopbackServer.start { request in
            let dropped = CannedResponse(status: 503, ending: .dropsBeforeAnswer)
            let number = request.target.split(separator: "/").last.flatMap { Int($0) }
            guard let number, ways.indices.contains(number) else { return dropped }
            guard await ways[number].ask(.before, request.line) else { return dropped }
            let entry = (try? JSONValue(parsing: request.body))?["number"]?.integer
            told.entries.withLock { $0.append(entry ?? -1) }
            return await ways[number].ask(.after, request.line)
                ? CannedResponse(status: 204) : dropped
        }
        servers = [host, hook]
        self.doors = doors
        self.kind = kind
        self.upstream = upstream
        self.folder = folder
        self.ledgerFolder = ledgerFolder ?? folder
        self.told = told
        self.tag = tag
        for door in doors {
            try door.signIn(to: registry.host)
            try policy(hook: "\(hook.url)/hook/\(door.number)", self.ledgerFolder).write(
                toFile: "\(folder)/pawl-\(door.number).yaml", atomically: true, encoding: .utf8)
        }
    }

    private static func gitHub() -> GitHubDouble {
        let gitHub = GitHubDouble("acme/app")
        for (index, sha) in commits.enumerated() {
            gitHub.commit(sha, parents: index > 0 ? [commits[index - 1]] : [])
        }
        gitHub.branch("main", at: commits.last)
        gitHub.workflow("publish.yml", name: "publish")
        gitHub.workflow("e2e.yml", name: "e2e")
        for sha in commits {
            gitHub.run("publish.yml", at: sha)
            gitHub.run("e2e.yml", at: sha)
        }
        return gitHub
    }

    private func policy(hook: String, _ folder: String) -> String {
        let ledger: String =
            switch kind {
            case .none: ""
            case .sqlite: "ledger: sqlite:\(folder)/pawl.db"
            case .gitHub: "ledger: git"
            case .gitRemote: "ledger: git:\(folder)/remote.git"
            }
        let targets = Self.images.map { "\"\(registry.host)/acme/\($0)\"" }
        let after = "after: [{webhook: \"\(hook)\"}]"
        return """
            version: 1
            repository: acme/app
            branch: main
            \(ledger)
            channels:
              latest:
                images: [\(targets.joined(separator: ", "))]
                from: "staging-{short_sha}"
                to: "\(tag)"
                build: publish.yml
                gates: [{workflow: e2e.yml}]
                \(kind == .none ? "" : after)

            """
    }

    private func prepare() async throws {
        try await makeLive(Self.commits[0])
        if kind == .gitRemote {
            try await sh("git init --quiet --bare \(ledgerFolder)/remote.git")
        }
    }

    /// Does something to the world that must succeed; its output.
    @discardableResult
    func sh(_ script: String) async throws -> String {
        let ran = try await Victim().run(["sh", "-c", script], environment: Self.path, in: folder)
        try #require(ran.status == 0, "\(script): \(ran)")
        return ran.stdout
    }

    /// Puts the tags there, without a ledger's knowing.
    func makeLive(_ sha: String) async throws {
        for image in Self.images {
            let manifests = "\(upstream.url)/v2/acme/\(image)/manifests"
            let source = try await client.send(
                "GET", "\(manifests)/staging-\(sha.prefix(7))", headers: Self.accepted)
            try #require(source.status == 200)
            let type = source.headers.first { $0.name.lowercased() == "content-type" }?.value
            let put = try await client.send(
                "PUT", "\(manifests)/\(tag)", headers: [("Content-Type", type ?? "")],
                body: source.body)
            try #require(put.status == 201)
        }
    }

    private func stop() async {
        for door in doors { await door.close() }
        await registry.stop()
        await api.stop()
        for server in servers { await server.stop() }
        await client.shutdown()
    }

    /// From now on every step of the first door is asked about; `nil`: none.
    func setGate(_ new: Door.Gate?) { doors[0].setGate(new) }

    private static let path = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    ]

    /// Runs `pawl`; `prefix` is a program that runs it in turn.
    func pawl(
        _ arguments: [String], by victim: Victim = Victim(), through door: Int = 0,
        prefix: [String] = [], variables: [String: String] = [:]
    ) async throws -> Ran {
        var environment = ["GITHUB_API_URL": api.url, "USER": "ada", "HOME": folder]
        for more in [Self.path, doors[door].variables, variables] {
            environment.merge(more) { $1 }
        }
        return try await victim.run(
            prefix + [Program.pawl] + arguments + ["--config", "\(folder)/pawl-\(door).yaml"],
            environment: environment, in: folder)
    }

    private static let accepted = [
        (name: "Accept", value: "application/vnd.oci.image.index.v1+json"),
        (name: "Accept", value: "application/vnd.oci.image.manifest.v1+json"),
    ]

    /// Which commit each image's tag is at, by its digest.
    func live() async throws -> [String?] {
        var live: [String?] = []
        for image in Self.images {
            let latest = try await digest(of: image, tag)
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
            "HEAD", "\(upstream.url)/v2/acme/\(image)/manifests/\(tag)", headers: Self.accepted)
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

    /// Numbers of the entries that promoted a commit.
    func promotions(of sha: String, in entries: [JSONValue]) -> [Int] {
        entries.filter { $0["kind"]?.string == "promote" && $0["sha"]?.string == sha }
            .compactMap { $0["entry"]?.integer }
    }
}
