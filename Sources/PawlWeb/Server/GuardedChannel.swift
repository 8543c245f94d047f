import HummingbirdCore
import Logging
import NIOCore

/// HTTP/1.1 with deadlines.
struct GuardedChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let channel: HTTP1Channel

    init(
        _ patience: Patience, responder: @escaping HTTPChannelHandler.Responder
    ) {
        var configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [Deadlines(patience)])
        // Own choice: GitHub's headers are some 1 kB in 15 fields.
        configuration.httpDecoder.maxHeaderFieldSize = 16 * 1024
        configuration.httpDecoder.maxHeaderListSize = 32 * 1024
        configuration.httpDecoder.maxHeaderFieldCount = 100
        channel = HTTP1Channel(responder: responder, configuration: configuration)
    }

    func setup(channel connection: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        connection.eventLoop.makeCompletedFuture {
            try connection.pipeline.syncOperations.addHandler(FirstBytes())
        }.flatMap { channel.setup(channel: connection, logger: logger) }
    }

    func handle(value: Value, logger: Logger) async {
        await channel.handle(value: value, logger: logger)
    }
}
