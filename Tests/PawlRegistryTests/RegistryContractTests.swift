import PawlCore
import PawlHTTP
import PawlImages
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Testing

@Suite("Every registry keeps the same contract")
struct RegistryContractTests {
    @Test("the registry in memory")
    func memory() async {
        let registry = MemoryRegistry()
        let repository = wellFormed { try Repository("ghcr.io/acme/app") }
        var digests: [String: Digest] = [:]
        for image in RegistryContract.images {
            let digest = Digest.named(image.tag)
            digests[image.tag] = digest
            registry.publish(
                digest, image.revision,
                at: wellFormed { ImageReference(repository, try Tag(image.tag)) })
        }
        let contract = RegistryContract(
            registry, repository: repository,
            elsewhere: wellFormed { try Repository("prod.example/app") }, digests: digests)
        #expect(await contract.breaches() == [])
    }

    @Test("the registry on loopback, open")
    func loopbackOpen() async throws {
        try await loopback(.open, .anonymous)
    }

    @Test("the registry on loopback, with a password")
    func loopbackBasic() async throws {
        try await loopback(
            .basic(user: "robot", password: "hunter2"),
            .password(user: "robot", password: "hunter2"))
    }

    @Test("the registry on loopback, with tokens")
    func loopbackBearer() async throws {
        try await loopback(
            .bearer(TokenAuthority()), .password(user: "robot", password: "hunter2"))
    }

    @Test("the registry on loopback, with a refresh token")
    func loopbackIdentityToken() async throws {
        try await loopback(
            .bearer(TokenAuthority(tokenName: "access_token")),
            .identityToken(user: "<token>", token: "refresh"))
    }

    @Test("distribution, open")
    func distributionOpen() async throws {
        try await DistributionServer.withFolder { folder in
            try await DistributionServer.run(in: folder) { server in
                try await contract(of: server, .anonymous, authorization: nil)
            }
        }
    }

    @Test("distribution with a password file")
    func distributionPassword() async throws {
        let (user, password) = ("robot", "pass:word with blanks")
        try await DistributionServer.withFolder { folder in
            let line = try await DistributionServer.output(
                of: "htpasswd", ["-Bbn", user, password])
            try DistributionServer.write(
                String(decoding: line, as: UTF8.self), to: "\(folder)/htpasswd")
            let authentication = "auth: {htpasswd: {realm: r, path: \(folder)/htpasswd}}"
            try await DistributionServer.run(in: folder, authentication: authentication) { server in
                try await contract(
                    of: server, .password(user: user, password: password),
                    authorization: TokenAuthority.basic(user, password))
            }
        }
    }

    @Test("distribution with a token service on another host that the policy names")
    func distributionTokens() async throws {
        try await DistributionServer.withFolder { folder in
            let authority = try await SigningAuthority(in: folder)
            let service = try await LoopbackServer.start { authority.answer($0) }
            let configuration = authority.configuration(realm: "\(service.url)/token")
            let pusher = try await token(from: service)
            do {
                try await DistributionServer.run(in: folder, authentication: configuration) {
                    server in
                    try await contract(
                        of: server,
                        .password(
                            user: SigningAuthority.user, password: SigningAuthority.password),
                        authorization: pusher,
                        authHost: try RegistryHost(service.url.dropFirst(7)))
                }
            } catch {
                await service.stop()
                throw error
            }
            await service.stop()
        }
    }

    private func token(from service: LoopbackServer) async throws -> String {
        let client = LoopbackClient()
        let answer = try await client.send(
            "GET", "\(service.url)/token?scope=repository%3Aacme%2Fapp%3Apull%2Cpush",
            headers: [
                (
                    "Authorization",
                    TokenAuthority.basic(SigningAuthority.user, SigningAuthority.password)
                )
            ])
        await client.shutdown()
        let text = String(decoding: answer.body, as: UTF8.self)
        return "Bearer " + (text.split(separator: "\"").dropFirst(3).first ?? "")
    }

    private func loopback(
        _ authentication: LoopbackRegistry.Authentication, _ credential: Credential
    ) async throws {
        try await withLoopback(authentication) { loopback in
            var digests: [String: Digest] = [:]
            for image in RegistryContract.images {
                digests[image.tag] = loopback.store.add(
                    contractImage(image.tag), to: "acme/app", tag: image.tag)
            }
            let elsewhere = loopback.repository("prod/app")
            try await Stand.with([loopback.repository(), elsewhere], credential) { stand in
                let contract = RegistryContract(
                    stand.registry, repository: loopback.repository(), elsewhere: elsewhere,
                    digests: digests)
                #expect(await contract.breaches() == [])
            }
            let bytes = loopback.store.digest(of: "moving", in: "acme/app")
                .flatMap { loopback.store.manifest($0, in: "acme/app") }?.bytes
            #expect(bytes == contractImage("index-annotation").top.bytes)
        }
    }

    /// Pushes by another client, runs the contract, and lets skopeo say what is there afterwards.
    private func contract(
        of server: DistributionServer, _ credential: Credential, authorization: String?,
        authHost: RegistryHost? = nil
    ) async throws {
        let repository = try Repository("\(server.host)/acme/app")
        let client = LoopbackClient()
        var digests: [String: Digest] = [:]
        do {
            for image in RegistryContract.images {
                let built = contractImage(image.tag)
                try await client.push(
                    built, to: server.url, path: "acme/app", tag: image.tag,
                    authorization: authorization)
                digests[image.tag] = built.digest
            }
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()

        let registries = [repository.host: RegistrySettings(authHost: authHost)]
        let elsewhere = try Repository("\(server.host)/prod/app")
        try await Stand.with([repository, elsewhere], credential, registries: registries) { stand in
            let contract = RegistryContract(
                stand.registry, repository: repository, elsewhere: elsewhere, digests: digests)
            #expect(await contract.breaches() == [])
            let odd = ImageReference(repository, try Tag("odd"))
            try await stand.registry.put(
                contractImage("single-annotation").digest, from: repository, at: odd)
        }
        for (repository, tag, image) in [
            (repository, "moving", "index-annotation"), (repository, "odd", "single-annotation"),
            (elsewhere, "copied", "index-labels"),
        ] {
            var arguments = ["inspect", "--raw", "--tls-verify=false"]
            if case .password(let user, let password) = credential {
                arguments += ["--creds", "\(user):\(password)"]
            }
            let raw = try await DistributionServer.output(
                of: "skopeo", arguments + ["docker://\(repository):\(tag)"])
            #expect(raw == contractImage(image).top.bytes)
        }
    }
}
