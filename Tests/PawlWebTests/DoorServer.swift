import Crypto
import PawlCore
import PawlEngine
import PawlPorts
import PawlServer
import PawlTesting
import PawlWeb
import Synchronization

/// The whole door to the network on a free loopback port: webhooks, API, health and pages, with
/// deliveries in memory and orders that are written down.
final class DoorServer: Sendable {
    /// What GitHub signs with; the first is the one that is on its way out.
    static let secrets = ["the old secret of the tests", "the new secret of the tests"]
    static let adminToken = "an admin token of the tests"
    static let event = Array(#"{"action": "completed", "n": 1}"#.utf8)

    let deliveries: MemoryDeliveries
    let board: Board
    let tally: Tally
    let port: Int
    let pages: Pages
    private let given: Given

    private final class Given: Sendable {
        let orders = Mutex<[Engine.Order]>([])
        let outcome = Mutex<Receipt.Outcome?>(.promote)
    }

    /// Every order that was carried out.
    var orders: [Engine.Order] { given.orders.withLock { $0 } }

    /// What orders come to from now on; `nil`: the server is stopping.
    func come(to outcome: Receipt.Outcome?) { given.outcome.withLock { $0 = outcome } }

    /// How many deliveries were asked to be kept.
    var keptCalls: Int { deliveries.calls.count { $0 == .keep } }

    private init(
        port: Int, deliveries: MemoryDeliveries, board: Board, tally: Tally, pages: Pages,
        given: Given
    ) {
        self.port = port
        self.deliveries = deliveries
        self.board = board
        self.tally = tally
        self.pages = pages
        self.given = given
    }

    /// The value of `X-Hub-Signature-256` for a body.
    static func signature(_ body: [UInt8], by secret: String = secrets[1]) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: body, using: SymmetricKey(data: Array(secret.utf8)))
        return "sha256=" + hexDigits(of: code)
    }

    /// Connects, as a client that may do anything.
    func connect() async throws -> RawConnection { try await RawConnection(port: port) }

    /// One request as it is, on a connection of its own, and everything that came back until the
    /// server closed.
    func exchange(_ request: String) async throws -> RawAnswer {
        try await exchange(Array(request.utf8))
    }

    /// The same, of bytes.
    func exchange(_ request: [UInt8]) async throws -> RawAnswer {
        let connection = try await connect()
        do {
            try await connection.send(request)
            let answer = try await connection.answer()
            await connection.close()
            return answer
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Runs a server for as long as the story takes.
    static func serving(
        _ patience: Patience = Patience(), secrets: [String] = secrets,
        token: String? = adminToken, situations: [Situation] = PageSituations.all,
        _ story: @escaping @Sendable (DoorServer) async throws -> Void
    ) async throws {
        let (given, board, time) = (Given(), Board(), ManualClock())
        let (deliveries, tally) = (MemoryDeliveries(), Tally())
        board.show(situations, complaints: [])
        let orders = Orders(
            carryOut: { order, address in
                given.orders.withLock { $0.append(order) }
                return given.outcome.withLock { outcome in
                    outcome.map {
                        Receipt(
                            channel: address.channel, commit: PageSituations.newest, outcome: $0,
                            reasons: [])
                    }
                }
            },
            explain: { commit, address in
                Receipt(
                    channel: address.channel, commit: PageSituations.newest, outcome: .hold,
                    reasons: [])
            }, read: {})
        let pages = try Pages(
            board: board, orders: orders, adminToken: token.map { Secret($0) }, clock: time.clock,
            identifier: { String(repeating: "a", count: 32) })
        let server = WebServer(
            secrets: secrets.isEmpty ? nil : WebhookSecrets(secrets.map { Secret($0) }),
            deliveries: deliveries, adminToken: token.map { Secret($0) }, board: board,
            orders: orders, tally: tally, readiness: { Readiness(checks: []) },
            exposition: { "" }, patience: patience, clock: time.clock,
            addPages: { pages.addRoutes(to: $0) })
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await server.run(host: "127.0.0.1", port: 0) { continuation.yield($0) }
            }
            defer { group.cancelAll() }
            for await port in ports {
                try await story(
                    DoorServer(
                        port: port, deliveries: deliveries, board: board, tally: tally,
                        pages: pages, given: given))
                break
            }
            pages.stop()
        }
    }
}
