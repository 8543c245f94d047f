import PawlCore
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Synchronization
import Testing

@Suite("Tokens are asked for once, kept, and given to nobody else")
struct TokenTests {
    private static let robot = Credential.password(user: "robot", password: "hunter2")
    private static let paths = ["acme/app", "acme/worker", "acme/web"]

    @Test(
        "services that ignore or refuse several scopes cost a token for each repository",
        arguments: [
            TokenAuthority.Scopes.firstOnly, .lastOnly, .refused,
        ])
    func oneScope(scopes: TokenAuthority.Scopes) async throws {
        let authority = TokenAuthority(scopes: scopes)
        try await withLoopback(.bearer(authority)) { loopback in
            for path in Self.paths {
                loopback.store.add(contractImage("single-label"), to: path, tag: "t")
            }
            try await Stand.with(Self.paths.map { loopback.repository($0) }, Self.robot) { stand in
                for _ in 1...2 {
                    for path in Self.paths {
                        let digest = try await stand.registry.digest(of: loopback.image("t", path))
                        #expect(digest == contractImage("single-label").digest)
                    }
                }
                #expect(loopback.count("GET", "/token") <= Self.paths.count + 1)
            }
        }
    }

    @Test("fifty requests at once ask for one token, and for one when it ends or is refused")
    func stampede() async throws {
        let authority = TokenAuthority()
        try await withLoopback(.bearer(authority)) { loopback in
            loopback.store.add(contractImage("single-label"), to: "acme/app", tag: "t")
            try await Stand.with([loopback.repository()], Self.robot) { stand in
                func ask() async throws {
                    try await withThrowingTaskGroup(of: Digest?.self) { tasks in
                        for _ in 1...50 {
                            tasks.addTask {
                                try await stand.registry.digest(of: loopback.image("t"))
                            }
                        }
                        for try await digest in tasks { #expect(digest != nil) }
                    }
                }
                try await ask()
                #expect(authority.count == 1)
                stand.clock.advance(by: .seconds(300))
                try await ask()
                #expect(authority.count == 2)
                for count in 3...12 {
                    authority.revokeAll()
                    try await ask()
                    #expect(authority.count == count)
                }
                #expect(loopback.count("GET", "/token") == 12)
            }
        }
    }

    @Test("a refusal that comes late is answered with the token that somebody else got meanwhile")
    func late() async throws {
        let (sent, sending) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let tokens = Mutex(0)
        let exchange = AwaitedExchange { request in
            if request.url.contains("/token") {
                let number = tokens.withLock { count in
                    count += 1
                    return count
                }
                return Response(
                    status: 200, headers: [], body: Array("{\"token\":\"t\(number)\"}".utf8))
            }
            let header = request.headers.first { $0.name == "Authorization" }?.value
            if request.url.hasSuffix("/slow"), header == "Bearer t1" {
                sending.finish()
                for await _ in released {}
            }
            // The first token is good for the first question alone.
            let isGood = header == "Bearer t2" || (header != nil && request.url.hasSuffix("/first"))
            let challenge = #"Bearer realm="https://r.example/token""#
            return isGood
                ? Response(
                    status: 200, headers: [("Docker-Content-Digest", "\(Digest.named("x"))")],
                    body: [])
                : Response(status: 401, headers: [("WWW-Authenticate", challenge)], body: [])
        }
        let repository = try Repository("r.example/acme/app")
        let registry = OCIRegistry(
            exchange: exchange, clock: ManualClock().clock, credentials: .anonymous,
            repositories: [repository], access: .pull)
        _ = try await registry.digest(of: ImageReference(repository, try Tag("first")))
        async let slow = registry.digest(
            of: ImageReference(repository, wellFormed { try Tag("slow") }))
        for await _ in sent {}
        let fast = try await registry.digest(of: ImageReference(repository, try Tag("fast")))
        release.finish()
        #expect(try await slow == fast)
        #expect(tokens.withLock { $0 } == 2)
    }

    /// A registry that wants its scopes in words of its own, played because the double's scopes are
    /// its paths. Gives the scopes of each token request.
    private func ask(
        wanting scope: String, giving challenge: String, _ access: OCIRegistry.Access
    ) async throws -> (failure: PortFailure?, asked: [[String]]) {
        let asked = Mutex<[[String]]>([])
        let exchange = PlayedExchange { request in
            if request.url.hasPrefix("https://r.example/token") {
                let target = String(request.url.dropFirst("https://r.example".count))
                let scopes = RecordedRequest(method: "GET", target: target).query.filter {
                    $0.name == "scope"
                }.map(\.value)
                let isEnough = scopes.contains(scope)
                asked.withLock { $0.append(scopes) }
                return Response(
                    status: 200, headers: [],
                    body: Array("{\"token\":\"\(isEnough ? "good" : "poor")\"}".utf8))
            }
            if request.headers.contains(where: { $0 == ("Authorization", "Bearer good") }) {
                return Response(
                    status: 200, headers: [("Docker-Content-Digest", "\(Digest.named("x"))")],
                    body: [])
            }
            let line = "Bearer realm=\"https://r.example/token\",scope=\"\(challenge)\""
            return Response(status: 401, headers: [("WWW-Authenticate", line)], body: [])
        }
        let repository = try Repository("r.example/acme/app")
        let registry = OCIRegistry(
            exchange: exchange, clock: ManualClock().clock, credentials: .anonymous,
            repositories: [repository], access: access)
        let refusal = await failure { () throws(PortFailure) in
            _ = try await registry.digest(
                of: ImageReference(repository, wellFormed { try Tag("t") }))
        }
        return (refusal, asked.withLock { $0 })
    }

    @Test("a registry that names a scope in its own words gets it, once")
    func ownScope() async throws {
        let answer = try await ask(
            wanting: "repository:docker-local/app:pull",
            giving: "repository:docker-local/app:pull", .pull)
        #expect(answer.failure == nil)
        #expect(
            answer.asked == [
                ["repository:acme/app:pull"],
                ["repository:docker-local/app:pull", "repository:acme/app:pull"],
            ])
    }

    @Test("a challenge never widens what is asked for: no push for a reader, no right over all")
    func neverWider() async throws {
        let challenge =
            "repository:other/app:pull,push,delete registry:catalog:* repository:third:delete"
        for (access, actions) in [(OCIRegistry.Access.pull, "pull"), (.pullPush, "pull,push")] {
            let answer = try await ask(wanting: "everything", giving: challenge, access)
            #expect(answer.failure?.code == .denied)
            #expect(
                answer.asked == [
                    ["repository:acme/app:\(actions)"],
                    ["repository:other/app:\(actions)", "repository:acme/app:\(actions)"],
                ])
        }
    }

    @Test("a token that is used until it ends is replaced by one request")
    func expiry() async throws {
        let authority = TokenAuthority(expiresIn: nil)
        try await withLoopback(.bearer(authority)) { loopback in
            loopback.store.add(contractImage("single-label"), to: "acme/app", tag: "t")
            try await Stand.with([loopback.repository()], Self.robot) { stand in
                _ = try await stand.registry.digest(of: loopback.image("t"))
                stand.clock.advance(by: .seconds(50))
                _ = try await stand.registry.digest(of: loopback.image("t"))
                #expect(authority.count == 1)
                stand.clock.advance(by: .seconds(10))
                _ = try await stand.registry.digest(of: loopback.image("t"))
                #expect(authority.count == 2)
                authority.revokeAll()
                let read = try await stand.registry.digest(of: loopback.image("t"))
                #expect(read != nil)
                #expect(authority.count == 3)
            }
        }
    }

    @Test("one repository that may not be seen does not hide the others")
    func hidden() async throws {
        let authority = TokenAuthority()
        authority.hide("acme/web")
        try await withLoopback(.bearer(authority)) { loopback in
            for path in Self.paths {
                loopback.store.add(contractImage("single-label"), to: path, tag: "t")
            }
            try await Stand.with(Self.paths.map { loopback.repository($0) }, Self.robot) { stand in
                let refusal = await failure { () throws(PortFailure) in
                    _ = try await stand.registry.digest(of: loopback.image("t", "acme/web"))
                }
                #expect(refusal?.code == .denied)
                #expect(refusal?.subject == "\(loopback.host)/acme/web:t")
                let read = try await stand.registry.digest(of: loopback.image("t"))
                #expect(read != nil)
            }
        }
    }

    @Test("a wrong password is denied, not absent")
    func wrongPassword() async throws {
        try await withLoopback(.bearer(TokenAuthority())) { loopback in
            let wrong = Credential.password(user: "robot", password: "a-wrong-secret")
            try await Stand.with([loopback.repository()], wrong) { stand in
                let refusal = await failure { () throws(PortFailure) in
                    _ = try await stand.registry.digest(of: loopback.image("t"))
                }
                #expect(refusal?.code == .denied)
                #expect(refusal.map { "\($0)".contains("a-wrong-secret") } == false)
            }
        }
    }

    @Test("a realm on another host gets nothing until the policy names it")
    func foreignRealm() async throws {
        try await withLoopback(.bearer(TokenAuthority())) { foreign in
            let authority = TokenAuthority()
            let realm = "\(foreign.url)/token"
            try await withLoopback(.bearer(authority, realm: realm)) { loopback in
                try await Stand.with([loopback.repository()], Self.robot) { stand in
                    let refusal = await failure { () throws(PortFailure) in
                        _ = try await stand.registry.digest(of: loopback.image("t"))
                    }
                    #expect(refusal?.code == .untrusted)
                    #expect(refusal?.detail.contains(foreign.host) == true)
                    #expect(
                        refusal?.advice?.contains(
                            #"registries: { "\#(loopback.host)": { auth: "\#(foreign.host)" } }"#)
                            == true)
                }
                #expect(foreign.log.isEmpty)
                let named = [
                    loopback.repository().host: RegistrySettings(
                        authHost: wellFormed { try RegistryHost(foreign.host) })
                ]
                try await Stand.with([loopback.repository()], Self.robot, registries: named) {
                    stand in
                    _ = await failure { () throws(PortFailure) in
                        _ = try await stand.registry.digest(of: loopback.image("t"))
                    }
                }
                #expect(foreign.count("GET", "/token") > 0)
            }
        }
    }

    @Test(
        "a realm that is no place for a password gets nothing",
        arguments: [
            "https://u:p@127.0.0.1/x", "https://169.254.169.254/x",
            "https://[::ffff:127.0.0.1]/", "file:///x", "https://localhost.evil.com/t", "//evil/t",
        ])
    func badRealm(realm: String) async throws {
        let challenge = #"Bearer realm="\#(realm)",service="s""#
        try await withLoopback(.challenges([challenge])) { loopback in
            try await Stand.with([loopback.repository()], Self.robot) { stand in
                let refusal = await failure { () throws(PortFailure) in
                    _ = try await stand.registry.digest(of: loopback.image("t"))
                }
                #expect(refusal?.code == .untrusted)
                #expect(stand.requests.value == 1)
            }
        }
    }

    @Test("an authentication that is not spoken is named")
    func unknownScheme() async throws {
        try await withLoopback(.challenges(["Negotiate"])) { loopback in
            try await Stand.with([loopback.repository()], Self.robot) { stand in
                let refusal = await failure { () throws(PortFailure) in
                    _ = try await stand.registry.digest(of: loopback.image("t"))
                }
                #expect(refusal?.code == .unsupported)
                #expect(refusal?.detail.contains("negotiate") == true)
            }
        }
    }

    @Test("a token service that fails is not called a refusal")
    func failingService() async throws {
        try await withLoopback(.bearer(TokenAuthority())) { loopback in
            loopback.plan(
                .instead(CannedResponse(status: 503)), "GET", "/token", times: .max)
            try await Stand.with([loopback.repository()], Self.robot) { stand in
                let refusal = await failure { () throws(PortFailure) in
                    _ = try await stand.registry.digest(of: loopback.image("t"))
                }
                #expect(refusal?.code == .serverFailed)
                #expect(loopback.count("GET", "/token") == Limits.attemptsMax)
            }
        }
    }
}

/// Answers without a network, and takes its time.
struct AwaitedExchange: Exchange {
    let answer: @Sendable (Request) async -> Response

    func send(_ request: Request) async throws(PortFailure) -> Response { await answer(request) }
}
