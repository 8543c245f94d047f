import PawlCore
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
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
