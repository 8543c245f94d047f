import PawlCore
import PawlHTTP
import PawlHooks
import PawlLoopback
import PawlPorts
import PawlTesting
import Synchronization

/// A receiver on loopback, and the sender as the program wires it but for its clock.
final class Stage: Sendable {
    /// In the address of every hook, and in no word that the sender says.
    static let pathSecret = "T0PathSecret"
    static let querySecret = "QuerySecret"
    static let key = Secret("It's a Secret to Everybody")

    let server: LoopbackServer
    let sender: WebhookSender
    let clock: HookClock
    private let inbox: Inbox

    private final class Inbox: Sendable {
        let requests = Mutex<[RecordedRequest]>([])
    }

    /// What came, in order.
    var requests: [RecordedRequest] { inbox.requests.withLock { $0 } }
    var address: Secret {
        Secret("\(server.url)/hooks/\(Self.pathSecret)?token=\(Self.querySecret)")
    }
    var name: String { "webhook 127.0.0.1:\(server.port)" }

    private init(
        server: LoopbackServer, sender: WebhookSender, clock: HookClock, inbox: Inbox
    ) {
        self.server = server
        self.sender = sender
        self.clock = clock
        self.inbox = inbox
    }

    func tell(
        _ announcement: Announcement = Sample.announcement, at address: Secret? = nil,
        signedBy secret: Secret? = key
    ) async throws -> String {
        try await sender.tell(announcement, at: address ?? self.address, signedBy: secret)
    }

    /// The failure that telling ends with; `nil` if the receiver took it.
    func failure(
        _ announcement: Announcement = Sample.announcement, at address: Secret? = nil
    ) async -> PortFailure? {
        do throws(PortFailure) {
            _ = try await sender.tell(
                announcement, at: address ?? self.address, signedBy: Self.key)
            return nil
        } catch {
            return error
        }
    }

    /// Gives a body a receiver that answers the requests, counted from 1, by a function.
    static func with(
        jitter: Double = 0.5,
        _ answer: @escaping @Sendable (Int, HookClock) -> CannedResponse,
        _ body: (Stage) async throws -> Void
    ) async throws {
        let clock = HookClock()
        let inbox = Inbox()
        let server = try await LoopbackServer.start { request in
            let count = inbox.requests.withLock { requests in
                requests.append(request)
                return requests.count
            }
            return answer(count, clock)
        }
        let exchange = AsyncHTTPExchange(userAgent: "pawl/test (+https://pawl.example)")
        let sender = WebhookSender(exchange: exchange, clock: clock.clock, jitter: { jitter })
        let stage = Stage(server: server, sender: sender, clock: clock, inbox: inbox)
        let result: Result<Void, any Error>
        do { result = .success(try await body(stage)) } catch { result = .failure(error) }
        await exchange.shutdown()
        await server.stop()
        try result.get()
    }
}
