import PawlCore
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Testing

@Suite("What skopeo uses to get into distribution, Pawl uses too")
struct BesideSkopeoTests {
    private static let (user, password) = ("robot", "pass:word with blanks")

    /// A registry that lets one account in, with one image, and a folder for what clients leave.
    private func withRegistry(
        _ body: @escaping @Sendable (String, DistributionServer) async throws -> Void
    ) async throws {
        try await DistributionServer.withFolder { folder in
            let line = try await DistributionServer.output(
                of: "htpasswd", ["-Bbn", Self.user, Self.password])
            try DistributionServer.write(
                String(decoding: line, as: UTF8.self), to: "\(folder)/htpasswd")
            let authentication = "auth: {htpasswd: {realm: r, path: \(folder)/htpasswd}}"
            try await DistributionServer.run(in: folder, authentication: authentication) { server in
                let client = LoopbackClient()
                do {
                    try await client.push(
                        contractImage("single-label"), to: server.url, path: "acme/app", tag: "t",
                        authorization: TokenAuthority.basic(Self.user, Self.password))
                } catch {
                    await client.shutdown()
                    throw error
                }
                await client.shutdown()
                try await body(folder, server)
            }
        }
    }

    private func digest(
        at server: DistributionServer, _ environment: [String: String]
    ) async throws -> Digest? {
        let credentials = DockerCredentials(environment: environment, clock: .standing) { path in
            (try? DistributionServer.read(path)).map { Array($0.utf8) }
        }
        let repository = try Repository("\(server.host)/acme/app")
        let image = ImageReference(repository, try Tag("t"))
        var digest: Digest?
        try await Stand.with([repository], source: credentials.source, access: .pull) { stand in
            digest = try await stand.registry.digest(of: image)
        }
        return digest
    }

    @Test("the file that skopeo login leaves")
    func login() async throws {
        try await withRegistry { folder, server in
            let file = "\(folder)/auth.json"
            _ = try await DistributionServer.output(
                of: "skopeo",
                [
                    "login", "--tls-verify=false", "--authfile", file, "-u", Self.user, "-p",
                    Self.password, server.host,
                ])
            let digest = try await digest(at: server, ["REGISTRY_AUTH_FILE": file])
            #expect(digest == contractImage("single-label").digest)
        }
    }

    @Test("a helper is asked in the same words")
    func helper() async throws {
        try await withRegistry { folder, server in
            let helper = "\(folder)/docker-credential-kept"
            try DistributionServer.write(
                """
                #!/bin/sh
                echo "$* $(cat)" >> "\(folder)/asked"
                echo '{"Username":"\(Self.user)","Secret":"\(Self.password)"}'

                """, to: helper)
            _ = try await DistributionServer.output(of: "chmod", ["755", helper])
            let file = "\(folder)/auth.json"
            try DistributionServer.write(
                "{\"credHelpers\":{\"\(server.host)\":\"kept\"}}", to: file)
            let path = "\(folder):/usr/bin:/bin"
            _ = try await DistributionServer.output(
                of: "env",
                [
                    "PATH=\(path)", "REGISTRY_AUTH_FILE=\(file)", "skopeo", "inspect", "--raw",
                    "--tls-verify=false", "docker://\(server.host)/acme/app:t",
                ])
            let asked = try DistributionServer.read("\(folder)/asked").split(separator: "\n")
            let digest = try await digest(
                at: server, ["PATH": path, "REGISTRY_AUTH_FILE": file])
            #expect(digest == contractImage("single-label").digest)
            let then = try DistributionServer.read("\(folder)/asked").split(separator: "\n")
            #expect(Set(asked) == ["get \(server.host)"])
            #expect(then == asked + ["get \(server.host)"])
        }
    }
}
