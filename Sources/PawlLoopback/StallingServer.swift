import NIOCore
import NIOPosix
import Synchronization

/// A server on a free port that stops where others go on: it reads the first bytes of a request and
/// no more, or it sends an answer for as long as somebody takes it.
package final class StallingServer: Sendable {
    /// What it does with a connection.
    package enum Habit: Hashable, Sendable {
        /// Reads once, and never again.
        case stopsReading
        /// Sends a 200 without an end, as fast as it is taken.
        case sendsForEver
    }

    private final class Counts: Sendable {
        let sent = Mutex(0)
    }

    private let channel: any Channel
    private let counts: Counts

    private init(channel: any Channel, counts: Counts) {
        self.channel = channel
        self.counts = counts
    }

    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    /// Bytes of answers that the system has taken so far.
    package var sent: Int { counts.sent.withLock { $0 } }

    /// Starts listening. `begun` is called when the first bytes of a request were read.
    package static func start(
        _ habit: Habit, begun: @escaping @Sendable () -> Void = {}
    ) async throws -> StallingServer {
        let counts = Counts()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(habit: habit, counts: counts, begun: begun))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return StallingServer(channel: channel, counts: counts)
    }

    /// Stops listening. Connections end with their clients.
    package func stop() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private static let piece = ByteBuffer(repeating: 7, count: 64 * 1024)

        private let habit: Habit
        private let counts: Counts
        private let begun: @Sendable () -> Void

        init(habit: Habit, counts: Counts, begun: @escaping @Sendable () -> Void) {
            self.habit = habit
            self.counts = counts
            self.begun = begun
        }

        func channelActive(context: ChannelHandlerContext) { context.read() }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            begun()
            guard habit == .sendsForEver else { return }
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head)), promise: nil)
            send(context)
        }

        private func send(_ context: ChannelHandlerContext) {
            let counts = counts
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(Self.piece)).whenSuccess {
                counts.sent.withLock { $0 += Self.piece.readableBytes }
                let (handler, context) = bound.value
                handler.send(context)
            }
        }
    }
}
