import PawlCore
import PawlHTTP
import PawlImages
import PawlLoopback
import PawlPorts
import PawlRegistry
import Testing

@Suite("The delaying proxy changes nothing but time")
struct DelayProxyTests {
    @Test("a promotion through it is the same promotion, token included")
    func through() async throws {
        try await withLoopback(.bearer(TokenAuthority())) { loopback in
            let image = contractImage("index-labels")
            loopback.store.add(image, to: "acme/app", tag: "staging")
            let proxy = try await DelayProxy.start(
                upstream: loopback.url, delay: .milliseconds(1), rewritesRealm: true)
            let repository = try Repository("\(proxy.host)/acme/app")
            let robot = Credential.password(user: "robot", password: "hunter2")
            do {
                try await Stand.with([repository], robot) { stand in
                    let source = ImageReference(repository, try Tag("staging"))
                    let target = ImageReference(repository, try Tag("latest"))
                    let digest = try await stand.registry.pin(source)
                    #expect(digest == image.digest)
                    try await stand.registry.put(image.digest, from: repository, at: target)
                    let moved = try await stand.registry.digest(of: target)
                    #expect(moved == image.digest)
                    #expect(proxy.count == stand.requests.value)
                }
            } catch {
                await proxy.stop()
                throw error
            }
            await proxy.stop()
            #expect(proxy.count == loopback.log.count)
            #expect(loopback.store.digest(of: "latest", in: "acme/app") == image.digest)
        }
    }
}
