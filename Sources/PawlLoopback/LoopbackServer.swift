import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP/1.1 server on a free port of 127.0.0.1 that answers by one function.
///
/// It is made of NIO's own parts because doubles must be able to break the protocol: drop a
/// connection before the answer, cut a body short, never answer.
package final class LoopbackServer: Sendable {
    /// Called once for each request, at the same time for several connections.
    package typealias Handler = @Sendable (RecordedRequest) async -> CannedResponse

    /// The port it listens on.
    package let port: Int
    private let accepting: Task<Void, Never>

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    private init(port: Int, accepting: Task<Void, Never>) {
        self.port = port
        self.accepting = accepting
    }

    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// Starts listening; a request sent after this has returned is answered. Port 0 is a free one.
    package static func start(
        port: Int = 0, handler: @escaping Handler
    ) async throws -> LoopbackServer {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: port) { channel -> EventLoopFuture<any Channel> in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withOutboundHeaderValidation: false)
                    return channel
                }
            }
        let accepting = Task<Void, Never> {
            await withDiscardingTaskGroup { connections in
                // The listener ends by `stop`, or by an error after which nothing can be served.
                _ = try? await listener.executeThenClose { inbound in
                    for try await channel in inbound {
                        connections.addTask { await serve(channel, by: handler) }
                    }
                }
            }
        }
        return LoopbackServer(port: listener.channel.localAddress?.port ?? 0, accepting: accepting)
    }

    /// Stops listening and closes every connection.
    package func stop() async {
        accepting.cancel()
        await accepting.value
    }

    /// One connection, until either side ends it. What a client breaks is the client's matter.
    ///
    /// It is read from only now: one that came in while the server was being stopped is nobody's,
    /// and a wrapped channel that nobody serves ends the process.
    private static func serve(_ channel: any Channel, by handler: Handler) async {
        let wrapping = channel.eventLoop.submit {
            try Connection(wrappingChannelSynchronously: channel)
        }
        guard let connection = try? await wrapping.get() else { return }
        channel.setOption(.autoRead, value: true).whenComplete { _ in }
        try? await connection.executeThenClose { inbound, outbound in
            var parts = inbound.makeAsyncIterator()
            var head: HTTPRequestHead?
            var body: [UInt8] = []
            while let part = try await parts.next() {
                switch part {
                case .head(let received):
                    head = received
                    body = []
                case .body(let buffer):
                    body.append(contentsOf: buffer.readableBytesView)
                case .end:
                    guard let request = head else { return }
                    let response = await handler(recorded(request, body))
                    guard try await send(response, to: request, through: outbound) else { return }
                    if response.ending == .never { while try await parts.next() != nil {} }
                }
            }
        }
    }

    private static func recorded(_ head: HTTPRequestHead, _ body: [UInt8]) -> RecordedRequest {
        RecordedRequest(
            method: head.method.rawValue, target: head.uri,
            headers: head.headers.map { ($0.name, $0.value) }, body: body)
    }

    /// Whether the connection goes on.
    private static func send(
        _ response: CannedResponse, to request: HTTPRequestHead,
        through outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws -> Bool {
        switch response.ending {
        case .dropsBeforeAnswer: return false
        case .never: return true
        case .whole, .closesAfterwards, .dropsInBody, .endless: break
        }
        var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        if response.ending == .endless {
            headers.add(name: "Transfer-Encoding", value: "chunked")
        } else if !headers.contains(name: "Content-Length") {
            headers.add(name: "Content-Length", value: String(response.body.count))
        }
        if !request.isKeepAlive { headers.replaceOrAdd(name: "Connection", value: "close") }
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: response.status),
            headers: headers)
        let isCut = response.ending == .dropsInBody
        let sent = isCut ? response.body.prefix(response.body.count / 2) : response.body[...]

        try await outbound.write(.head(head))
        // Ends by the error that a closed connection is.
        while response.ending == .endless, request.method != .HEAD {
            try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: response.body))))
        }
        if request.method != .HEAD, !sent.isEmpty {
            try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: sent))))
        }
        if isCut { return false }
        try await outbound.write(.end(nil))
        return request.isKeepAlive && response.ending == .whole
    }
}
