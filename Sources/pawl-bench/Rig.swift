import PawlCore
import PawlLoopback
import PawlTesting

/// The servers: Debian's docker-registry with a token service on a port of its own, and a GitHub
/// made of data, each behind a proxy that counts, times and delays.
struct Rig: Sendable {
    let server: DistributionServer
    let authority: SigningAuthority
    let registry: DelayProxy
    let tokens: DelayProxy
    let host: DelayProxy
    let github: GitHubDouble
    let client: LoopbackClient
    /// For policies, credentials and outputs.
    let folder: String

    static let repository = "acme/app"
    static let hostToken = "bench"
    /// As many as one page of a real branch's log has, and more.
    static let commits = (0..<120).map { CommitID.named("commit \($0)") }
    /// The branch's tip.
    static let newer = commits[0]
    /// What is live before each run.
    static let older = commits[3]

    /// Runs everything while the body runs.
    static func run(_ body: @escaping @Sendable (Rig) async throws -> Void) async throws {
        try await DistributionServer.withFolder { folder in
            let authority = try await SigningAuthority(in: folder)
            let service = try await LoopbackServer.start { authority.answer($0) }
            let tokens = try await DelayProxy.start(upstream: service.url, delay: .zero)
            let github = gitHub()
            let api = try await github.start()
            let host = try await DelayProxy.start(upstream: api.url, delay: .zero)
            let authentication = authority.configuration(realm: "\(tokens.url)/token")
            try await DistributionServer.run(in: folder, authentication: authentication) { server in
                let rig = Rig(
                    server: server, authority: authority,
                    registry: try await DelayProxy.start(upstream: server.url, delay: .zero),
                    tokens: tokens, host: host, github: github, client: LoopbackClient(),
                    folder: folder)
                try rig.writeCredentials()
                try await body(rig)
                await rig.registry.stop()
                await rig.client.shutdown()
            }
            for proxy in [tokens, host] { await proxy.stop() }
            for server in [service, api] { await server.stop() }
        }
    }

    private static func gitHub() -> GitHubDouble {
        let github = GitHubDouble(repository, token: hostToken)
        github.setHistory(
            branch: "main",
            commits: commits.enumerated().map { index, commit in
                (commit.hex, index + 1 < commits.count ? [commits[index + 1].hex] : [])
            })
        for workflow in ["publish-image.yml", "e2e.yml"] {
            for commit in [older, newer] { github.run(workflow, at: commit.hex) }
        }
        return github
    }

    /// docker's file, which containers' tools read too.
    private func writeCredentials() throws {
        let basic = TokenAuthority.basic(SigningAuthority.user, SigningAuthority.password)
        try Files.write(
            #"{"auths":{"\#(registry.host)":{"auth":"\#(basic.dropFirst(6))"}}}"#,
            to: "\(folder)/config.json")
    }

    /// What all programs are given.
    var environment: [String: String] {
        [
            "HOME": folder, "DOCKER_CONFIG": folder, "PATH": "/usr/local/bin:/usr/bin:/bin",
            "GITHUB_API_URL": host.url, "GITHUB_TOKEN": Self.hostToken,
            "GITHUB_REPOSITORY": Self.repository,
        ]
    }

    // MARK: Counting

    func setDelay(milliseconds: Int) {
        for proxy in [registry, tokens, host] { proxy.setDelay(.milliseconds(milliseconds)) }
    }

    func forgetRequests() { for proxy in [registry, tokens, host] { proxy.reset() } }

    var registryRequests: Int { registry.count + tokens.count }
    var hostRequests: Int { host.count }

    /// The longest chain of requests of which each came after the end of the one before. With a
    /// delay far above everything else, that is how many had to wait for an answer.
    var trips: Row.Trips {
        let ofRegistry = registry.exchanges + tokens.exchanges
        return Row.Trips(
            registry: Self.chain(ofRegistry), all: Self.chain(ofRegistry + host.exchanges))
    }

    private static func chain(_ exchanges: [DelayProxy.Exchange]) -> Int {
        let spans = exchanges.compactMap { exchange in
            exchange.end.map { (begin: exchange.begin, end: $0) }
        }.sorted { $0.end < $1.end }
        var count = 0
        var last: ContinuousClock.Instant?
        for span in spans where last.map({ span.begin >= $0 }) ?? true {
            count += 1
            last = span.end
        }
        return count
    }
}
