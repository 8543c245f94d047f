import NIOCore
import NIOPosix

/// Connections that send a byte now and then: half of them within the header, half within the body.
/// One that the server ends is made anew.
struct SlowClients: Sendable {
    private static let pause = TimeAmount.seconds(1)
    /// The first ones begin one after the other, so that their bytes do not come all at once.
    private static let beginning = Duration.seconds(10)

    let port: Int
    let count: Int
    let webhook: SignedWebhook

    /// Drips while the body runs.
    func drip<Value: Sendable>(
        during body: @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask {
                    try await Volley.pause(Self.beginning * number / count)
                    while !Task.isCancelled { try await connection(number) }
                }
            }
            // All of them are there before anything is measured.
            try await Volley.pause(Self.beginning + .seconds(1))
            let value = try await body()
            group.cancelAll()
            return value
        }
    }

    private func connection(_ number: Int) async throws {
        let text = webhook.beginning(isWholeHeader: number % 2 == 0)
        let channel = try await ClientBootstrap(group: Volley.group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Drip(text: text, pause: Self.pause))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        try await withTaskCancellationHandler {
            try await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private final class Drip: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let text: String
        private let pause: TimeAmount

        init(text: String, pause: TimeAmount) { (self.text, self.pause) = (text, pause) }

        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            next(context)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        private func next(_ context: ChannelHandlerContext) {
            context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
                guard context.channel.isActive else { return }
                context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: "x")), promise: nil)
                self.next(context)
            }
        }
    }
}

extension Volley {
    /// Waits on the thread that sends.
    static func pause(_ duration: Duration) async throws {
        let nanoseconds = Int64(duration.inMilliseconds * 1e6)
        try await group.next().scheduleTask(in: .nanoseconds(nanoseconds)) {}.futureResult.get()
    }
}
