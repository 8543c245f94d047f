import PawlCore
import PawlGitHub
import PawlLoopback
import PawlPorts
import PawlTesting
import Testing

@Suite("What did not arrive at a GitHub App's webhook")
struct AppDeliveriesTests {
    private let github = GitHubDouble()
    private let clock = ManualClock()

    private func deliveries(key: String? = nil) async throws -> GitHubAppDeliveries {
        let keys = try await AppKey.shared
        let clock = clock
        if key == nil { github.installApp(publicKey: keys.publicKey, now: { clock.now }) }
        return GitHubAppDeliveries(
            app: try GitHubApp(identifier: "Iv23liAbCdEf", privateKey: key ?? keys.pkcs1),
            exchange: DirectExchange(github: github, origin: "http://localhost"),
            address: try GitHubAddress("http://localhost"),
            repository: try CodeRepository("acme/app"), clock: clock.clock,
            userAgent: "pawl-tests")
    }

    private func deliver(_ guid: String, _ status: Int64, ago: Duration = .seconds(60)) {
        github.deliver(
            guid, status: status, at: clock.now.earlier(by: ago),
            payload: ["action": "completed", "of": .string(guid)])
    }

    @Test("is read with its payload, oldest first; what arrived at a later attempt is not")
    func missed() async throws {
        let deliveries = try await deliveries()
        deliver("too old", 500, ago: .seconds(7200))
        deliver("first", 502)
        deliver("again", 0)
        deliver("fine", 202)
        deliver("again", 202)
        deliver("second", 0)
        deliver("second", 500)
        let missed = try await deliveries.missed(since: clock.now.earlier(by: .seconds(3600)))
        #expect(missed.map(\.id) == ["first", "second"])
        #expect(missed.map(\.event) == ["workflow_run", "workflow_run"])
        let body = String(decoding: missed.first?.body ?? [], as: UTF8.self)
        #expect(body == #"{"action": "completed", "of": "first"}"#)
    }

    @Test("cannot be read with another key, which is no empty list")
    func otherKey() async throws {
        let keys = try await AppKey.shared
        _ = try await deliveries()
        deliver("first", 502)
        let other = try await deliveries(key: keys.other)
        await #expect(throws: PortFailure.self) {
            try await other.missed(since: clock.now.earlier(by: .seconds(3600)))
        }
    }
}
