import PawlHTTP
import PawlLoopback
import Testing

/// Nothing here is ours but the program: Debian's docker-registry with a password file, a git
/// repository, and skopeo as a second pair of eyes.
@Suite("With a real registry, real git, and skopeo to read back")
struct RealComponentsTests {
    private static let user = "robot"
    private static let password = "pass:word"

    @Test("an index and a single image are promoted to the byte, with docker's own credentials")
    func promotion() async throws {
        try await DistributionServer.withFolder { folder in
            let line = try await DistributionServer.output(
                of: "htpasswd", ["-Bbn", Self.user, Self.password])
            try DistributionServer.write(
                String(decoding: line, as: UTF8.self), to: "\(folder)/htpasswd")
            let authentication = "auth: {htpasswd: {realm: r, path: \(folder)/htpasswd}}"
            try await DistributionServer.run(in: folder, authentication: authentication) { server in
                try await ActionFolder.with { clone in
                    try await story(server, clone)
                }
            }
        }
    }

    private func story(_ server: DistributionServer, _ clone: ActionFolder) async throws {
        try clone.write(
            #"{"auths": {"\#(server.host)": {"auth": "\#(base64(Self.credential))"}}}"#,
            to: "docker/config.json")
        try clone.write(policy(server), to: "pawl.yaml")
        try await git(clone, "init", "--quiet", "--initial-branch=main")
        let first = try await commit(clone, server)
        let second = try await commit(clone, server)

        let denied = try await pawl(clone, ["promote", first], credentials: "nowhere")
        #expect(denied.status == 3, "\(denied)")
        #expect(denied.stdout.contains("registry-denied"), "\(denied)")

        let promoted = try await pawl(clone, ["promote", first, "--gate", "e2e.yml=success"])
        #expect(promoted.status == 0, "\(promoted)")
        try await expectLive(first, server)

        let red = try await pawl(clone, ["promote", second, "--gate", "e2e.yml=failure"])
        #expect(red.status == 1, "\(red)")
        try await expectLive(first, server)

        let green = try await pawl(
            clone, ["promote", String(second.prefix(8)), "--gate", "e2e.yml=success", "--json"])
        #expect(green.status == 0, "\(green)")
        #expect(green.stdout.contains(#""previous": "\#(first)""#), "\(green)")
        try await expectLive(second, server)

        let late = try await pawl(clone, ["promote", first, "--gate", "e2e.yml=success"])
        #expect(late.status == 1, "\(late)")
        #expect(late.stdout.contains("behind"), "\(late)")
        try await expectLive(second, server)
        for ran in [denied, promoted, red, green, late] {
            #expect(!ran.description.contains(Self.password), "\(ran)")
        }
    }

    /// skopeo finds the same bytes under the moving tag as under the commit's own.
    private func expectLive(_ commit: String, _ server: DistributionServer) async throws {
        for image in ["acme/app", "acme/worker"] {
            let live = try await inspect("\(server.host)/\(image):latest")
            let source = try await inspect("\(server.host)/\(image):staging-\(commit.prefix(7))")
            #expect(live == source)
            #expect(!live.isEmpty)
        }
    }

    private func inspect(_ image: String) async throws -> [UInt8] {
        try await DistributionServer.output(
            of: "skopeo",
            [
                "inspect", "--raw", "--tls-verify=false", "--creds",
                "\(Self.user):\(Self.password)", "docker://\(image)",
            ])
    }

    private static var credential: [UInt8] { Array("\(user):\(password)".utf8) }

    private func policy(_ server: DistributionServer) -> String {
        """
        version: 1
        host: git
        branch: main
        channels:
          latest:
            images: ["\(server.host)/acme/app", "\(server.host)/acme/worker"]
            from: "staging-{short_sha}"
            build: publish.yml
            gates:
              - workflow: e2e.yml
                absent: hold

        """
    }

    /// A commit with its two images in the registry.
    private func commit(_ clone: ActionFolder, _ server: DistributionServer) async throws -> String
    {
        try await git(clone, "commit", "--quiet", "--allow-empty", "-m", "A commit")
        let sha = try await git(clone, "rev-parse", "HEAD")
        let client = LoopbackClient()
        let authorization = TokenAuthority.basic(Self.user, Self.password)
        for (path, image) in [
            ("acme/app", RegistryImageBuilder.index(of: sha)),
            ("acme/worker", RegistryImageBuilder.single(of: sha)),
        ] {
            try await client.push(
                image.build(), to: server.url, path: path, tag: "staging-\(sha.prefix(7))",
                authorization: authorization)
        }
        await client.shutdown()
        return sha
    }

    @discardableResult
    private func git(_ clone: ActionFolder, _ arguments: String...) async throws -> String {
        let ran = try await Binary(path: "git").run(
            arguments,
            environment: [
                "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
                "GIT_AUTHOR_NAME": "Test", "GIT_AUTHOR_EMAIL": "test@example.com",
                "GIT_COMMITTER_NAME": "Test", "GIT_COMMITTER_EMAIL": "test@example.com",
            ], in: clone.path)
        try #require(ran.status == 0, "\(ran)")
        return String(ran.stdout.prefix { !$0.isNewline })
    }

    private func pawl(
        _ clone: ActionFolder, _ arguments: [String], credentials: String = "docker"
    ) async throws -> Ran {
        try await Binary.pawl.run(
            arguments,
            environment: ["DOCKER_CONFIG": clone.path(of: credentials), "HOME": clone.path],
            in: clone.path)
    }
}
