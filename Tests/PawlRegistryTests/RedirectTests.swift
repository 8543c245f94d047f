import PawlCore
import PawlHTTP
import PawlImages
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Synchronization
import Testing

@Suite("Redirects of blobs are followed without credentials, and never down to http")
struct RedirectTests {
    private static let image = contractImage("single-label")
    private static let robot = Credential.password(user: "robot", password: "hunter2")
    private static let basic = LoopbackRegistry.Authentication.basic(
        user: "robot", password: "hunter2")

    private func config() throws -> RegistryImage.Blob { try #require(Self.image.blobs.first) }

    private func redirect(_ location: String, _ status: Int = 307) -> LoopbackRegistry.Fault {
        .instead(CannedResponse(status: status, headers: [("Location", location)]))
    }

    @Test("object storage on another host gets the request and no Authorization")
    func offOrigin() async throws {
        let bytes = try config().bytes
        let storageLog = Mutex<[RecordedRequest]>([])
        let storage = try await LoopbackServer.start { request in
            storageLog.withLock { $0.append(request) }
            return CannedResponse(status: 200, body: bytes)
        }
        try await withLoopback(Self.basic) { loopback in
            loopback.store.add(Self.image, to: "acme/app", tag: "t")
            loopback.plan(redirect("\(storage.url)/bucket/x?sig=abc"), "GET", "/blobs/", times: 9)
            try await Stand.with([loopback.repository()], Self.robot) { stand in
                let said = try await stand.revision(
                    of: Self.image.digest, in: loopback.repository())
                #expect(said == .says(commit))
            }
        }
        await storage.stop()
        let log = storageLog.withLock { $0 }
        #expect(log.map(\.target) == ["/bucket/x?sig=abc"])
        #expect(log.first?.header("Authorization") == nil)
    }

    @Test("a redirect within the registry keeps the Authorization")
    func sameOrigin() async throws {
        let digest = try config().digest
        try await withLoopback(Self.basic) { loopback in
            loopback.store.add(Self.image, to: "acme/app", tag: "t")
            loopback.plan(redirect("/v2/acme/app/blobs/\(digest)?again"), "GET", "/blobs/")
            try await Stand.with([loopback.repository()], Self.robot) { stand in
                let said = try await stand.revision(
                    of: Self.image.digest, in: loopback.repository())
                #expect(said == .says(commit))
            }
            #expect(loopback.log.last?.header("Authorization") != nil)
        }
    }

    @Test("five redirects are enough")
    func many() async throws {
        try await withLoopback { loopback in
            loopback.store.add(Self.image, to: "acme/app", tag: "t")
            loopback.plan(redirect("/v2/acme/app/blobs/x"), "GET", "/blobs/", times: .max)
            try await Stand.with([loopback.repository()]) { stand in
                let refusal = await failure { () throws(PortFailure) in
                    _ = try await stand.revision(
                        of: Self.image.digest, in: loopback.repository())
                }
                #expect(refusal?.code == .garbled)
                #expect(loopback.count("GET", "/blobs/") == 6)
            }
        }
    }

    @Test(
        "https is never left for http, and inner addresses are not reached",
        arguments: [
            "http://storage.example/x", "https://169.254.169.254/latest", "https://localhost/x",
            "https://127.0.0.1/x", "https://2130706433/", "https://0x7f.1/", "https://[::1]/x",
            "https://[fe80::1]/x", "https://[::ffff:127.0.0.1]/x",
        ])
    func downgrade(location: String) async throws {
        let image = Self.image
        let sent = Mutex<[String]>([])
        // The registry must be public and https here, so it is played without a network.
        let exchange = PlayedExchange { request in
            sent.withLock { $0.append(request.url) }
            guard request.url.hasPrefix("https://registry.example/") else {
                return Response(status: 200, headers: [], body: [])
            }
            return request.url.contains("/blobs/")
                ? Response(status: 302, headers: [("Location", location)], body: [])
                : Response(
                    status: 200, headers: [("Content-Type", image.top.mediaType)],
                    body: image.top.bytes)
        }
        let repository = try Repository("registry.example/acme/app")
        let registry = OCIRegistry(
            exchange: exchange, clock: ManualClock().clock, credentials: .anonymous,
            repositories: [repository], access: .pull)
        let refusal = await failure { () throws(PortFailure) in
            _ = try await registry.revision(
                of: image.digest, in: repository, label: label, platforms: .every)
        }
        #expect(refusal?.code == .untrusted)
        #expect(sent.withLock { $0.count } == 2)
    }

    @Test("a manifest's redirect is not followed")
    func manifests() async throws {
        try await withLoopback { loopback in
            loopback.plan(redirect("/v2/acme/app/manifests/other"), "GET", "/manifests/")
            try await Stand.with([loopback.repository()]) { stand in
                let refusal = await failure { () throws(PortFailure) in
                    _ = try await stand.registry.pin(loopback.image("t"))
                }
                #expect(refusal?.code == .garbled)
                #expect(loopback.log.count == 1)
            }
        }
    }

    @Test("GitHub's registry is asked for a token at once, over https")
    func gitHub() async throws {
        let sent = Mutex<[Request]>([])
        let exchange = PlayedExchange { request in
            sent.withLock { $0.append(request) }
            return request.url.hasPrefix("https://ghcr.io/token")
                ? Response(status: 200, headers: [], body: Array(#"{"token":"t0k"}"#.utf8))
                : Response(
                    status: 200,
                    headers: [("Docker-Content-Digest", "\(Self.image.digest)")], body: [])
        }
        let repository = try Repository("ghcr.io/acme/app")
        let source = DockerCredentials(
            environment: ["GITHUB_TOKEN": "ghs_x", "GITHUB_ACTOR": "octo"],
            clock: ManualClock().clock, read: { _ in nil }
        ).source
        let registry = OCIRegistry(
            exchange: exchange, clock: ManualClock().clock, credentials: source,
            repositories: [repository], access: .pullPush)
        _ = try await registry.digest(of: ImageReference(repository, try Tag("t")))
        let requests = sent.withLock { $0 }
        #expect(
            requests.map(\.url) == [
                "https://ghcr.io/token?client_id=pawl&service=ghcr.io"
                    + "&scope=repository%3Aacme%2Fapp%3Apull%2Cpush",
                "https://ghcr.io/v2/acme/app/manifests/t",
            ])
        #expect(
            requests.map { $0.headers.first { $0.name == "Authorization" }?.value } == [
                TokenAuthority.basic("octo", "ghs_x"), "Bearer t0k",
            ])
    }

    @Test("Docker Hub is served by another host, with a token service of its own")
    func dockerHub() async throws {
        let sent = Mutex<[String]>([])
        let exchange = PlayedExchange { request in
            sent.withLock { $0.append(request.url) }
            return Response(status: 200, headers: [], body: Array(#"{"token":"t0k"}"#.utf8))
        }
        let repository = try Repository("ubuntu")
        let registry = OCIRegistry(
            exchange: exchange, clock: ManualClock().clock, credentials: .anonymous,
            repositories: [repository], access: .pull)
        _ = await failure { () throws(PortFailure) in
            _ = try await registry.pin(ImageReference(repository, wellFormed { try Tag("1") }))
        }
        #expect(
            sent.withLock { $0 } == [
                "https://auth.docker.io/token?client_id=pawl&service=registry.docker.io"
                    + "&scope=repository%3Alibrary%2Fubuntu%3Apull",
                "https://registry-1.docker.io/v2/library/ubuntu/manifests/1",
            ])
    }
}

/// Answers without a network, for hosts that tests cannot have.
struct PlayedExchange: Exchange {
    let answer: @Sendable (Request) -> Response

    func send(_ request: Request) async throws(PortFailure) -> Response { answer(request) }
}
