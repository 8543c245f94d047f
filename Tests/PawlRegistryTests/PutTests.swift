import PawlCore
import PawlHTTP
import PawlImages
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Testing

@Suite("A tag is moved once, whatever becomes of the answer")
struct PutTests {
    private static let image = contractImage("index-labels")

    /// A registry with a source and an older target, the target looked at, and a fault on the PUT.
    private func put(
        _ fault: LoopbackRegistry.Fault?, times: Int = 1,
        before prepare: (LoopbackRegistry) -> Void = { _ in },
        _ check: (LoopbackRegistry, PortFailure?, Stand) async throws -> Void
    ) async throws {
        try await withLoopback { loopback in
            loopback.store.add(contractImage("single-label"), to: "acme/app", tag: "latest")
            loopback.store.add(Self.image, to: "acme/app", tag: "staging")
            try await Stand.with([loopback.repository()]) { stand in
                _ = try await stand.registry.pin(loopback.image("staging"))
                _ = try await stand.registry.digest(of: loopback.image("latest"))
                if let fault { loopback.plan(fault, "PUT", times: times) }
                prepare(loopback)
                loopback.forget()
                let refusal = await failure { () throws(PortFailure) in
                    try await stand.registry.put(
                        Self.image.digest, from: loopback.repository(),
                        at: loopback.image("latest"))
                }
                try await check(loopback, refusal, stand)
            }
        }
    }

    private func isMoved(_ loopback: LoopbackRegistry) -> Bool {
        loopback.store.digest(of: "latest", in: "acme/app") == Self.image.digest
    }

    @Test("a good answer is one request, and one that sees it")
    func good() async throws {
        try await put(nil) { loopback, refusal, _ in
            #expect(refusal == nil)
            #expect(
                loopback.log.map(\.line) == [
                    "PUT /v2/acme/app/manifests/latest", "HEAD /v2/acme/app/manifests/latest",
                ])
            #expect(loopback.log.first?.body == Self.image.top.bytes)
            #expect(loopback.log.first?.header("Content-Type") == Self.image.top.mediaType)
        }
    }

    @Test("an answer lost after the write is looked for, not written again")
    func lostAfter() async throws {
        for fault in [
            LoopbackRegistry.Fault.droppedAfter,
            .afterwards { _ in CannedResponse(status: 502) },
        ] {
            try await put(fault) { loopback, refusal, _ in
                #expect(refusal == nil)
                #expect(isMoved(loopback))
                #expect(loopback.log.map(\.method) == ["PUT", "HEAD"])
            }
        }
    }

    @Test("a write that never happened is written again after a look")
    func lostBefore() async throws {
        for fault in [
            LoopbackRegistry.Fault.droppedBefore, .instead(CannedResponse(status: 503)),
        ] {
            try await put(fault) { loopback, refusal, _ in
                #expect(refusal == nil)
                #expect(isMoved(loopback))
                #expect(loopback.log.map(\.method) == ["PUT", "HEAD", "PUT", "HEAD"])
            }
        }
    }

    @Test("a look that is stale leads to the same write again, which does no harm")
    func stale() async throws {
        try await put(
            .droppedAfter, before: { $0.goStale("latest", in: "acme/app", reads: 1) }
        ) { loopback, refusal, _ in
            #expect(refusal == nil)
            #expect(loopback.log.map(\.method) == ["PUT", "HEAD", "PUT", "HEAD"])
            #expect(isMoved(loopback))
        }
    }

    @Test("somebody else's write in between is not overwritten")
    func lostRace() async throws {
        let other = contractImage("unlabelled")
        try await withLoopback { loopback in
            loopback.store.add(contractImage("single-label"), to: "acme/app", tag: "latest")
            loopback.store.add(Self.image, to: "acme/app", tag: "staging")
            try await Stand.with([loopback.repository()]) { stand in
                _ = try await stand.registry.pin(loopback.image("staging"))
                _ = try await stand.registry.digest(of: loopback.image("latest"))
                loopback.plan(
                    .afterwards { _ in
                        loopback.store.add(other, to: "acme/app", tag: "latest")
                        return CannedResponse(status: 200, ending: .dropsBeforeAnswer)
                    }, "PUT")
                let refusal = await failure { () throws(PortFailure) in
                    try await stand.registry.put(
                        Self.image.digest, from: loopback.repository(),
                        at: loopback.image("latest"))
                }
                #expect(refusal?.code == .mismatched)
                #expect(loopback.count("PUT") == 1)
                let digest = loopback.store.digest(of: "latest", in: "acme/app")
                #expect(digest == other.digest)
            }
        }
    }

    @Test("an unknown outcome that cannot be looked at stays unknown")
    func blind() async throws {
        try await put(
            .droppedAfter,
            before: { $0.plan(.instead(CannedResponse(status: 500)), "HEAD", times: .max) }
        ) { loopback, refusal, _ in
            #expect(refusal?.code == .unreachable)
            #expect(refusal?.detail.contains("could not be seen") == true)
            #expect(loopback.count("PUT") == 1)
        }
    }

    @Test("writes are given up after as many attempts as anything else")
    func always() async throws {
        try await put(.instead(CannedResponse(status: 500)), times: .max) { loopback, refusal, _ in
            #expect(refusal?.code == .serverFailed)
            #expect(loopback.count("PUT") == Limits.attemptsMax)
            #expect(!isMoved(loopback))
        }
    }

    @Test("202 and an answer without a digest are looked at once, another digest is refused")
    func answers() async throws {
        try await put(.afterwards { _ in CannedResponse(status: 202) }) { loopback, refusal, _ in
            #expect(refusal == nil)
            #expect(loopback.log.map(\.method) == ["PUT", "HEAD"])
        }
        let wrong = CannedResponse(
            status: 201, headers: [("Docker-Content-Digest", "\(Digest.named("x"))")])
        try await put(.afterwards { _ in wrong }) { _, refusal, _ in
            #expect(refusal?.code == .mismatched)
        }
        try await put(.instead(CannedResponse(status: 201))) { _, refusal, _ in
            #expect(refusal?.code == .mismatched)
        }
    }

    @Test(
        "a refusal for good says what to do",
        arguments: [
            (
                400, "TAG_INVALID",
                "The image tag 'latest' already exists and cannot be overwritten because the "
                    + "repository is immutable", .immutable
            ),
            (
                412, "PRECONDITION",
                "Failed to process request due to 'latest' configured as "
                    + "immutable.", .immutable
            ),
            (405, "UNSUPPORTED", "The operation is disallowed on this registry", .immutable),
            (405, "REGISTRY_DISALLOWED_OPERATION", "operation is disallowed", .immutable),
            (403, "DENIED", "denied: permission_denied: write_package", .denied),
            (403, "DENIED", "installation not allowed to Write organization package", .denied),
            (401, "UNAUTHORIZED", "authentication required", .denied),
            (413, "SIZE_INVALID", "too large", .tooLarge),
            (400, "MANIFEST_INVALID", "http: request body too large", .refused),
            (405, "UNSUPPORTED", "The operation is unsupported.", .refused),
            (409, "CONFLICT", "project is archived", .refused),
            (404, "NAME_UNKNOWN", "project not found", .refused),
        ] as [(Int, String, String, PortFailure.Code)])
    func refusals(
        status: Int, code: String, message: String, expected: PortFailure.Code
    ) async throws {
        let body = "{\"errors\":[{\"code\":\"\(code)\",\"message\":\"\(message)\"}]}"
        try await put(.instead(.json(body, status: status)), times: .max) {
            loopback, refusal, _ in
            #expect(refusal?.code == expected)
            #expect(refusal?.isPermanent == true)
            #expect(loopback.count("PUT") == 1)
            #expect(!isMoved(loopback))
        }
    }

    @Test("a rule of immutability does not matter to a tag that is already there")
    func immutableAlready() async throws {
        let refusal = CannedResponse.json(
            #"{"errors":[{"code":"PRECONDITION","message":"configured as immutable"}]}"#,
            status: 412)
        try await put(
            .instead(refusal),
            before: { $0.store.tag(Self.image.digest, as: "latest", in: "acme/app") }
        ) { _, refusal, _ in #expect(refusal == nil) }
    }

    @Test("the right to push is asked for before anything is written")
    func rights() async throws {
        let authority = TokenAuthority()
        authority.forbidPush(to: "acme/app")
        try await withLoopback(.bearer(authority)) { loopback in
            loopback.store.add(Self.image, to: "acme/app", tag: "staging")
            let robot = Credential.password(user: "robot", password: "hunter2")
            try await Stand.with([loopback.repository()], robot, access: .pull) { stand in
                try await stand.registry.preparePush(to: [loopback.repository()])
                let token = try #require(loopback.log.last { $0.path == "/token" })
                #expect(token.query("scope") == "repository:acme/app:pull,push")
                let refusal = await failure { () throws(PortFailure) in
                    try await stand.registry.put(
                        Self.image.digest, from: loopback.repository(),
                        at: loopback.image("latest"))
                }
                #expect(refusal?.code == .denied)
                #expect(refusal?.advice?.contains("may push") == true)
            }
        }
    }
}
