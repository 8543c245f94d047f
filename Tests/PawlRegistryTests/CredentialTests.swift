import PawlCore
import PawlHTTP
import PawlLoopback
import PawlRegistry
import PawlTesting
import Testing

@Suite("Credentials are found where the usual clients leave them")
struct CredentialTests {
    private func find(
        _ image: String, _ environment: [String: String] = ["HOME": "/home/ada"],
        files: [String: String]
    ) async throws(PortFailure) -> FoundCredential {
        let credentials = DockerCredentials(
            environment: environment, clock: ManualClock().clock
        ) { files[$0].map { Array($0.utf8) } }
        return try await credentials.source.credential(
            for: wellFormed { try Repository(image) })
    }

    private func auths(_ entries: String) -> [String: String] {
        ["/home/ada/.docker/config.json": "{\"auths\":{\(entries)}}"]
    }

    private func auth(_ text: String) -> String { base64(Array(text.utf8)) }

    @Test(
        "a key matches its host exactly, with or without scheme and an API's path",
        arguments: [
            ("ghcr.io", "ghcr.io/acme/app", true), ("https://ghcr.io", "ghcr.io/acme/app", true),
            ("https://ghcr.io/v1/", "ghcr.io/acme/app", true),
            ("https://ghcr.io/v2/", "ghcr.io/acme/app", true),
            ("ghcr.io/", "ghcr.io/acme/app", true), ("GHCR.io", "ghcr.io/acme/app", true),
            ("ghcr.io/acme", "ghcr.io/acme/app", true),
            ("ghcr.io/acme/app", "ghcr.io/acme/app", true),
            ("ghcr.io/acm", "ghcr.io/acme/app", false),
            ("ghcr.io/other", "ghcr.io/acme/app", false),
            ("ghcr.io.evil.com", "ghcr.io/acme/app", false),
            ("ghcr.io", "ghcr.io.evil.com/acme/app", false),
            ("r.internal:5000", "r.internal:5000/a", true),
            ("r.internal", "r.internal:5000/a", false),
            ("r.internal:5000", "r.internal/a", false),
            ("https://index.docker.io/v1/", "ubuntu", true), ("docker.io", "ubuntu", true),
            ("registry-1.docker.io", "acme/app", true),
        ])
    func keys(key: String, image: String, matches: Bool) async throws {
        let entry = "\"\(key)\":{\"auth\":\"\(auth("u:p"))\"}"
        let found = try await find(image, files: auths(entry))
        #expect(
            found.credential == (matches ? .password(user: "u", password: "p") : .anonymous))
    }

    @Test("the most specific key wins")
    func specific() async throws {
        let entries =
            "\"ghcr.io\":{\"auth\":\"\(auth("u:host"))\"},"
            + "\"ghcr.io/acme\":{\"auth\":\"\(auth("u:namespace"))\"}"
        let found = try await find("ghcr.io/acme/app", files: auths(entries))
        #expect(found.credential == .password(user: "u", password: "namespace"))
    }

    @Test("entries of every form are read")
    func forms() async throws {
        for (entry, expected) in [
            (
                "\"auth\":\"\(auth("u:p:with:colons"))\"",
                Credential.password(user: "u", password: "p:with:colons")
            ),
            ("\"auth\":\"\(auth("u:p\0\0"))\"", .password(user: "u", password: "p")),
            (#""username":"u","password":"p""#, .password(user: "u", password: "p")),
            (
                "\"auth\":\"\(auth("u:p"))\",\"identitytoken\":\"i\"",
                .identityToken(user: "u", token: "i")
            ),
            (#""registrytoken":"r""#, .registryToken("r")),
            ("\"auth\":\"\(auth("<token>:i"))\"", .identityToken(user: "<token>", token: "i")),
            ("", .anonymous), (#""auth":"""#, .anonymous),
        ] {
            let found = try await find("ghcr.io/a/b", files: auths("\"ghcr.io\":{\(entry)}"))
            #expect(found.credential == expected)
        }
    }

    @Test("files are asked in the documented order")
    func order() async throws {
        func file(_ password: String) -> String {
            "{\"auths\":{\"ghcr.io\":{\"auth\":\"\(auth("u:\(password)"))\"}}}"
        }
        var environment = [
            "REGISTRY_AUTH_FILE": "/auth", "DOCKER_AUTH_CONFIG": file("variable"),
            "DOCKER_CONFIG": "/docker", "HOME": "/home/ada", "XDG_RUNTIME_DIR": "/run/user/1",
            "GITHUB_TOKEN": "token",
        ]
        let files = [
            "/auth": file("authfile"), "/docker/config.json": file("docker"),
            "/home/ada/.docker/config.json": file("home"),
            "/run/user/1/containers/auth.json": file("runtime"),
            "/home/ada/.config/containers/auth.json": file("config"),
        ]
        var order: [String] = []
        for name in [
            "REGISTRY_AUTH_FILE", "DOCKER_AUTH_CONFIG", "DOCKER_CONFIG", "/home", "XDG_RUNTIME_DIR",
            "HOME", "GITHUB_TOKEN",
        ] {
            var files = files
            if name == "HOME" || name == "XDG_RUNTIME_DIR" || name == "GITHUB_TOKEN" {
                files["/home/ada/.docker/config.json"] = nil
            }
            let found = try await find("ghcr.io/a/b", environment, files: files)
            if case .password(_, let password) = found.credential { order.append(password) }
            environment[name] = nil
        }
        #expect(
            order == ["authfile", "variable", "docker", "home", "runtime", "config", "token"])
    }

    @Test("podman's file is under the user's number where no runtime folder is named")
    func podman() async throws {
        let files = [
            "/run/containers/7/auth.json":
                "{\"auths\":{\"r.io\":{\"auth\":\"\(auth("u:number"))\"}}}",
            "/run/user/7/containers/auth.json":
                "{\"auths\":{\"r.io\":{\"auth\":\"\(auth("u:folder"))\"}}}",
        ]
        for (environment, password) in [
            ([:], "number"), (["XDG_RUNTIME_DIR": "/run/user/7"], "folder"),
        ] {
            let credentials = DockerCredentials(
                environment: environment, clock: .standing, userID: 7
            ) { (path) throws(DockerCredentials.Unreadable) in files[path].map { Array($0.utf8) } }
            let found = try await credentials.source.credential(for: Repository("r.io/a"))
            #expect(found.credential == .password(user: "u", password: password))
        }
    }

    @Test("GitHub's token is for its own registry alone")
    func gitHub() async throws {
        let environment = ["GITHUB_TOKEN": "t", "GITHUB_ACTOR": "octo"]
        let own = try await find("ghcr.io/a/b", environment, files: [:])
        #expect(own.credential == .password(user: "octo", password: "t"))
        #expect(own.words == "a password from GITHUB_TOKEN")
        for image in ["ubuntu", "ghcr.io.evil.com/a", "ghcr.io:5000/a"] {
            let other = try await find(image, environment, files: [:])
            #expect(other.credential == .anonymous)
        }
        let nameless = try await find("ghcr.io/a/b", ["GITHUB_TOKEN": "t"], files: [:])
        #expect(nameless.credential == .password(user: "unset", password: "t"))
    }

    @Test("nothing found anywhere is anonymous")
    func nothing() async throws {
        for environment in [[:], ["HOME": "/home/ada"], ["HOME": "", "DOCKER_CONFIG": ""]] {
            let found = try await find("ghcr.io/a/b", environment, files: [:])
            #expect(found == .none)
        }
    }

    @Test("a file that was named and is not there is not nothing")
    func namedFile() async {
        let refusal = await failure { () throws(PortFailure) in
            _ = try await find("r.io/a", ["REGISTRY_AUTH_FILE": "/gone"], files: [:])
        }
        #expect(refusal?.code == .denied)
        #expect(refusal?.detail.contains("/gone") == true)
    }

    @Test("a file that cannot be read is not nothing, and nothing is sent for it")
    func unreadable() async throws {
        let credentials = DockerCredentials(
            environment: ["HOME": "/home/ada", "GITHUB_TOKEN": "t"], clock: ManualClock().clock
        ) { (_) throws(DockerCredentials.Unreadable) in
            throw DockerCredentials.Unreadable(detail: "permission denied")
        }
        try await withLoopback { loopback in
            try await Stand.with([loopback.repository()], source: credentials.source) { stand in
                let refusal = await failure { () throws(PortFailure) in
                    _ = try await stand.registry.digest(of: loopback.image("t"))
                }
                #expect(refusal?.code == .denied)
                #expect(refusal?.detail.contains("permission denied") == true)
            }
            #expect(loopback.log.isEmpty)
        }
    }

    @Test("a broken file ends the search, and says nothing of what is in it")
    func broken() async {
        for text in [
            "not json", "[]", #"{"credsStore":"../s3cr3t"}"#,
            #"{"credHelpers":{"ghcr.io":"s3cr3t; id"}}"#, #"{"credsStore":"a","credsStore":"b"}"#,
            #"{"auths":{"ghcr.io":{"auth":"%%%s3cr3t"}}}"#,
            "{\"auths\":{\"ghcr.io\":{\"auth\":\"\(auth(":s3cr3t"))\"}}}",
            "{\"auths\":{\"ghcr.io\":{\"auth\":\"\(auth("s3cr3t"))\"}}}",
            #"{"auths":{},"auths":{}}"#,
        ] {
            let refusal = await failure { () throws(PortFailure) in
                _ = try await find(
                    "ghcr.io/a/b", ["HOME": "/home/ada", "GITHUB_TOKEN": "t"],
                    files: ["/home/ada/.docker/config.json": text])
            }
            #expect(refusal?.code == .denied)
            #expect(refusal?.subject == "/home/ada/.docker/config.json")
            #expect(refusal.map { "\($0)".contains("s3cr3t") } == false)
        }
    }

    @Test("a credential prints its kind alone")
    func prints() {
        for credential in [
            Credential.password(user: "u", password: "s3cr3t"), .registryToken("s3cr3t"),
            .identityToken(user: "u", token: "s3cr3t"),
        ] {
            let found = FoundCredential(credential, origin: "a file")
            var dumped = ""
            dump(found, to: &dumped)
            for text in ["\(credential)", String(reflecting: found), dumped] {
                #expect(!text.contains("s3cr3t"))
            }
        }
    }
}
