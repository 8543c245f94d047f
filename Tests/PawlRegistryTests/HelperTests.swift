import PawlCore
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Synchronization
import Testing

@Suite("Credential helpers are asked as docker asks them")
struct HelperTests {
    /// A folder with helpers in it, which is all of PATH but for the system's own folders.
    struct Bench: Sendable {
        let folder: String

        /// Writes a helper: a script that says what it was asked into a log, and then this.
        func install(_ name: String, _ body: String) async throws {
            let path = "\(folder)/docker-credential-\(name)"
            try DistributionServer.write(
                """
                #!/bin/sh
                echo "$0 $* $(cat)" >> "\(folder)/asked"
                \(body)

                """, to: path)
            _ = try await DistributionServer.output(of: "chmod", ["755", path])
        }

        /// What helpers were asked, one line for each run: `docker-credential-x get server`.
        var asked: [String] {
            let text = (try? DistributionServer.read("\(folder)/asked")) ?? ""
            return text.split(separator: "\n").map { String($0.dropFirst(folder.count + 1)) }
        }

        func source(_ config: String, clock: Clock = .standing) -> CredentialSource {
            DockerCredentials(
                environment: ["PATH": "\(folder):/usr/bin:/bin", "HOME": "/home/ada"],
                clock: clock
            ) { $0 == "/home/ada/.docker/config.json" ? Array(config.utf8) : nil }.source
        }

        func find(
            _ image: String, _ config: String, clock: Clock = .standing
        ) async throws(PortFailure) -> FoundCredential {
            try await source(config, clock: clock).credential(
                for: wellFormed { try Repository(image) })
        }
    }

    private func withBench(_ body: @escaping (Bench) async throws -> Void) async throws {
        try await DistributionServer.withFolder { try await body(Bench(folder: $0)) }
    }

    private static let robot = #"echo '{"ServerURL":"x","Username":"robot","Secret":"hunter2"}'"#
    private static let notFound = "echo 'credentials not found in native keychain'; exit 1"
    private static let password = Credential.password(user: "robot", password: "hunter2")

    @Test(
        "a registry's own helper is asked before the store, and the store before the entries",
        arguments: [
            (#"{"credsStore":"store"}"#, "r.io/a", ["docker-credential-store get r.io"]),
            (
                #"{"credHelpers":{"r.io":"own"},"credsStore":"store"}"#, "r.io/a",
                ["docker-credential-own get r.io"]
            ),
            (
                #"{"credHelpers":{"https://r.io":"own"}}"#, "r.io/a/b",
                ["docker-credential-own get r.io"]
            ),
            (
                #"{"credHelpers":{"r.io:5000":"own"},"credsStore":"store"}"#, "r.io/a",
                ["docker-credential-store get r.io"]
            ),
            (
                #"{"credHelpers":{"r.io":""},"credsStore":"store","auths":{"r.io":{"auth":"#
                    + #""cm9ib3Q6aHVudGVyMg=="}}}"#, "r.io/a", []
            ),
            (#"{"credsStore":"store"}"#, "r.io:5000/a", ["docker-credential-store get r.io:5000"]),
            (
                #"{"credsStore":"store"}"#, "ubuntu",
                ["docker-credential-store get https://index.docker.io/v1/"]
            ),
            (
                #"{"credHelpers":{"https://index.docker.io/v1/":"own"}}"#, "acme/app",
                ["docker-credential-own get https://index.docker.io/v1/"]
            ),
        ])
    func order(config: String, image: String, asked: [String]) async throws {
        try await withBench { bench in
            try await bench.install("own", Self.robot)
            try await bench.install("store", Self.robot)
            let found = try await bench.find(image, config)
            #expect(found.credential == Self.password)
            #expect(bench.asked == asked)
        }
    }

    @Test("a helper without a credential leaves the search to the next place")
    func next() async throws {
        try await withBench { bench in
            try await bench.install("store", Self.notFound)
            let beside = #"{"credsStore":"store","auths":{"r.io":{"auth":"dTpw"}}}"#
            let entry = try await bench.find("r.io/a", beside)
            #expect(entry.credential == .password(user: "u", password: "p"))
            let none = try await bench.find(
                "r.io/a", #"{"credsStore":"store","auths":{"r.io":{}}}"#)
            #expect(none.credential == .anonymous)
            #expect(
                none.emptyHelper
                    == "docker-credential-store, named in /home/ada/.docker/config.json")
        }
    }

    @Test(
        "what a helper prints is read by the protocol",
        arguments: [
            (robot, password),
            (#"printf '{"username":"robot","secret":"hunter2"}'"#, password),
            (
                #"echo '{"ServerURL":"","Username":"<token>","Secret":"refresh"}'"#,
                .identityToken(user: "<token>", token: "refresh")
            ),
            (notFound, .anonymous),
            (#"printf 'credentials not found in native keychain'; exit 1"#, .anonymous),
            (#"echo '{"ServerURL":"","Username":"","Secret":""}'"#, .anonymous),
        ] as [(String, Credential)])
    func printed(script: String, credential: Credential) async throws {
        try await withBench { bench in
            try await bench.install("store", script)
            let found = try await bench.find("r.io/a", #"{"credsStore":"store"}"#)
            #expect(found.credential == credential)
        }
    }

    @Test(
        "what is no answer is an error that names the helper and nothing that it printed as JSON",
        arguments: [
            ("echo 's3cr3t'", .garbled, "printed no user name"),
            (#"echo '{"Username":"robot","Secret":"s3cr3t"'"#, .garbled, "printed no user name"),
            (#"echo '{"Username":"robot"}'"#, .garbled, "printed no user name"),
            (#"echo '{"Username":"","Secret":"s3cr3t"}'"#, .garbled, "empty"),
            (#"echo '{"Username":7,"Secret":"s3cr3t"}'"#, .garbled, "printed no user name"),
            (
                #"echo '{"Username":"a","username":"b","Secret":"s3cr3t"}'"#, .garbled,
                "printed no user name"
            ),
            ("true", .garbled, "printed no user name"),
            (#"echo '{"Secret":"s3cr3t"}'; exit 1"#, .denied, "failed"),
            (#"echo 'got {s3cr3t}'; echo 'x {s3cr3t' >&2; exit 1"#, .denied, "failed"),
            ("echo 'pass not initialized'; exit 1", .denied, "failed (pass not initialized)"),
            ("echo 'no account' >&2; exit 1", .denied, "failed (no account)"),
            ("echo 'credentials not found in native keychain' >&2; exit 1", .denied, "failed"),
            (#"kill -9 $$"#, .denied, "failed"),
            ("head -c 70000 /dev/zero", .tooLarge, "more than 65536 bytes"),
        ] as [(String, PortFailure.Code, String)])
    func bad(script: String, code: PortFailure.Code, words: String) async throws {
        try await withBench { bench in
            try await bench.install("store", script)
            let refusal = await failure { () throws(PortFailure) in
                _ = try await bench.find("r.io/a", #"{"credsStore":"store"}"#)
            }
            #expect(refusal?.code == code)
            #expect(refusal?.subject == "r.io")
            #expect(refusal?.detail.contains("docker-credential-store, which /home") == true)
            #expect(refusal?.detail.contains(words) == true, "\(refusal?.detail ?? "")")
            #expect(refusal.map { "\($0)".contains("s3cr3t") } == false)
        }
    }

    @Test("a helper that is not on PATH is an error that names it, not an anonymous pull")
    func absent() async throws {
        try await withBench { bench in
            let refusal = await failure { () throws(PortFailure) in
                _ = try await bench.find("r.io/a", #"{"credHelpers":{"r.io":"gone"}}"#)
            }
            #expect(refusal?.code == .denied)
            #expect(
                refusal?.detail
                    == "the credential helper docker-credential-gone, which "
                    + "/home/ada/.docker/config.json names, is not on PATH")
            #expect(refusal?.advice?.contains("Install docker-credential-gone") == true)
        }
    }

    @Test("a helper that does not answer is ended after its time, with all that it started")
    func slow() async throws {
        try await withBench { bench in
            try await bench.install("store", "sleep 600")
            // A sleep by this clock is over at once.
            let refusal = await failure { () throws(PortFailure) in
                _ = try await bench.find(
                    "r.io/a", #"{"credsStore":"store"}"#, clock: ManualClock().clock)
            }
            #expect(refusal?.code == .timedOut)
            #expect(refusal?.detail.contains("did not answer within 30s") == true)
        }
    }

    @Test("a helper that does not read what it is asked breaks nothing")
    func deaf() async throws {
        try await withBench { bench in
            let path = "\(bench.folder)/docker-credential-deaf"
            try DistributionServer.write("#!/bin/sh\nexec <&-\n\(Self.robot)\n", to: path)
            _ = try await DistributionServer.output(of: "chmod", ["755", path])
            for _ in 1...20 {
                let found = try await bench.find("r.io/a", #"{"credsStore":"deaf"}"#)
                #expect(found.credential == Self.password)
            }
        }
    }

    @Test("an open registry asks no helper")
    func notNeeded() async throws {
        try await withBench { bench in
            try await bench.install("store", Self.robot)
            try await withLoopback { loopback in
                loopback.store.add(contractImage("single-label"), to: "acme/app", tag: "t")
                let source = bench.source(#"{"credsStore":"store"}"#)
                try await Stand.with([loopback.repository()], source: source) { stand in
                    let digest = try await stand.registry.digest(of: loopback.image("t"))
                    #expect(digest != nil)
                }
                #expect(bench.asked == [])
            }
        }
    }

    @Test(
        "one host's helper is asked once in a run, after the challenge, whatever asks for it",
        arguments: [true, false])
    func once(isBearer: Bool) async throws {
        let paths = ["acme/app", "acme/worker", "acme/web"]
        let authority = TokenAuthority()
        let authentication: LoopbackRegistry.Authentication =
            isBearer ? .bearer(authority) : .basic(user: "robot", password: "hunter2")
        try await withBench { bench in
            try await bench.install("store", Self.robot)
            try await withLoopback(authentication) { loopback in
                for path in paths + ["acme/late"] {
                    loopback.store.add(contractImage("single-label"), to: path, tag: "t")
                }
                let source = bench.source(#"{"credsStore":"store"}"#)
                let repositories = paths.map { loopback.repository($0) }
                try await Stand.with(repositories, source: source) { stand in
                    try await withThrowingTaskGroup(of: Digest?.self) { tasks in
                        for index in 0..<30 {
                            let image = loopback.image("t", paths[index % 3])
                            tasks.addTask { try await stand.registry.digest(of: image) }
                        }
                        for try await digest in tasks { #expect(digest != nil) }
                    }
                    // One that was not announced has an account of its own.
                    let late = try await stand.registry.digest(
                        of: loopback.image("t", "acme/late"))
                    #expect(late != nil)
                }
                #expect(bench.asked == ["docker-credential-store get \(loopback.host)"])
            }
        }
    }

    @Test("a helper's identity token is exchanged for an access token")
    func identityToken() async throws {
        try await withBench { bench in
            try await bench.install("store", #"echo '{"Username":"<token>","Secret":"refresh"}'"#)
            try await withLoopback(.bearer(TokenAuthority())) { loopback in
                loopback.store.add(contractImage("single-label"), to: "acme/app", tag: "t")
                let source = bench.source(#"{"credsStore":"store"}"#)
                try await Stand.with([loopback.repository()], source: source) { stand in
                    let digest = try await stand.registry.digest(of: loopback.image("t"))
                    #expect(digest != nil)
                }
                let token = try #require(loopback.log.first { $0.path == "/token" })
                #expect(token.method == "POST")
                #expect(token.form.contains { $0 == ("grant_type", "refresh_token") })
                #expect(token.form.contains { $0 == ("refresh_token", "refresh") })
                #expect(token.header("Authorization") == nil)
            }
        }
    }

    @Test("a helper's failure is told of the registry that needed it")
    func failing() async throws {
        try await withBench { bench in
            try await withLoopback(.bearer(TokenAuthority())) { loopback in
                let source = bench.source(#"{"credsStore":"gone"}"#)
                try await Stand.with([loopback.repository()], source: source) { stand in
                    let refusal = await failure { () throws(PortFailure) in
                        _ = try await stand.registry.digest(of: loopback.image("t"))
                    }
                    #expect(refusal?.code == .denied)
                    #expect(refusal?.detail.contains("is not on PATH") == true)
                }
                #expect(loopback.count("GET", "/token") == 0)
            }
        }
    }

    @Test("an empty helper and a refusal are told together")
    func refused() async throws {
        try await withBench { bench in
            try await bench.install("store", Self.notFound)
            try await withLoopback(.basic(user: "robot", password: "hunter2")) { loopback in
                let source = bench.source(#"{"credsStore":"store"}"#)
                try await Stand.with([loopback.repository()], source: source) { stand in
                    let refusal = await failure { () throws(PortFailure) in
                        _ = try await stand.registry.digest(of: loopback.image("t"))
                    }
                    #expect(refusal?.code == .denied)
                    #expect(
                        refusal?.advice
                            == "Log in to \(loopback.host) with `docker login \(loopback.host)`: "
                            + "docker-credential-store, named in /home/ada/.docker/config.json, "
                            + "has no credential for it.")
                }
            }
        }
    }
}

extension Clock {
    /// A clock that stands still: whoever sleeps by it sleeps until he is woken.
    static let standing = Clock(
        now: { ManualClock.start },
        sleep: { _ async throws(CancellationError) in
            let (never, end) = AsyncStream.makeStream(of: Void.self)
            for await _ in never {}
            end.finish()
            throw CancellationError()
        })
}
