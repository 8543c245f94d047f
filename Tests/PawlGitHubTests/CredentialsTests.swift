import FoundationEssentials
import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlTesting
import Synchronization
import Testing

/// A GitHub that knows an App alone, and the host that speaks for it.
private struct AppStage {
    let github = GitHubDouble()
    let clock = ManualClock()
    let host: GitHubHost

    /// `skew` is how much later it is by the server's clock.
    init(
        key: String? = nil, id: String = "Iv23liAbCdEf", skew: Duration = .zero,
        exchange: (any Exchange)? = nil
    ) async throws {
        let keys = try await AppKey.shared
        let clock = clock
        github.installApp(publicKey: keys.publicKey, now: { clock.now + skew })
        let exchange = exchange ?? DirectExchange(github: github, origin: "http://localhost")
        let address = try GitHubAddress("http://localhost")
        let repository = try CodeRepository("acme/app")
        host = GitHubHost(
            exchange: exchange, address: address, repository: repository,
            credentials: .app(
                try GitHubApp(identifier: id, privateKey: key ?? keys.pkcs1), in: repository,
                exchange: exchange, address: address, clock: clock.clock, userAgent: "pawl-tests"),
            userAgent: "pawl-tests")
        github.run("e2e.yml", at: sha("a"))
    }

    func ask() async throws { #expect(try await host.runs(at: commit("a")).count == 1) }

    func count(_ part: String) -> Int { github.requests.count { $0.target.contains(part) } }
}

@Suite("A GitHub App's credentials", .timeLimit(.minutes(20)))
struct CredentialsTests {
    @Test("It finds its installation, gets a token for the one repository, and asks with it")
    func first() async throws {
        let stage = try await AppStage()
        try await stage.ask()
        #expect(stage.github.requests.map(\.method) == ["GET", "POST", "GET"])
        #expect(stage.github.requests.first?.target == "/repos/acme/app/installation")
        let asked = stage.github.requests[1]
        #expect(asked.target.hasPrefix("/app/installations/"))
        #expect(String(decoding: asked.body, as: UTF8.self) == #"{"repositories":["app"]}"#)
        let token = try #require(stage.github.tokens.first)
        #expect(token.count > 300)
        #expect(stage.github.requests[2].header("Authorization") == "Bearer \(token)")
    }

    @Test("Both forms of the key, and both names of the App, are taken", arguments: [0, 1, 2])
    func forms(form: Int) async throws {
        let keys = try await AppKey.shared
        let key = [keys.pkcs1, keys.pkcs8, "\n" + keys.pkcs1.replacing("\n", with: "\r\n")][form]
        try await AppStage(key: key, id: "12345").ask()
        try await AppStage(key: key, id: " Iv23liAbCdEf\n").ask()
    }

    @Test("openssl verifies what was signed, and the times are those that GitHub asks for")
    func assertion() async throws {
        let stage = try await AppStage()
        try await stage.ask()
        let header = try #require(stage.github.requests.first?.header("Authorization"))
        let parts = header.dropFirst("Bearer ".count).split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        func decoded(_ text: String) throws -> Data {
            let usual = text.replacing("-", with: "+").replacing("_", with: "/")
            let padding = String(repeating: "=", count: (4 - usual.count % 4) % 4)
            return try #require(Data(base64Encoded: usual + padding))
        }
        let now = ManualClock.start.millisecondsSinceEpoch / 1000
        #expect(
            String(decoding: try decoded(parts[1]), as: UTF8.self)
                == "{\"iat\":\(now - 60),\"exp\":\(now + 540),\"iss\":\"Iv23liAbCdEf\"}")
        #expect(
            String(decoding: try decoded(parts[0]), as: UTF8.self)
                == #"{"alg":"RS256","typ":"JWT"}"#)
        let publicKey = try await AppKey.shared.publicKey
        try await DistributionServer.withFolder { folder in
            try DistributionServer.write(publicKey, to: "\(folder)/key")
            try DistributionServer.write("\(parts[0]).\(parts[1])", to: "\(folder)/text")
            try decoded(parts[2]).write(to: URL(filePath: "\(folder)/signature"))
            let words = try await DistributionServer.output(
                of: "openssl",
                [
                    "dgst", "-sha256", "-verify", "\(folder)/key", "-signature",
                    "\(folder)/signature", "\(folder)/text",
                ])
            #expect(String(decoding: words, as: UTF8.self).contains("Verified OK"))
        }
    }

    @Test("A token is kept until five minutes before its end")
    func kept() async throws {
        let stage = try await AppStage()
        try await stage.ask()
        stage.clock.advance(by: .seconds(3299))
        try await stage.ask()
        #expect(stage.count("access_tokens") == 1)
        stage.clock.advance(by: .seconds(1))
        try await stage.ask()
        #expect(stage.count("access_tokens") == 2)
        #expect(stage.count("actions/runs") == 3)
    }

    private final class Begun: Sendable {
        let count = Mutex(0)
    }

    @Test("Twenty questions at once wait for one token")
    func together() async throws {
        let stage = try await AppStage()
        for round in 1...2 {
            let begun = Begun()
            stage.github.fault(
                .heldUntil {
                    while begun.count.withLock({ $0 }) < 20 { await Task.yield() }
                    // All have begun; give each of them the time to ask for a token of its own.
                    for _ in 0..<2000 { await Task.yield() }
                }, on: "access_tokens")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        begun.count.withLock { $0 += 1 }
                        try await stage.ask()
                    }
                }
                try await group.waitForAll()
            }
            #expect(stage.count("access_tokens") == round)
            stage.github.heal()
            stage.github.revokeTokens()
        }
    }

    @Test("A token that was taken back is renewed, once")
    func renewed() async throws {
        let stage = try await AppStage()
        try await stage.ask()
        stage.github.revokeTokens()
        stage.github.forgetRequests()
        try await stage.ask()
        #expect(stage.count("actions/runs") == 2)
        #expect(stage.count("access_tokens") == 1)

        stage.github.fault(.error(401, "Bad credentials"), on: "actions/runs")
        stage.github.forgetRequests()
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.code == .denied)
        #expect(failed?.advice?.contains("still installed") == true)
        #expect(stage.count("actions/runs") == 2)
        #expect(stage.count("access_tokens") == 1)
    }

    @Test("A failed attempt is not kept: the next question tries anew")
    func notKept() async throws {
        let stage = try await AppStage()
        stage.github.fault(.error(500, "oops"), on: "access_tokens", times: 1)
        #expect(
            await failure { try await stage.host.runs(at: commit("a")) }?.code == .serverFailed)
        try await stage.ask()
    }

    @Test("A clock that is an hour off is corrected by GitHub's own", arguments: [-3600, 3600])
    func skew(seconds: Int64) async throws {
        let stage = try await AppStage(skew: .seconds(seconds))
        try await stage.ask()
        #expect(stage.count("/installation") == 3)
        stage.clock.advance(by: .seconds(3299))
        try await stage.ask()
        #expect(stage.count("access_tokens") == 1)
        stage.clock.advance(by: .seconds(1))
        try await stage.ask()
        #expect(stage.count("access_tokens") == 2)
        #expect(stage.github.requests.count { $0.target.hasSuffix("/installation") } == 3)
    }

    @Test("Half a minute needs no correction", arguments: [-30, 30])
    func smallSkew(seconds: Int64) async throws {
        let stage = try await AppStage(skew: .seconds(seconds))
        try await stage.ask()
        #expect(stage.github.requests.count == 3)
    }

    @Test("What GitHub refuses is said in words with a way out")
    func refused() async throws {
        let missing = try await AppStage()
        missing.github.changeApp { $0.installation = nil }
        let uninstalled = await failure { try await missing.host.runs(at: commit("a")) }
        #expect(uninstalled?.code == .denied)
        #expect(
            uninstalled?.subject.hasPrefix("installation of the GitHub App in acme/app") == true)
        #expect(uninstalled?.advice?.hasPrefix("Install the GitHub App in acme/app") == true)

        let suspended = try await AppStage()
        suspended.github.changeApp { $0.isSuspended = true }
        let paused = await failure { try await suspended.host.runs(at: commit("a")) }
        #expect(paused?.code == .denied)
        #expect(paused?.detail.contains("suspended") == true)

        let forged = try await AppStage(key: try await AppKey.shared.other)
        let wrongKey = await failure { try await forged.host.runs(at: commit("a")) }
        #expect(wrongKey?.code == .denied)
        // The clock is right: asking again would not help.
        #expect(forged.github.requests.count == 1)
        #expect(wrongKey?.advice?.contains("private key belong together") == true)

        let stranger = try await AppStage(id: "999")
        let wrongID = await failure { try await stranger.host.runs(at: commit("a")) }
        #expect(wrongID?.code == .denied)
        #expect(wrongID?.detail.contains("Integration not found") == true)

        let renamed = try await AppStage()
        renamed.github.fault(.error(422, "no such repository"), on: "access_tokens")
        #expect(
            await failure { try await renamed.host.runs(at: commit("a")) }?.code == .denied)
    }

    @Test(
        "No usable answer is a failure and never an unsigned question",
        arguments: [
            ("installation", GitHubFault.html(), PortFailure.Code.garbled),
            ("installation", .answer(.json("{}")), .garbled),
            ("installation", .answer(.json("{\"id\":\"7/../..\"}")), .garbled),
            ("installation", .dropped, .unreachable),
            ("access_tokens", .error(500, "oops"), .serverFailed),
            ("access_tokens", .secondaryLimit(retryAfter: 9), .throttled),
            ("access_tokens", .silent, .timedOut),
            ("access_tokens", .answer(.json("{}", status: 201)), .garbled),
            ("access_tokens", .answer(.json("{\"token\":\"t\"}", status: 201)), .garbled),
            (
                "access_tokens",
                .answer(
                    .json("{\"token\":\"\",\"expires_at\":\"2099-01-01T00:00:00Z\"}", status: 201)
                ), .garbled
            ),
            (
                "access_tokens",
                .answer(
                    .json("{\"token\":\"t\",\"expires_at\":\"2020-01-01T00:00:00Z\"}", status: 201)
                ), .garbled
            ),
            (
                "access_tokens",
                .answer(
                    .json(
                        "{\"token\":\"a b\",\"expires_at\":\"2099-01-01T00:00:00Z\"}", status: 201)
                ), .denied
            ),
            (
                "access_tokens",
                .answer(
                    .json("{\"token\":\"t\",\"expires_at\":\"2099-01-01T00:00:00Z\"}", status: 200)
                ), .garbled
            ),
        ])
    func unusable(path: String, fault: GitHubFault, code: PortFailure.Code) async throws {
        let stage = try await AppStage()
        stage.github.fault(fault, on: path)
        #expect(await failure { try await stage.host.runs(at: commit("a")) }?.code == code)
        #expect(stage.count("actions/runs") == 0)
    }

    @Test("A token that lives shorter than five minutes is used for half its life")
    func shortLife() async throws {
        let stage = try await AppStage()
        try await stage.ask()
        let token = try #require(stage.github.tokens.first)
        let end = (ManualClock.start + .seconds(3300 + 200)).timestamp
        stage.github.fault(
            .answer(.json("{\"token\":\"\(token)\",\"expires_at\":\"\(end)\"}", status: 201)),
            on: "access_tokens")
        stage.clock.advance(by: .seconds(3300))
        stage.github.forgetRequests()
        try await stage.ask()
        stage.clock.advance(by: .seconds(99))
        try await stage.ask()
        #expect(stage.count("access_tokens") == 1)
        stage.clock.advance(by: .seconds(1))
        try await stage.ask()
        #expect(stage.count("access_tokens") == 2)
    }

    @Test("Neither a token nor an assertion is in a failure, though a server repeats it")
    func secrets() async throws {
        let stage = try await AppStage()
        try await stage.ask()
        let token = try #require(stage.github.tokens.first)
        stage.github.fault(.error(500, "I know \(token)!"), on: "actions/runs", times: 1)
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.detail == "GitHub answered 500 (I know ***!)")
        stage.github.fault(.error(500, "I know \(token)\u{301}!"), on: "actions/runs", times: 1)
        let marked = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(marked?.detail == "GitHub answered 500 (I know ***\u{301}!)")

        let echoing = try await AppStage(exchange: Echo())
        let repeated = await failure { try await echoing.host.runs(at: commit("a")) }
        #expect(repeated?.code == .serverFailed)
        #expect(repeated?.detail == "GitHub answered 500 (you sent ***)")
    }

    /// Answers with what it was sent.
    private struct Echo: Exchange {
        func send(_ request: Request) async throws(PortFailure) -> Response {
            let sent = request.headers.first { $0.name == "Authorization" }?.value ?? ""
            let secret = sent.split(separator: " ").last ?? ""
            return Response(
                status: 500, headers: [], body: Array("{\"message\":\"you sent \(secret)\"}".utf8))
        }
    }
}

@Suite("A GitHub App's id and key")
struct AppKeyTests {
    private func refusal(_ id: String, _ key: String) -> GitHubApp.Malformed? {
        do throws(GitHubApp.Malformed) {
            _ = try GitHubApp(identifier: id, privateKey: key)
            return nil
        } catch {
            return error
        }
    }

    @Test("A key that is none, too short, of another kind or encrypted is refused")
    func keys() async throws {
        let keys = try await AppKey.shared
        for key in [
            "", "x", keys.publicKey, keys.elliptic, keys.short, String(keys.pkcs1.dropLast(200)),
            keys.pkcs1.replacing("PRIVATE KEY", with: "CERTIFICATE"),
            "-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            #expect(refusal("1", key) == .key, "\(key.prefix(40))")
        }
        #expect(refusal("1", keys.encrypted) == .encrypted)
        #expect(refusal("1", keys.pkcs1) == nil)
    }

    @Test(
        "An id has letters, digits and few signs",
        arguments: ["", " ", "a b", "a\"b", "a,b", "é", "a\\"])
    func identifiers(id: String) async throws {
        #expect(refusal(id, try await AppKey.shared.pkcs1) == .identifier)
    }

    @Test("The App's description has no key in it")
    func description() async throws {
        let keys = try await AppKey.shared
        let app = try GitHubApp(identifier: "12345", privateKey: keys.pkcs1)
        #expect("\(app)" == "GitHub App 12345")
        var dumped = ""
        dump(app, to: &dumped)
        for line in keys.pkcs1.split(separator: "\n").dropFirst().dropLast() {
            #expect(!dumped.contains(line))
        }
    }
}
