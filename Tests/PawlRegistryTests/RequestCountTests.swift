import PawlCore
import PawlHTTP
import PawlImages
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Testing

@Suite("No request is sent that could be spared")
struct RequestCountTests {
    private static let paths = ["acme/app", "acme/worker", "acme/web"]
    private static let robot = Credential.password(user: "robot", password: "hunter2")

    /// How a registry asks who is there, and what that costs a whole run.
    enum Door: String, CaseIterable, CustomTestStringConvertible {
        case open, basic, bearer

        var authentication: LoopbackRegistry.Authentication {
            switch self {
            case .open: .open
            case .basic: .basic(user: "robot", password: "hunter2")
            case .bearer: .bearer(TokenAuthority())
            }
        }

        var cost: Int {
            switch self {
            case .open: 0
            // One request is refused, and says how to log in.
            case .basic: 1
            // And one token serves all repositories.
            case .bearer: 2
            }
        }

        var testDescription: String { rawValue }
    }

    @Test("a digest is one HEAD")
    func digest() async throws {
        try await withLoopback { loopback in
            loopback.store.add(contractImage("index-labels"), to: "acme/app", tag: "t")
            try await Stand.with([loopback.repository()]) { stand in
                _ = try await stand.registry.digest(of: loopback.image("t"))
                #expect(loopback.log.map(\.line) == ["HEAD /v2/acme/app/manifests/t"])
                #expect(stand.requests.value == 1)
            }
        }
    }

    @Test("a source of two platforms is five requests, a target three, an annotation none more")
    func revisions() async throws {
        try await withLoopback { loopback in
            loopback.store.add(contractImage("index-labels"), to: "acme/app", tag: "source")
            loopback.store.add(contractImage("index-split"), to: "acme/app", tag: "target")
            loopback.store.add(contractImage("index-annotation"), to: "acme/app", tag: "noted")
            for (tag, platforms, count) in [
                ("source", Platforms.every, 5), ("target", .first, 3), ("noted", .every, 1),
            ] {
                loopback.forget()
                try await Stand.with([loopback.repository()]) { stand in
                    let digest = try #require(try await stand.registry.pin(loopback.image(tag)))
                    _ = try await stand.revision(
                        of: digest, in: loopback.repository(), platforms)
                    _ = try await stand.revision(
                        of: digest, in: loopback.repository(), platforms)
                    #expect(stand.requests.value == count, "\(tag)")
                }
            }
        }
    }

    @Test(
        "three images are promoted with one probe, one token and no request twice",
        arguments: Door.allCases)
    func promotion(door: Door) async throws {
        try await withLoopback(door.authentication) { loopback in
            for path in Self.paths {
                loopback.store.add(contractImage("index-labels"), to: path, tag: "staging")
                loopback.store.add(contractImage("index-split"), to: path, tag: "latest")
            }
            let repositories = Self.paths.map { loopback.repository($0) }
            try await Stand.with(repositories, Self.robot) { stand in
                try await withThrowingTaskGroup(of: Void.self) { images in
                    for path in Self.paths {
                        images.addTask {
                            let repository = loopback.repository(path)
                            let source = try await stand.registry.pin(
                                loopback.image("staging", path))
                            let target = try await stand.registry.pin(
                                loopback.image("latest", path))
                            _ = try await stand.revision(of: #require(source), in: repository)
                            _ = try await stand.revision(
                                of: #require(target), in: repository, .first)
                        }
                    }
                    try await images.waitForAll()
                }
                try await stand.registry.preparePush(to: repositories)
                for path in Self.paths {
                    try await stand.registry.put(
                        contractImage("index-labels").digest, from: loopback.repository(path),
                        at: loopback.image("latest", path))
                }
                #expect(loopback.count("GET", "/token") == (door == .bearer ? 1 : 0))
                #expect(loopback.count("PUT") == 3)
                // What the door costs; 5 for each source; 3 for each target, whose config is the
                // same in all three; the PUTs, each read back.
                #expect(stand.requests.value <= door.cost + 3 * 5 + 3 * 3 + 3 * 2)
                let answered = loopback.log.filter {
                    door == .open || $0.header("Authorization") != nil
                }
                let lines = answered.map(\.line)
                #expect(Set(lines).count == lines.count)
            }
        }
    }

    @Test(
        "a run that finds everything in place is two HEADs for each image and writes nothing",
        arguments: Door.allCases)
    func settled(door: Door) async throws {
        try await withLoopback(door.authentication) { loopback in
            for path in Self.paths {
                loopback.store.add(contractImage("index-labels"), to: path, tag: "staging")
                loopback.store.add(contractImage("index-labels"), to: path, tag: "latest")
            }
            try await Stand.with(Self.paths.map { loopback.repository($0) }, Self.robot) { stand in
                await withTaskGroup(of: Void.self) { images in
                    for path in Self.paths {
                        for tag in ["staging", "latest"] {
                            images.addTask {
                                _ = try? await stand.registry.digest(of: loopback.image(tag, path))
                            }
                        }
                    }
                }
                #expect(stand.requests.value == 6 + door.cost)
                #expect(loopback.count("HEAD") == 6 + min(door.cost, 1))
                #expect(loopback.count("PUT") == 0)
            }
        }
    }

    @Test("a run that only reads never asks for the right to push")
    func reading() async throws {
        try await withLoopback(.bearer(TokenAuthority())) { loopback in
            loopback.store.add(contractImage("single-label"), to: "acme/app", tag: "t")
            try await Stand.with([loopback.repository()], Self.robot, access: .pull) { stand in
                _ = try await stand.registry.digest(of: loopback.image("t"))
            }
            let token = try #require(loopback.log.first { $0.path == "/token" })
            #expect(token.query("scope") == "repository:acme/app:pull")
        }
    }

    @Test("a source that is never written gets no right to be")
    func readOnlySource() async throws {
        try await withLoopback(.bearer(TokenAuthority())) { loopback in
            loopback.store.add(contractImage("single-label"), to: "acme/app", tag: "t")
            let (source, target) = (loopback.repository(), loopback.repository("prod/app"))
            try await Stand.with([source, target], Self.robot, readOnly: [source]) { stand in
                _ = try await stand.registry.digest(of: loopback.image("t"))
            }
            let token = try #require(loopback.log.first { $0.path == "/token" })
            #expect(
                token.query.filter { $0.name == "scope" }.map(\.value) == [
                    "repository:acme/app:pull", "repository:prod/app:pull,push",
                ])
        }
    }
}
