import PawlCore
import PawlImages
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Testing

@Suite("Signatures and attestations go with the image")
struct CompanionTests {
    private static let image = contractImage("index-labels")
    private static var platform: Digest { image.manifests[0].digest }

    /// Puts something about a manifest into a registry, without listing it anywhere.
    private func refer(
        to subject: Digest, in registry: LoopbackRegistry, _ text: String
    ) -> Digest {
        registry.addImage(
            layers: [registry.addLayer(text)],
            members: ",\"subject\":{\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
                + "\"digest\":\"\(subject)\",\"size\":1}", config: "{\"x\":\"\(text)\"}", tag: nil)
    }

    /// Lists it under the fallback tag.
    private func list(
        _ referrers: [Digest], of subject: Digest, in registry: LoopbackRegistry,
        _ path: String = "acme/app"
    ) {
        let entries = referrers.map {
            "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"\($0)\","
                + "\"size\":1,\"artifactType\":\"application/x\",\"annotations\":{\"a\":\"b\"}}"
        }
        let type = "application/vnd.oci.image.index.v1+json"
        let text =
            "{\"schemaVersion\":2,\"mediaType\":\"\(type)\","
            + "\"manifests\":[\(entries.joined(separator: ","))]}"
        let digest = registry.store.add(Array(text.utf8), mediaType: type, to: path)
        registry.store.tag(digest, as: "sha256-\(subject.hex)", in: path)
    }

    private func listed(
        about subject: Digest, in registry: LoopbackRegistry, _ path: String = "prod/app"
    ) throws -> [String] {
        guard let digest = registry.store.digest(of: "sha256-\(subject.hex)", in: path),
            let kept = registry.store.manifest(digest, in: path)
        else { return [] }
        return try Manifest.entries(of: kept.bytes).map { "\($0.descriptor.digest)" }
    }

    private func copy(
        _ source: LoopbackRegistry, to target: LoopbackRegistry,
        _ check: (Stand) throws -> Void = { _ in }
    ) async throws {
        source.store.add(Self.image, to: "acme/app", tag: "staging")
        let repositories = [source.repository(), target.repository("prod/app")]
        try await Stand.with(repositories) { stand in
            try await stand.registry.put(
                Self.image.digest, from: source.repository(),
                at: target.image("latest", "prod/app"))
            try check(stand)
        }
        #expect(target.holds(Self.image, in: "prod/app", at: "latest"))
    }

    @Test(
        "referrers are found where the source lists them, and listed where the target does",
        arguments: [(true, true), (true, false), (false, true), (false, false)])
    func referrers(sourceLists: Bool, targetLists: Bool) async throws {
        try await withLoopback { source in
            source.store.habits.listsReferrers = sourceLists
            let ofIndex = refer(to: Self.image.digest, in: source, "signature")
            let ofPlatform = refer(to: Self.platform, in: source, "bill of materials")
            let ofReferrer = refer(to: ofIndex, in: source, "signature of a signature")
            if !sourceLists {
                list([ofIndex], of: Self.image.digest, in: source)
                list([ofPlatform], of: Self.platform, in: source)
                list([ofReferrer], of: ofIndex, in: source)
            }
            try await withLoopback { target in
                target.store.habits.listsReferrers = targetLists
                try await copy(source, to: target)
                for referrer in [ofIndex, ofPlatform, ofReferrer] {
                    #expect(
                        target.store.manifest(referrer, in: "prod/app")?.bytes
                            == source.store.manifest(referrer, in: "acme/app")?.bytes)
                }
                let pairs = [
                    (Self.image.digest, ofIndex), (Self.platform, ofPlatform),
                    (ofIndex, ofReferrer),
                ]
                for (subject, referrer) in pairs {
                    let listed = try listed(about: subject, in: target)
                    #expect(listed == (targetLists ? [] : ["\(referrer)"]))
                }
                #expect(target.log.last { $0.method == "PUT" }?.path.hasSuffix("latest") == true)
            }
        }
    }

    @Test("a list that the target has already keeps what it names, and what its entries say")
    func merged() async throws {
        try await withLoopback { source in
            let ours = refer(to: Self.image.digest, in: source, "ours")
            list([ours], of: Self.image.digest, in: source)
            try await withLoopback { target in
                let type = "application/vnd.oci.image.manifest.v1+json"
                let theirs = target.store.add(
                    Array("theirs".utf8), mediaType: type, to: "prod/app")
                list([theirs], of: Self.image.digest, in: target, "prod/app")
                try await copy(source, to: target)
                let listed = try listed(about: Self.image.digest, in: target)
                #expect(listed == ["\(theirs)", "\(ours)"])
                let digest = target.store.digest(
                    of: "sha256-\(Self.image.digest.hex)", in: "prod/app")
                let bytes = digest.flatMap { target.store.manifest($0, in: "prod/app") }?.bytes
                let text = String(decoding: bytes ?? [], as: UTF8.self)
                #expect(text.split(separator: "\"a\":\"b\"").count == 3)
            }
        }
    }

    @Test("cosign's tags go along, of the image and of each platform")
    func cosign() async throws {
        try await withLoopback { source in
            var tags: [String: Digest] = [:]
            for (subject, suffix) in [
                (Self.image.digest, "sig"), (Self.image.digest, "att"),
                (Self.platform, "sig"), (Self.platform, "sbom"),
            ] {
                let tag = "sha256-\(subject.hex).\(suffix)"
                tags[tag] = source.addImage(layers: [source.addLayer(tag)], tag: tag)
            }
            try await withLoopback { target in
                try await copy(source, to: target)
                for (tag, digest) in tags {
                    #expect(target.store.digest(of: tag, in: "prod/app") == digest)
                }
                let puts = target.log.filter { $0.method == "PUT" }.map(\.path)
                #expect(puts.last == "/v2/prod/app/manifests/latest")
                #expect(puts.count { $0.hasSuffix(".sig") } == 2)
            }
        }
    }

    @Test("signatures that only the target has are not taken away")
    func others() async throws {
        let tag = "sha256-\(Self.image.digest.hex).sig"
        for (theirs, ours, isReplaced) in [
            (["a"], ["a", "b"], true), (["a", "b"], ["a"], false), (["b"], ["a"], false),
        ] {
            try await withLoopback { source in
                source.addImage(layers: ours.map { source.addLayer($0) }, tag: tag)
                let replacement = source.store.digest(of: tag, in: "acme/app")
                try await withLoopback { target in
                    let before = target.addImage(
                        layers: theirs.map { target.addLayer($0) }, tag: tag)
                    // The double's images are made in one repository; the target is another.
                    if let kept = target.store.manifest(before, in: "acme/app") {
                        target.store.add(kept.bytes, mediaType: kept.mediaType, to: "prod/app")
                        target.store.tag(before, as: tag, in: "prod/app")
                    }
                    try await copy(source, to: target)
                    let now = target.store.digest(of: tag, in: "prod/app")
                    #expect(now == (isReplaced ? replacement : before))
                }
            }
        }
    }

    @Test(
        "a registry that keeps no lists says so in many ways",
        arguments: [
            CannedResponse(status: 404, contentType: "text/plain", text: "404 page not found"),
            CannedResponse(status: 303, headers: [("Location", "https://web.example/login")]),
            .json(#"{"errors":[{"code":"UNSUPPORTED"}]}"#, status: 405),
            .json(#"{"errors":[{"code":"DENIED"}]}"#, status: 403),
            CannedResponse(status: 200, contentType: "text/html", text: "<html>Welcome</html>"),
        ])
    func noLists(answer: CannedResponse) async throws {
        try await withLoopback { source in
            let referrer = refer(to: Self.image.digest, in: source, "signature")
            list([referrer], of: Self.image.digest, in: source)
            source.plan(.instead(answer), "GET", "/referrers/", times: .max)
            try await withLoopback { target in
                try await copy(source, to: target)
                #expect(target.store.manifest(referrer, in: "prod/app") != nil)
                #expect(source.count("GET", "/referrers/") == 1)
            }
        }
    }

    @Test("a list that cannot be read is not an empty one: nothing is moved")
    func unreadable() async throws {
        for answer in [CannedResponse(status: 500), CannedResponse.json("{\"manifests\":1}")] {
            try await withLoopback { source in
                source.store.add(Self.image, to: "acme/app", tag: "staging")
                source.plan(.instead(answer), "GET", "/referrers/", times: .max)
                try await withLoopback { target in
                    let repositories = [source.repository(), target.repository("prod/app")]
                    try await Stand.with(repositories) { stand in
                        let refusal = await failure { () throws(PortFailure) in
                            try await stand.registry.put(
                                Self.image.digest, from: source.repository(),
                                at: target.image("latest", "prod/app"))
                        }
                        #expect(refusal?.subject.hasPrefix("referrers of") == true)
                        #expect(target.store.digest(of: "latest", in: "prod/app") == nil)
                    }
                }
            }
        }
    }

    @Test("what a list names and nobody has is left out; pages are followed at the same registry")
    func pages() async throws {
        try await withLoopback { source in
            source.store.habits.listsReferrers = true
            let first = refer(to: Self.image.digest, in: source, "one")
            let second = refer(to: Self.image.digest, in: source, "two")
            let gone = sha256([1, 2, 3])
            func page(_ digests: [Digest], link: String?) -> CannedResponse {
                let entries = digests.map {
                    "{\"mediaType\":\"x\",\"digest\":\"\($0)\",\"size\":1}"
                }
                var answer = CannedResponse.json(
                    "{\"schemaVersion\":2,\"manifests\":[\(entries.joined(separator: ","))]}")
                if let link { answer.headers.append(("Link", link)) }
                return answer
            }
            let address = "/v2/acme/app/referrers/\(Self.image.digest)"
            source.plan(
                .instead(page([second], link: "<https://evil.example/x>; rel=next")), "GET",
                "\(address)?page=2")
            source.plan(
                .instead(page([first, gone], link: "<\(address)?page=2>; rel=next")), "GET",
                address)
            try await withLoopback { target in
                try await copy(source, to: target)
                #expect(target.store.manifest(first, in: "prod/app") != nil)
                #expect(target.store.manifest(second, in: "prod/app") != nil)
            }
        }
    }
}
