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

    private func deliveries(
        key: String? = nil, skew: Duration = .zero
    ) async throws -> GitHubAppDeliveries {
        let keys = try await AppKey.shared
        let clock = clock
        if key == nil { github.installApp(publicKey: keys.publicKey, now: { clock.now + skew }) }
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

    @Test("is read although this machine's clock is an hour off", arguments: [-3600, 3600])
    func skew(seconds: Int64) async throws {
        let deliveries = try await deliveries(skew: .seconds(seconds))
        deliver("first", 502)
        let missed = try await deliveries.missed(since: clock.now.earlier(by: .seconds(3600)))
        #expect(missed.map(\.id) == ["first"])
    }

    @Test(
        "is not known where the answer is no list, or has a delivery that is not whole",
        arguments: [
            "{}", "null", "3", #"{"message": "soon"}"#, "[null]", "[{}]",
            #"[{"guid": "a", "event": "e", "delivered_at": "2025-11-24T02:00:00Z", "#
                + #""status_code": 200}]"#,
            #"[{"id": 1, "event": "e", "delivered_at": "2025-11-24T02:00:00Z", "status_code": 0}]"#,
            #"[{"id": 1, "guid": "a", "delivered_at": "2025-11-24T02:00:00Z", "status_code": 0}]"#,
            #"[{"id": 1, "guid": "a", "event": "e", "status_code": 0}]"#,
            #"[{"id": 1, "guid": "a", "event": "e", "delivered_at": "soon", "status_code": 0}]"#,
            #"[{"id": 1, "guid": "a", "event": "e", "delivered_at": "2025-11-24T02:00:00Z"}]"#,
        ])
    func garbled(answer: String) async throws {
        let deliveries = try await deliveries()
        deliver("first", 502)
        github.fault(.answer(.json(answer)), on: "hook/deliveries")
        let told = await failure {
            try await deliveries.missed(since: clock.now.earlier(by: .seconds(3600)))
        }
        #expect(told?.code == .garbled)
    }

    @Test("is not known where a payload is not there")
    func noPayload() async throws {
        let deliveries = try await deliveries()
        deliver("first", 502)
        github.fault(.answer(.json(#"{"request": {"payload": null}}"#)), on: "deliveries/")
        let told = await failure {
            try await deliveries.missed(since: clock.now.earlier(by: .seconds(3600)))
        }
        #expect(told?.code == .garbled)
    }
}
