import PawlCore
import PawlHTTP
import PawlImages
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Testing

@Suite("An image is copied whole, and the tag comes last")
struct CopyTests {
    private static let image = contractImage("index-labels")

    @Test("within one registry every blob is mounted, and nothing is asked that is not needed")
    func mounted() async throws {
        try await withLoopback { loopback in
            loopback.store.add(Self.image, to: "acme/app", tag: "staging")
            try await copy(in: loopback) { refusal in
                #expect(refusal == nil)
                #expect(loopback.holds(Self.image, in: "prod/app", at: "latest"))
                #expect(loopback.count("POST", "/v2/prod/app/blobs/uploads/?mount=") == 7)
                #expect(loopback.count("POST") == 7)
                #expect(loopback.count("HEAD", "/blobs/") == 0)
                #expect(loopback.count("GET", "/blobs/") == 0)
                #expect(loopback.count("GET", "/manifests/") == 5)
                #expect(loopback.count("PUT") == 5)
            }
        }
    }

    @Test("children are put before their index, and the tag is the last write of all")
    func order() async throws {
        try await withLoopback { loopback in
            loopback.store.add(Self.image, to: "acme/app", tag: "staging")
            try await copy(in: loopback) { _ in
                let writes = loopback.log.filter { ["PUT", "POST"].contains($0.method) }
                let puts = writes.filter { $0.method == "PUT" }.map(\.line)
                let children = Self.image.manifests.dropLast().map {
                    "PUT /v2/prod/app/manifests/\($0.digest)"
                }
                #expect(Set(puts.dropLast()) == Set(children))
                #expect(puts.last == "PUT /v2/prod/app/manifests/latest")
                #expect(writes.last?.line == puts.last)
                #expect(writes.prefix(7).allSatisfy { $0.method == "POST" })
            }
        }
    }

    @Test("a registry that does not mount is sent the bytes, unless it has them")
    func notMounted() async throws {
        try await withLoopback { loopback in
            loopback.store.add(Self.image, to: "acme/app", tag: "staging")
            loopback.store.habits.mounts = false
            loopback.store.add(blob: Self.image.blobs[0].bytes, to: "prod/app")
            try await copy(in: loopback) { refusal in
                #expect(refusal == nil)
                #expect(loopback.holds(Self.image, in: "prod/app", at: "latest"))
                #expect(loopback.count("HEAD", "/v2/prod/app/blobs/") == 7)
                // The upload that the registry began instead of the mount is the one that is used,
                // with its own query kept.
                #expect(loopback.count("POST") == 7)
                #expect(loopback.count("PUT", "/blobs/uploads/1?_state=a%2Fb&digest=") == 6)
            }
        }
    }

    @Test("another registry is asked for each blob, and sent what it lacks")
    func otherRegistry() async throws {
        try await withLoopback { source in
            source.store.add(Self.image, to: "acme/app", tag: "staging")
            try await withLoopback { target in
                target.store.add(blob: Self.image.blobs[1].bytes, to: "prod/app")
                try await copy(source, to: target) { refusal in
                    #expect(refusal == nil)
                    #expect(target.holds(Self.image, in: "prod/app", at: "latest"))
                    #expect(target.count("HEAD", "/blobs/") == 7)
                    #expect(target.count("POST", "mount=") == 0)
                    #expect(target.count("POST") == 6)
                    #expect(source.count("GET", "/blobs/") == 6)
                    let sent = target.log.filter { $0.target.contains("digest=") }
                    #expect(sent.allSatisfy { $0.header("Content-Length") == "\($0.body.count)" })
                    #expect(!sent.isEmpty)
                }
            }
        }
    }

    @Test("what is there already is not sent again")
    func again() async throws {
        try await withLoopback { source in
            source.store.add(Self.image, to: "acme/app", tag: "staging")
            try await withLoopback { target in
                target.store.add(Self.image, to: "prod/app", tag: "earlier")
                try await copy(source, to: target) { refusal in
                    #expect(refusal == nil)
                    #expect(source.count("GET", "/blobs/") == 0)
                    #expect(target.count("POST") == 0)
                    #expect(target.holds(Self.image, in: "prod/app", at: "latest"))
                }
            }
        }
    }

    @Test("content that is not what its digest says never becomes whole at the target")
    func wrongContent() async throws {
        let image = contractImage("single-label")
        let layer = image.blobs[1]
        for (bytes, code) in [
            (Array(layer.bytes.reversed()), PortFailure.Code.mismatched),
            (layer.bytes + [0], .mismatched), (layer.bytes.dropLast(), .mismatched),
        ] {
            try await withLoopback { source in
                source.store.add(image, to: "acme/app", tag: "staging")
                let wrong = CannedResponse(status: 200, body: Array(bytes))
                source.plan(.instead(wrong), "GET", "\(layer.digest)", times: .max)
                try await withLoopback { target in
                    try await copy(source, to: target, image) { refusal in
                        #expect(refusal?.code == code)
                        #expect(refusal?.subject.contains("\(layer.digest)") == true)
                        #expect(target.store.blob(layer.digest, in: "prod/app") == nil)
                        #expect(!target.log.contains { $0.body == Array(bytes) })
                        #expect(target.store.digest(of: "latest", in: "prod/app") == nil)
                    }
                }
            }
        }
    }

    @Test(
        "an upload that broke is begun again with a look whether it was taken",
        arguments: ["before", "after", "503", "source", "lost"])
    func broken(how: String) async throws {
        let image = contractImage("single-label")
        let layer = image.blobs[1]
        try await withLoopback { source in
            source.store.add(image, to: "acme/app", tag: "staging")
            try await withLoopback { target in
                let end = "digest=sha256%3A\(layer.digest.hex)"
                switch how {
                case "before": target.plan(.droppedBefore, "PUT", end)
                case "after": target.plan(.droppedAfter, "PUT", end)
                case "503": target.plan(.instead(CannedResponse(status: 503)), "PUT", end)
                case "lost":
                    let lost = CannedResponse.json(
                        #"{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}"#, status: 404)
                    target.plan(.instead(lost), "PUT", end)
                default:
                    source.plan(
                        .afterwards {
                            var answer = $0
                            answer.ending = .dropsInBody
                            return answer
                        }, "GET", "\(layer.digest)")
                }
                try await copy(source, to: target, image) { refusal in
                    #expect(refusal == nil)
                    #expect(target.holds(image, in: "prod/app", at: "latest"))
                    #expect(target.count("HEAD", "blobs/\(layer.digest)") == 2)
                    let uploads = target.count("POST")
                    #expect(uploads == (how == "after" ? 2 : 3))
                }
            }
        }
    }

    @Test("what cannot be uploaded leaves the tag as it was, and says what the registry said")
    func refused() async throws {
        try await withLoopback { source in
            source.store.add(Self.image, to: "acme/app", tag: "staging")
            try await withLoopback { target in
                let before = contractImage("single-label")
                target.store.add(before, to: "prod/app", tag: "latest")
                let refusal = CannedResponse.json(
                    #"{"errors":[{"code":"DENIED","message":"quota is used up"}]}"#, status: 413)
                target.plan(.instead(refusal), "PUT", "uploads", times: .max)
                try await copy(source, to: target) { failure in
                    #expect(failure?.code == .tooLarge)
                    #expect(failure?.detail.contains("quota is used up") == true)
                    #expect(target.store.digest(of: "latest", in: "prod/app") == before.digest)
                    #expect(target.count("PUT", "/manifests/") == 0)
                }
            }
        }
    }

    @Test("a layer that names other places for itself is left there, and they are never asked")
    func foreignLayer() async throws {
        try await withLoopback { elsewhere in
            try await withLoopback { source in
                let layer = sha256(Array("foreign".utf8))
                let urls = "[\"\(elsewhere.url)/layer\"]"
                let foreignType = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
                let digest = source.addImage(
                    layers: [
                        "{\"mediaType\":\"\(foreignType)\","
                            + "\"digest\":\"\(layer)\",\"size\":7,\"urls\":\(urls)}"
                    ])
                try await withLoopback { target in
                    try await copy(digest, source, to: target) { refusal in
                        #expect(refusal == nil)
                        #expect(target.store.digest(of: "latest", in: "prod/app") == digest)
                        #expect(!target.log.contains { $0.target.contains(layer.hex) })
                        #expect(elsewhere.log.isEmpty)
                    }
                }
            }
        }
    }

    @Test("content that its descriptor carries needs no request to the source")
    func embedded() async throws {
        try await withLoopback { source in
            let digest = source.addImage(
                layers: [
                    #"{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:"#
                        + "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
                        + #"","size":2,"data":"e30="}"#
                ], config: "{ }")
            try await withLoopback { target in
                try await copy(digest, source, to: target) { refusal in
                    #expect(refusal == nil)
                    #expect(source.count("GET", "44136fa355b3678a") == 0)
                    let empty = sha256(Array("{}".utf8))
                    #expect(target.store.blob(empty, in: "prod/app") == Array("{}".utf8))
                }
            }
        }
    }

    @Test("an upload that goes on at another host gets no credential there")
    func foreignUpload() async throws {
        let image = contractImage("single-label")
        try await withLoopback { storage in
            try await withLoopback { source in
                source.store.add(image, to: "acme/app", tag: "staging")
                let robot = Credential.password(user: "robot", password: "hunter2")
                try await withLoopback(.basic(user: "robot", password: "hunter2")) { target in
                    let begun = CannedResponse(
                        status: 202, headers: [("Location", "\(storage.url)/v2/x/blobs/uploads/1")])
                    target.plan(.instead(begun), "POST", times: .max)
                    let known = CredentialSource { repository in
                        let isTarget = repository.host.description == target.host
                        return FoundCredential(isTarget ? robot : .anonymous, origin: "the test")
                    }
                    let repositories = [source.repository(), target.repository("prod/app")]
                    try await Stand.with(repositories, source: known) { stand in
                        _ = await failure { () throws(PortFailure) in
                            try await stand.registry.put(
                                image.digest, from: source.repository(),
                                at: target.image("latest", "prod/app"))
                        }
                    }
                    #expect(target.log.contains { $0.header("Authorization") != nil })
                    #expect(storage.count("PUT") > 0)
                    #expect(storage.log.allSatisfy { $0.header("Authorization") == nil })
                }
            }
        }
    }

    @Test("a token that grants only the target is no obstacle: what cannot be mounted is sent")
    func tokens() async throws {
        for scopes in [TokenAuthority.Scopes.all, .firstOnly, .lastOnly, .refused] {
            try await withLoopback(.bearer(TokenAuthority(scopes: scopes))) { loopback in
                loopback.store.add(Self.image, to: "acme/app", tag: "staging")
                let robot = Credential.password(user: "robot", password: "hunter2")
                try await copy(in: loopback, robot) { refusal in
                    #expect(refusal == nil, "\(scopes)")
                    let isThere = loopback.holds(Self.image, in: "prod/app", at: "latest")
                    #expect(isThere)
                }
            }
        }
    }

    @Test("a registry that needs a moment to know a blob is put the manifest again")
    func unknownForAMoment() async throws {
        try await withLoopback { loopback in
            loopback.store.add(Self.image, to: "acme/app", tag: "staging")
            let unknown = CannedResponse.json(
                #"{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown"}]}"#,
                status: 400)
            loopback.plan(.instead(unknown), "PUT", "/manifests/sha256", times: 2)
            loopback.plan(.instead(unknown), "PUT", "/manifests/latest")
            try await copy(in: loopback) { refusal in
                #expect(refusal == nil)
                #expect(loopback.holds(Self.image, in: "prod/app", at: "latest"))
            }
        }
    }

    @Test("a child that the source does not have ends the copy before anything is written")
    func sparse() async throws {
        try await withLoopback { source in
            source.store.add(Self.image, to: "acme/app", tag: "staging")
            let absent = CannedResponse.json(
                #"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#, status: 404)
            source.plan(
                .instead(absent), "GET", "\(Self.image.manifests[0].digest)", times: .max)
            try await withLoopback { target in
                try await copy(source, to: target) { refusal in
                    #expect(refusal?.code == .missing)
                    #expect(target.log.isEmpty)
                }
            }
        }
    }

    // MARK: Copying

    private func copy(
        in loopback: LoopbackRegistry, _ credential: Credential = .anonymous,
        _ check: (PortFailure?) throws -> Void
    ) async throws {
        try await copy(Self.image.digest, loopback, to: loopback, credential, check)
    }

    private func copy(
        _ source: LoopbackRegistry, to target: LoopbackRegistry,
        _ image: RegistryImage = Self.image, _ check: (PortFailure?) throws -> Void
    ) async throws {
        try await copy(image.digest, source, to: target, .anonymous, check)
    }

    private func copy(
        _ digest: Digest, _ source: LoopbackRegistry, to target: LoopbackRegistry,
        _ credential: Credential = .anonymous, _ check: (PortFailure?) throws -> Void
    ) async throws {
        let repositories = [source.repository(), target.repository("prod/app")]
        try await Stand.with(repositories, credential) { stand in
            let refusal = await failure { () throws(PortFailure) in
                try await stand.registry.put(
                    digest, from: source.repository(), at: target.image("latest", "prod/app"))
            }
            try check(refusal)
        }
    }
}

extension LoopbackRegistry {
    /// Whether everything of an image is there to the byte, and the tag points at it.
    func holds(_ image: RegistryImage, in path: String, at tag: String) -> Bool {
        store.digest(of: tag, in: path) == image.digest
            && image.manifests.allSatisfy {
                store.manifest($0.digest, in: path)?.bytes == $0.bytes
                    && store.manifest($0.digest, in: path)?.mediaType == $0.mediaType
            } && image.blobs.allSatisfy { store.blob($0.digest, in: path) == $0.bytes }
    }

    /// An OCI image with these layers' descriptors, tagged `staging`; further members of its
    /// manifest as text.
    @discardableResult
    func addImage(
        layers: [String], members: String = "", config: String = "{}", tag: String? = "staging"
    ) -> Digest {
        let config = Array(config.utf8)
        let configDigest = store.add(blob: config, to: "acme/app")
        let type = "application/vnd.oci.image.manifest.v1+json"
        let text =
            "{\"schemaVersion\":2,\"mediaType\":\"\(type)\",\"config\":{\"mediaType\":"
            + "\"application/vnd.oci.image.config.v1+json\",\"digest\":\"\(configDigest)\","
            + "\"size\":\(config.count)},\"layers\":[\(layers.joined(separator: ","))]\(members)}"
        let digest = store.add(Array(text.utf8), mediaType: type, to: "acme/app")
        if let tag { store.tag(digest, as: tag, in: "acme/app") }
        return digest
    }

    /// A blob and the descriptor of it.
    func addLayer(_ text: String) -> String {
        let digest = store.add(blob: Array(text.utf8), to: "acme/app")
        return "{\"mediaType\":\"application/vnd.dev.cosign.simplesigning.v1+json\","
            + "\"digest\":\"\(digest)\",\"size\":\(text.utf8.count)}"
    }
}
