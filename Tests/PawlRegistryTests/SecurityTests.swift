import PawlCore
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Synchronization
import Testing

@Suite("Nothing that a registry says makes Pawl give a secret away or believe what it did not see")
struct SecurityTests {
    private static let robot = Credential.password(user: "robot", password: "hunter2-canary")

    /// Asks a public registry that answers 401 with this realm, where the policy names `auth`.
    private func ask(
        _ host: String, realm: String, auth: String? = nil, insecure: Bool = false
    ) async throws -> (failure: PortFailure?, sent: [Request]) {
        let sent = Mutex<[Request]>([])
        let repository = try Repository("\(host)/acme/app")
        let exchange = PlayedExchange { request in
            sent.withLock { $0.append(request) }
            guard request.url.contains("/manifests/") else {
                return Response(status: 200, headers: [], body: Array(#"{"token":"t0k"}"#.utf8))
            }
            let isAuthorized = request.headers.contains { $0 == ("Authorization", "Bearer t0k") }
            return isAuthorized
                ? Response(
                    status: 200, headers: [("Docker-Content-Digest", "\(Digest.named("x"))")],
                    body: [])
                : Response(
                    status: 401,
                    headers: [("WWW-Authenticate", "Bearer realm=\"\(realm)\",service=\"s\"")],
                    body: [])
        }
        let settings = RegistrySettings(
            insecure: insecure, authHost: try auth.map { try RegistryHost($0) })
        let registry = OCIRegistry(
            exchange: exchange, clock: ManualClock().clock,
            credentials: CredentialSource { _ in FoundCredential(Self.robot, origin: "a file") },
            registries: [repository.host: settings], repositories: [repository], access: .pull)
        let refusal = await failure { () throws(PortFailure) in
            _ = try await registry.digest(
                of: ImageReference(repository, wellFormed { try Tag("t") }))
        }
        return (refusal, sent.withLock { $0 })
    }

    @Test(
        "a realm on another host gets no request, and so no credential",
        arguments: [
            "https://evil.example/token", "https://auth.r.example/token",
            "https://r.example.evil.example/token", "https://r.example:8443/token",
            "https://r.example@evil.example/token", "https://r.example:pw@r.example/token",
            "https://r.example/token#x", "//evil.example/token", "https:evil.example",
            "https://r.example\\\\@evil.example/", "file:///etc/passwd", "gopher://r.example/",
            "https://auth.docker.io/token", "https://gitlab.com/jwt/auth", "https://",
            "https://xn--rexample-9za/token", "token", "../token",
        ])
    func foreignRealm(realm: String) async throws {
        let answer = try await ask("r.example", realm: realm)
        #expect(answer.failure?.code == .untrusted)
        #expect(answer.sent.count == 1)
        #expect(answer.failure.map { "\($0)".contains("canary") } == false)
    }

    @Test("a realm below http is refused to a registry of https, and https is kept where named")
    func plainRealm() async throws {
        for auth in [nil, "r.example:80", "auth.example:80"] {
            for realm in ["http://r.example/token", "http://auth.example/token"] {
                let answer = try await ask("r.example", realm: realm, auth: auth)
                #expect(answer.failure?.code == .untrusted)
                #expect(answer.sent.count == 1)
            }
        }
        let named = try await ask(
            "r.example", realm: "https://auth.example/token", auth: "auth.example")
        #expect(named.failure == nil)
        let own = try await ask("r.example", realm: "/token")
        #expect(own.failure == nil)
        #expect(own.sent.map(\.url).contains { $0.hasPrefix("https://r.example/token?") })
    }

    @Test(
        "an inner address is no realm of a registry outside that the policy does not pair with it",
        arguments: [
            "10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "127.0.0.1",
            "127.9.9.9", "0.0.0.0", "localhost", "x.localhost", "[::1]",
            "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::ffff:7f00:1]", "[::7f00:1]",
            "[2002:7f00:1::]", "[fec0::1]", "[fc00::1]", "[fd00::5]", "[fdff:ffff::1]",
        ])
    func innerRealm(host: String) async throws {
        for auth in [nil, "auth.example", "10.0.0.6"] {
            let answer = try await ask("r.example", realm: "https://\(host)/token", auth: auth)
            #expect(answer.failure?.code == .untrusted)
            #expect(answer.failure?.detail.contains("inner address") == true)
            #expect(answer.sent.count == 1)
        }
    }

    @Test(
        "metadata services and odd spellings are no realm, even where the policy names them",
        arguments: [
            "169.254.169.254", "100.100.100.200", "192.0.0.192", "metadata.google.internal",
            "2130706433", "0x7f000001", "0x7f.1", "127.1", "0251.0376.0251.0376", "010.0.0.1",
            "3232235521", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]",
            "[fe80::1]", "[febf::1]", "[fd00:ec2::254]", "[ff02::1]", "[:::1]", "[1:2:3]",
        ])
    func metadataRealm(host: String) async throws {
        let answer = try await ask("r.example", realm: "https://\(host)/token", auth: host)
        #expect(answer.failure?.code == .untrusted)
        #expect(answer.failure?.detail.contains("inner address") == true)
        #expect(answer.sent.count == 1)
    }

    @Test(
        "spellings that a reference cannot have are inner or no addresses, too",
        arguments: [
            "[::]", "localhost.", "127.0.0.1.", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]",
            "[fe80::1%25eth0]", "[::127.0.0.1]", "127.0.0.1%00", "%31%32%37.0.0.1",
        ])
    func oddRealm(host: String) async throws {
        let answer = try await ask("r.example", realm: "https://\(host)/token")
        #expect(answer.failure?.code == .untrusted)
        #expect(answer.sent.count == 1)
    }

    @Test(
        "a realm inside is for a registry inside, or for one that the policy pairs with it",
        arguments: [
            ("10.0.0.2:5000", "http://10.0.0.2:5000/token", nil),
            ("10.0.0.2:5000", "http://10.0.0.5/token", "10.0.0.5"),
            ("[fd00::2]:5000", "http://[fd00::5]/token", "[fd00::5]"),
            ("localhost:5000", "http://127.0.0.1:5001/token", "127.0.0.1:5001"),
            ("169.254.169.254", "http://169.254.169.254/token", nil),
            ("r.example", "https://8.8.8.8/token", "8.8.8.8"),
            ("r.example", "https://[2606:4700::1]/token", "[2606:4700::1]"),
            ("r.example", "https://auth.internal/token", "auth.internal"),
            ("r.example", "https://10.0.0.5/token", "10.0.0.5"),
            ("r.example", "https://127.0.0.1:5001/token", "127.0.0.1:5001"),
            ("r.example", "https://[fd00::5]/token", "[fd00::5]"),
            ("r.example:5000", "http://192.168.1.1/token", "192.168.1.1"),
        ])
    func insideRealm(host: String, realm: String, auth: String?) async throws {
        let answer = try await ask(
            host, realm: realm, auth: auth, insecure: realm.hasPrefix("http:"))
        #expect(answer.failure == nil)
        #expect(answer.sent.count == 3)
    }

    @Test("an inside registry does not reach the metadata service for its realm, named or not")
    func metadataFromInside() async throws {
        for host in ["169.254.169.254", "[fd00:ec2::254]", "metadata.google.internal"] {
            let answer = try await ask(
                "10.0.0.2:5000", realm: "http://\(host)/token", auth: host, insecure: true)
            #expect(answer.failure?.code == .untrusted)
            #expect(answer.sent.count == 1)
        }
    }

    @Test("a token is for the registry: object storage that a blob is redirected to gets none")
    func redirectedToken() async throws {
        let image = contractImage("single-label")
        let config = try #require(image.blobs.first)
        let storageLog = Mutex<[RecordedRequest]>([])
        let storage = try await LoopbackServer.start { request in
            storageLog.withLock { $0.append(request) }
            return CannedResponse(status: 200, body: config.bytes)
        }
        let robot = Credential.password(user: "robot", password: "hunter2")
        for status in [301, 302, 303, 307, 308] {
            try await withLoopback(.bearer(TokenAuthority())) { loopback in
                loopback.store.add(image, to: "acme/app", tag: "t")
                let location = "\(storage.url)/bucket/\(status)"
                loopback.plan(
                    .instead(CannedResponse(status: status, headers: [("Location", location)])),
                    "GET", "/blobs/", times: .max)
                try await Stand.with([loopback.repository()], robot) { stand in
                    let said = try await stand.revision(
                        of: image.digest, in: loopback.repository())
                    #expect(said == .says(commit))
                }
            }
        }
        await storage.stop()
        let log = storageLog.withLock { $0 }
        #expect(log.count == 5)
        for request in log {
            #expect(request.header("Authorization") == nil)
            #expect(request.headers.allSatisfy { !$0.value.contains("token-") })
        }
    }

    @Test("a body without an end is cut off at its bound, whatever it is the answer to")
    func endless() async throws {
        let image = contractImage("single-label")
        let block = [UInt8](repeating: UInt8(ascii: " "), count: 64 * 1024)
        for (part, status, authentication) in [
            ("/manifests/", 200, LoopbackRegistry.Authentication.open),
            ("/manifests/", 404, .open), ("/manifests/", 401, .open), ("/blobs/", 200, .open),
            ("/token", 200, .bearer(TokenAuthority())),
            ("/token", 401, .bearer(TokenAuthority())),
        ] {
            try await withLoopback(authentication) { loopback in
                loopback.store.add(image, to: "acme/app", tag: "t")
                loopback.plan(
                    .instead(CannedResponse(status: status, body: block, ending: .endless)), "GET",
                    part, times: .max)
                try await Stand.with([loopback.repository()]) { stand in
                    let refusal = await failure { () throws(PortFailure) in
                        _ = try await stand.revision(of: image.digest, in: loopback.repository())
                    }
                    #expect(refusal?.code == .tooLarge, "\(part) \(status)")
                    // A connection that broke is tried once more; a bound is never.
                    #expect(loopback.count("GET", part) <= 2)
                }
            }
        }
    }

    @Test("a config with other bytes than its digest's is not read, whatever the headers say")
    func foreignConfig() async throws {
        let image = contractImage("single-label")
        let config = try #require(image.blobs.first)
        try await withLoopback { loopback in
            loopback.store.add(image, to: "acme/app", tag: "t")
            loopback.plan(
                .instead(
                    CannedResponse(
                        status: 200,
                        headers: [
                            ("Docker-Content-Digest", "\(config.digest)"),
                            ("ETag", "\"\(config.digest)\""),
                        ], body: config.bytes.dropLast() + [UInt8(ascii: " ")])), "GET", "/blobs/",
                times: .max)
            try await Stand.with([loopback.repository()]) { stand in
                let refusal = await failure { () throws(PortFailure) in
                    _ = try await stand.revision(of: image.digest, in: loopback.repository())
                }
                #expect(refusal?.code == .mismatched)
            }
        }
    }

    @Test(
        "an index is never an image, nor an image an index, by header, body or content",
        arguments: [
            (index, manifest, indexBody), (manifest, index, indexBody),
            (index, manifest, manifestBody), (manifest, index, manifestBody),
            (index, index, manifestBody), (manifest, manifest, indexBody),
            (index, nil, manifestBody), (manifest, nil, indexBody),
            (index, index, indexBody + "," + manifestBody),
            (manifest, manifest, indexBody + "," + manifestBody),
            (nil, index, manifestBody), (nil, nil, indexBody), (nil, nil, manifestBody),
        ] as [(String?, String?, String)])
    func confusedTypes(header: String?, body: String?, content: String) async throws {
        let type = body.map { "\"mediaType\":\"\($0)\"," } ?? ""
        let bytes = Array("{\"schemaVersion\":2,\(type)\(content)}".utf8)
        try await withLoopback { loopback in
            loopback.plan(
                .instead(
                    CannedResponse(
                        status: 200, headers: header.map { [("Content-Type", $0)] } ?? [],
                        body: bytes)), "GET")
            try await Stand.with([loopback.repository()]) { stand in
                let refusal = await failure { () throws(PortFailure) in
                    _ = try await stand.registry.pin(loopback.image("t"))
                }
                #expect(refusal?.code == .garbled)
            }
        }
    }

    private static let index = "application/vnd.oci.image.index.v1+json"
    private static let manifest = "application/vnd.oci.image.manifest.v1+json"
    private static let indexBody = #""manifests":[]"#
    private static let manifestBody =
        "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"size\":2,"
        + "\"digest\":\"\(Digest.named("x"))\"},\"layers\":[]"

    @Test("no secret stands in what is traced, told or thrown")
    func secrets() async throws {
        let secrets = ["hunter2", "refresh-secret", "token-1", "cm9ib3Q6aHVudGVyMg=="]
        let told = Mutex<[String]>([])
        for credential in [
            Credential.password(user: "robot", password: "hunter2"),
            .identityToken(user: "<token>", token: "refresh-secret"),
            .registryToken("token-1"),
        ] {
            try await withLoopback(
                .bearer(TokenAuthority(identityToken: "refresh-secret"))
            ) { loopback in
                loopback.store.add(contractImage("single-label"), to: "acme/app", tag: "t")
                loopback.plan(
                    .afterwards { answer in
                        var answer = answer
                        answer.status = 403
                        return answer
                    }, "GET", "/token")
                let transport = AsyncHTTPExchange(userAgent: "pawl/test (+https://pawl.example)")
                let exchange = RetryingExchange(
                    transport, clock: ManualClock().clock, jitter: { 0 },
                    trace: Trace { attempt in told.withLock { $0.append("\(attempt)") } })
                let registry = OCIRegistry(
                    exchange: exchange, clock: ManualClock().clock,
                    credentials: CredentialSource { _ in
                        FoundCredential(credential, origin: "a file")
                    }, repositories: [loopback.repository()], access: .pullPush)
                for _ in 1...2 {
                    let refusal = await failure { () throws(PortFailure) in
                        _ = try await registry.pin(loopback.image("t"))
                    }
                    told.withLock { $0.append(refusal.map { "\($0)" } ?? "") }
                }
                await transport.shutdown()
            }
        }
        let lines = told.withLock { $0 }
        #expect(lines.count > 8)
        for line in lines {
            for secret in secrets {
                #expect(!line.contains(secret))
            }
        }
    }
}
