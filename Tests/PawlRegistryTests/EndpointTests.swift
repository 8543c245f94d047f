import PawlCore
import PawlHTTP
import PawlImages
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Synchronization
import Testing

@Suite("Where registries are asked, and what people are told when they refuse")
struct EndpointTests {
    private func ask(
        _ name: String, _ settings: RegistrySettings = RegistrySettings(),
        found: FoundCredential = .none, put: Bool = false,
        _ answer: @escaping @Sendable (Request) -> Response
    ) async throws -> (failure: PortFailure?, urls: [String]) {
        let sent = Mutex<[String]>([])
        let exchange = PlayedExchange { request in
            sent.withLock { $0.append(request.url) }
            return answer(request)
        }
        let repository = try Repository(name)
        let registry = OCIRegistry(
            exchange: exchange, clock: ManualClock().clock,
            credentials: CredentialSource { _ in found },
            registries: [repository.host: settings], repositories: [repository],
            access: .pullPush)
        let image = ImageReference(repository, try Tag("latest"))
        let failure = await failure { () throws(PortFailure) in
            guard put else {
                _ = try await registry.digest(of: image)
                return
            }
            guard let digest = try await registry.pin(image) else { return }
            try await registry.put(digest, from: repository, at: image)
        }
        return (failure, sent.withLock { $0 })
    }

    @Test(
        "plain http is for this machine, and for hosts that the policy calls insecure",
        arguments: [
            ("registry.internal:5000/a", false, "https://registry.internal:5000"),
            ("registry.internal:5000/a", true, "http://registry.internal:5000"),
            ("localhost:5000/a", false, "http://localhost:5000"),
            ("[::1]:5000/a", false, "http://[::1]:5000"),
            ("localhost.evil.com/a", false, "https://localhost.evil.com"),
            ("10.0.0.1:5000/a", false, "https://10.0.0.1:5000"),
        ])
    func scheme(name: String, insecure: Bool, origin: String) async throws {
        let answer = try await ask(name, RegistrySettings(insecure: insecure)) { _ in
            Response(status: 404, headers: [], body: [])
        }
        #expect(answer.failure == nil)
        #expect(answer.urls == ["\(origin)/v2/a/manifests/latest"])
    }

    @Test(
        "a refusal by GitHub's registry names the permission",
        arguments: [
            ("denied: permission_denied: write_package", "packages: write"),
            ("installation not allowed to Write organization package", "Manage Actions access"),
        ])
    func gitHub(message: String, advice: String) async throws {
        let image = contractImage("single-label")
        let answer = try await ask(
            "ghcr.io/acme/app", found: FoundCredential(.registryToken("s3cr3t"), origin: "x"),
            put: true
        ) { request in
            request.method == .put
                ? Response(
                    status: 403, headers: [],
                    body: Array(
                        "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"\(message)\"}]}".utf8))
                : Response(
                    status: 200, headers: [("Content-Type", image.top.mediaType)],
                    body: image.top.bytes)
        }
        let refusal = try #require(answer.failure)
        #expect(refusal.code == .denied)
        #expect(refusal.subject == "ghcr.io/acme/app:latest")
        #expect(
            refusal.detail
                == "the registry answered 403 DENIED (\(message)) to a push with a registry token "
                + "from x")
        #expect(refusal.advice?.contains(advice) == true)
        #expect(!"\(refusal)".contains("s3cr3t"))
    }

    @Test("bytes that were damaged anywhere never crash and never pass for others")
    func damaged() async throws {
        let whole = contractImage("index-annotation").top
        let repository = try Repository("r.example/acme/app")
        let image = ImageReference(repository, try Tag("t"))
        var random = Linear(state: 42)
        for _ in 1...3000 {
            var bytes = whole.bytes
            for _ in 1...Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes = Array(bytes.prefix(place + 1))
                }
            }
            let damaged = bytes
            let exchange = PlayedExchange { _ in
                Response(
                    status: 200, headers: [("Content-Type", whole.mediaType)], body: damaged)
            }
            let registry = OCIRegistry(
                exchange: exchange, clock: ManualClock().clock, credentials: .anonymous,
                repositories: [repository], access: .pull)
            let stated = ImageReference(repository, whole.digest)
            let refusal = await failure { () throws(PortFailure) in
                let pinned = try await registry.pin(image)
                #expect((pinned == whole.digest) == (damaged == whole.bytes))
                _ = try await registry.pin(stated)
            }
            #expect((refusal == nil) == (damaged == whole.bytes))
        }
    }

    /// Knuth's constants: the same numbers in every run.
    private struct Linear: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }
}
