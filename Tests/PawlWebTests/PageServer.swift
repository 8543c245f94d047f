import Hummingbird
import NIOCore
import PawlCore
import PawlEngine
import PawlLoopback
import PawlPorts
import PawlServer
import PawlTesting
import PawlWeb
import Synchronization

/// Pages behind a real server on a free loopback port, with a board made by hand and orders that
/// are written down.
final class PageServer: Sendable {
    /// What a person must know to log in.
    static let adminToken = "an admin token of the tests"

    let board: Board
    /// The time of the pages; it stands still until it is told.
    let time: ManualClock
    let client = LoopbackClient()
    let pages: Pages
    /// `http://127.0.0.1:PORT`.
    let address: String
    private let given: Given

    /// Connects, as a client that may do anything.
    func connect() async throws -> RawConnection {
        try await RawConnection(port: Int(address.split(separator: ":").last ?? "") ?? 0)
    }

    /// Orders, as they came.
    private final class Given: Sendable {
        let orders = Mutex<[Engine.Order]>([])
        let count = Mutex(0)

        func identifier() -> String {
            let number = count.withLock { count in
                count += 1
                return count
            }
            return Digest.named("identifier \(number)").hex.prefix(32).lowercased()
        }

        func carryOut(_ order: Engine.Order, _ address: ChannelAddress) -> Receipt {
            orders.withLock { $0.append(order) }
            var receipt = Receipt(
                channel: address.channel, commit: PageSituations.newest, outcome: .promote,
                reasons: [])
            receipt.promoted = true
            return receipt
        }
    }

    /// Every order that was carried out.
    var orders: [Engine.Order] { given.orders.withLock { $0 } }

    private init(
        address: String, pages: Pages, board: Board, time: ManualClock, given: Given
    ) {
        self.address = address
        self.pages = pages
        self.board = board
        self.time = time
        self.given = given
    }

    /// One request; the answer's headers by lower-case name.
    func send(
        _ method: String, _ path: String, _ headers: [String: String] = [:], form: String? = nil
    ) async throws -> (status: Int, headers: [String: String], text: String) {
        var fields = headers.map { (name: $0.key, value: $0.value) }
        if form != nil {
            fields.append((name: "Content-Type", value: "application/x-www-form-urlencoded"))
        }
        let answer = try await client.send(
            method, address + path, headers: fields, body: Array((form ?? "").utf8))
        let found = answer.headers.map { ($0.name.lowercased(), $0.value) }
        return (
            answer.status, Dictionary(found) { first, _ in first },
            String(decoding: answer.body, as: UTF8.self)
        )
    }

    /// What a browser sends along with a form of our own page.
    static let ours = ["Sec-Fetch-Site": "same-origin"]

    /// Logs a person in: what its browser sends along from then on, and the token of its forms.
    func logIn(_ name: String = "Ada") async throws -> (headers: [String: String], token: String) {
        let answer = try await send(
            "POST", "/login", Self.ours,
            form: "name=\(name)&secret=an+admin+token+of+the+tests")
        let cookie = answer.headers["set-cookie"]?.split(separator: ";").first.map(String.init)
        let headers = Self.ours.merging(["Cookie": cookie ?? ""]) { $1 }
        let page = try await send("GET", "/", headers).text
        let token = page.split(separator: "name=\"token\" value=\"").dropFirst().first?
            .split(separator: "\"").first
        return (headers, String(token ?? ""))
    }

    /// Runs a server for as long as the story takes.
    static func serving(
        _ situations: [Situation], complaints: [Board.Complaint] = [],
        token: String? = adminToken,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { duration in
            try await Task.sleep(for: duration)
        },
        addRoutes: (Router<BasicRequestContext>, Board) -> Void = { _, _ in },
        _ story: @escaping @Sendable (PageServer) async throws -> Void
    ) async throws {
        let given = Given()
        let board = Board()
        let time = ManualClock()
        board.show(situations, complaints: complaints)
        let pages = try Pages(
            board: board,
            orders: Orders(
                carryOut: { given.carryOut($0, $1) }, explain: { _, _ in nil }, read: {}),
            adminToken: token.map { Secret($0) },
            clock: Clock(
                now: { time.now },
                sleep: { (duration) async throws(CancellationError) in
                    do { try await sleep(duration) } catch { throw CancellationError() }
                }), identifier: { given.identifier() })
        let router = Router(context: BasicRequestContext.self)
        PageMeasure.addRoutes(to: router)
        addRoutes(router, board)
        pages.addRoutes(to: router)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            defer { group.cancelAll() }
            for await port in ports {
                let server = PageServer(
                    address: "http://127.0.0.1:\(port)", pages: pages, board: board, time: time,
                    given: given)
                do { try await story(server) } catch {
                    await server.client.shutdown()
                    throw error
                }
                await server.client.shutdown()
                break
            }
            pages.stop()
        }
    }
}
