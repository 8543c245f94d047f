import PawlLoopback
import Testing

@Suite("A registry in trouble moves nothing")
struct RegistryTroubleTests {
    private static let commit = ActionWorld.commits[1]

    /// What a registry may answer in place of a manifest, and what must be said of it.
    struct Trouble: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: CannedResponse
        let code: String
        let says: String
    }

    private static let manifestType = "application/vnd.oci.image.manifest.v1+json"

    static let troubles = [
        Trouble(
            testDescription: "401",
            answer: CannedResponse(
                status: 401,
                headers: [("WWW-Authenticate", "Basic realm=\"r\"")],
                body: Array(#"{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}"#.utf8)),
            code: "registry-denied", says: "Log in to"),
        Trouble(
            testDescription: "403",
            answer: CannedResponse(
                status: 403,
                headers: [("Content-Type", "application/json")],
                body: Array(#"{"errors":[{"code":"DENIED","message":"denied"}]}"#.utf8)),
            code: "registry-denied", says: "DENIED"),
        Trouble(
            testDescription: "a web page with 200",
            answer: CannedResponse(
                status: 200, headers: [("Content-Type", "text/html")],
                body: Array("<html>Please log in</html>".utf8)),
            code: "registry-unreadable", says: "could not be read"),
        Trouble(
            testDescription: "a web page with 404",
            answer: CannedResponse(
                status: 404, headers: [("Content-Type", "text/html")],
                body: Array("<html>Not found</html>".utf8)),
            code: "registry-unreadable", says: "404"),
        Trouble(
            testDescription: "a manifest larger than 4 MiB",
            answer: CannedResponse(
                status: 200, headers: [("Content-Type", manifestType)],
                body: [UInt8](repeating: 0x20, count: 4 * 1024 * 1024 + 1)),
            code: "registry-unreadable", says: "4194304"),
        Trouble(
            testDescription: "a digest that is not the content's",
            answer: CannedResponse(
                status: 200,
                headers: [
                    ("Content-Type", manifestType),
                    ("Docker-Content-Digest", "sha256:" + String(repeating: "0", count: 64)),
                ], body: Array(#"{"schemaVersion":2}"#.utf8)),
            code: "registry-unreadable", says: "000000000000"),
        Trouble(
            testDescription: "cut JSON",
            answer: CannedResponse(
                status: 200, headers: [("Content-Type", manifestType)],
                body: Array(#"{"schemaVersion":2,"#.utf8)),
            code: "registry-unreadable", says: "could not be read"),
    ]

    @Test("in place of a source's manifest, it is 3 with its reason", arguments: troubles)
    func source(trouble: Trouble) async throws {
        try await ActionWorld.with { world in
            world.built(Self.commit)
            world.registry.plan(
                .instead(trouble.answer), "GET", "manifests/staging-", times: 100)
            let ran = try await world.pawl(["promote", Self.commit])
            #expect(ran.status == 3, "\(ran)")
            #expect(ran.stdout.contains(trouble.code), "\(ran)")
            #expect(ran.stdout.contains(trouble.says), "\(ran)")
            world.expectUntouched(ran)
        }
    }

    @Test("in place of what is live, it is 3, and not a first promotion", arguments: troubles)
    func target(trouble: Trouble) async throws {
        try await ActionWorld.with { world in
            world.built(Self.commit)
            world.registry.plan(
                .instead(trouble.answer), "GET", "manifests/latest", times: 100)
            let ran = try await world.pawl(["promote", Self.commit])
            #expect(ran.status == 3, "\(ran)")
            #expect(ran.stdout.contains(trouble.code), "\(ran)")
            world.expectUntouched(ran)
        }
    }

    /// ECR's words.
    private static let immutable =
        #"{"errors":[{"code":"TAG_INVALID","message":"The image tag 'latest' already exists "#
        + #"and cannot be overwritten because the tag is immutable."}]}"#

    @Test("a permanent refusal of the second image puts the first one back, and says the remedy")
    func refusal() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commit)
            world.github.run(ActionWorld.gate, at: Self.commit)
            world.registry.plan(
                .instead(
                    CannedResponse(
                        status: 400, headers: [("Content-Type", "application/json")],
                        body: Array(Self.immutable.utf8))),
                "PUT", "platform-tenant/manifests/latest", times: 100)
            let ran = try await world.pawl(["promote", Self.commit])
            #expect(ran.status == 3, "\(ran)")
            #expect(ran.stdout.contains("tag-immutable"), "\(ran)")
            #expect(ran.stdout.contains("platform-tenant:latest"), "\(ran)")
            #expect(world.live == ActionWorld.both(at: ActionWorld.commits[0]), "\(ran)")
        }
    }

    @Test("a registry that fails between two images leaves a group that the next run finishes")
    func cutShort() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commit)
            world.github.run(ActionWorld.gate, at: Self.commit)
            world.registry.plan(
                .instead(CannedResponse(status: 500, headers: [], body: [])),
                "PUT", "platform-tenant/manifests/latest", times: 5)
            let first = try await world.pawl(["promote", Self.commit])
            #expect(first.status == 3, "\(first)")
            #expect(world.live == [Self.commit, ActionWorld.commits[0]], "\(first)")

            let second = try await world.pawl(["promote"])
            #expect(second.status == 0, "\(second)")
            #expect(world.live == ActionWorld.both(at: Self.commit), "\(second)")
        }
    }

    @Test("a write whose answer was lost is looked at, and not taken for a failure")
    func lostAnswer() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commit)
            world.github.run(ActionWorld.gate, at: Self.commit)
            world.registry.plan(.droppedAfter, "PUT", "platform/manifests/latest")
            let ran = try await world.pawl(["promote", Self.commit])
            #expect(ran.status == 0, "\(ran)")
            #expect(world.live == ActionWorld.both(at: Self.commit), "\(ran)")
        }
    }
}
