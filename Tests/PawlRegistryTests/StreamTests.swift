import PawlCore
import PawlHTTP
import PawlLoopback
import PawlPorts
import Synchronization
import Testing

@Suite("Bodies in pieces")
struct StreamTests {
    /// How many bytes were taken from a stream that has as many as are wanted.
    private final class Well: Sendable {
        private let taken = Mutex(0)
        private let size: Int

        init(size: Int) { self.size = size }

        var count: Int { taken.withLock { $0 } }

        var stream: ByteStream {
            ByteStream { () throws(PortFailure) in
                let rest = self.taken.withLock { taken in
                    let piece = min(64 * 1024, self.size - taken)
                    taken += piece
                    return piece
                }
                return rest == 0 ? nil : [UInt8](repeating: 7, count: rest)
            }
        }
    }

    private func withExchange(
        _ body: (AsyncHTTPExchange) async throws -> Void
    ) async throws {
        let exchange = AsyncHTTPExchange(userAgent: "pawl/test (+https://pawl.example)")
        do {
            try await body(exchange)
        } catch {
            await exchange.shutdown()
            throw error
        }
        await exchange.shutdown()
    }

    @Test("a body is sent whole, with its length, and the answer is read")
    func sent() async throws {
        let server = try await LoopbackServer.start { request in
            CannedResponse(
                status: 201,
                headers: [("X-Length", request.header("Content-Length") ?? "none")],
                body: Array("\(request.body.count)".utf8))
        }
        try await withExchange { exchange in
            for size in [0, 1, 65_536, 1_000_000] {
                let response = try await exchange.send(
                    Request(.put, "\(server.url)/x", answerBytesMax: 100),
                    body: Well(size: size).stream, bytes: size)
                #expect(response.status == 201)
                #expect(response.header("X-Length") == "\(size)")
                #expect(String(decoding: response.body, as: UTF8.self) == "\(size)")
            }
        }
        await server.stop()
    }

    @Test("a stream that fails ends the request, and its own words are told")
    func failing() async throws {
        let requests = Mutex(0)
        let server = try await LoopbackServer.start { _ in
            requests.withLock { $0 += 1 }
            return CannedResponse(status: 201)
        }
        try await withExchange { exchange in
            let pieces = Mutex(0)
            let broken = ByteStream { () throws(PortFailure) in
                let number = pieces.withLock { pieces in
                    pieces += 1
                    return pieces
                }
                guard number < 3 else {
                    throw PortFailure(code: .mismatched, subject: "the test", detail: "it is torn")
                }
                return [1, 2, 3]
            }
            let refusal = await failure { () throws(PortFailure) in
                _ = try await exchange.send(
                    Request(.put, "\(server.url)/x", answerBytesMax: 100), body: broken, bytes: 9)
            }
            #expect(refusal?.detail == "it is torn")
        }
        await server.stop()
        // The server never saw the end of the request.
        #expect(requests.withLock { $0 } == 0)
    }

    @Test("an answer in pieces is whole, and one that is cut short is a failure")
    func received() async throws {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
        let server = try await LoopbackServer.start { request in
            switch request.path {
            case "/cut": CannedResponse(status: 200, body: body, ending: .dropsInBody)
            case "/absent": CannedResponse(status: 404, body: Array("gone".utf8))
            case "/long": CannedResponse(status: 404, body: body)
            default: CannedResponse(status: 200, body: body)
            }
        }
        try await withExchange { exchange in
            func open(_ path: String) async throws(PortFailure) -> StreamedResponse {
                try await exchange.open(
                    Request(.get, "\(server.url)\(path)", answerBytesMax: 100))
            }
            let whole = try await open("/")
            var received: [UInt8] = []
            while let piece = try await whole.body.next() { received += piece }
            #expect(received == body)

            let absent = try await open("/absent")
            #expect(absent.head.status == 404)
            #expect(String(decoding: absent.head.body, as: UTF8.self) == "gone")

            for (path, code) in [
                ("/cut", PortFailure.Code.unreachable), ("/long", .tooLarge),
            ] {
                let refusal = await failure { () throws(PortFailure) in
                    let answer = try await open(path)
                    while try await answer.body.next() != nil {}
                }
                #expect(refusal?.code == code)
            }
        }
        await server.stop()
    }

    @Test("a taker that stops makes the sender stop: what is under way is bounded")
    func bounded() async throws {
        let server = try await StallingServer.start(.sendsForEver)
        try await withExchange { exchange in
            let answer = try await exchange.open(
                Request(.get, "\(server.url)/x", answerBytesMax: 100))
            var taken = 0
            while taken < 8 << 20, let piece = try await answer.body.next() {
                taken += piece.count
            }
            let sent = try await settled { server.sent }
            #expect(sent - taken < Self.underWayMax)
        }
        await server.stop()
    }

    @Test("an upload takes no more from its source than the server has room for")
    func uploadIsBounded() async throws {
        let size = 1 << 30
        let well = Well(size: size)
        let (begun, tell) = AsyncStream.makeStream(of: Void.self)
        let server = try await StallingServer.start(.stopsReading) { tell.yield() }
        try await withExchange { exchange in
            let upload = Task {
                await failure { () throws(PortFailure) in
                    _ = try await exchange.send(
                        Request(.put, "\(server.url)/x", answerBytesMax: 100),
                        body: well.stream, bytes: size)
                }
            }
            for await _ in begun { break }
            // Whatever is taken from now on stays in this process or in the system's buffers.
            let taken = try await settled { well.count }
            #expect(taken < Self.underWayMax)
            upload.cancel()
            #expect(await upload.value != nil)
        }
        await server.stop()
    }

    /// Some pieces here, and what the system keeps for a connection on each of its sides.
    private static let underWayMax = 32 << 20

    /// A count when it has stopped growing.
    private func settled(_ count: () -> Int) async throws -> Int {
        var last = -1
        while count() != last {
            last = count()
            try await Task.sleep(for: .milliseconds(150))
        }
        return last
    }
}
