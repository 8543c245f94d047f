import HTTPTypes
package import NIOCore
import NIOHTTPTypes

/// How long a client may take, and how many there may be. All are bounds on the whole, so that a
/// byte now and then gains nothing.
package struct Patience: Hashable, Sendable {
    /// From a request's first byte, or from the connection, to the end of its header.
    package var header = TimeAmount.seconds(5)
    /// From there to the end of its body.
    package var body = TimeAmount.seconds(10)
    /// From an answer to the next request.
    package var idle = TimeAmount.seconds(30)
    /// An answer that the client does not take.
    package var answer = TimeAmount.seconds(30)
    /// Connections at once; more wait to be accepted.
    package var connectionsMax = 8192

    /// The bounds of a server on the open internet.
    package init() {}
}

/// Said by `FirstBytes` for every read, so that the deadline of a header begins with its first
/// byte.
struct BytesCame: Sendable {}

/// Stands before the HTTP decoder, where bytes are still bytes.
final class FirstBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireUserInboundEventTriggered(BytesCame())
        context.fireChannelRead(data)
    }
}

/// Closes connections whose client takes too long, and those whose answer says so. Every connection
/// has one timer, which is moved when it rings: deadlines change with every request, timers do not.
final class Deadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What is being read.
    private enum Reading { case nothing, header, body }

    private let patience: Patience
    private var reading = Reading.header
    private var answersDue = 0
    private var closesAfterAnswer = false
    private var isClosing = false
    private var deadline: NIODeadline?
    private var stuckSince: NIODeadline?
    private var timer: Scheduled<Void>?

    /// How far ahead a timer is set: never later than any deadline that may come to be.
    private var step: TimeAmount { min(patience.header, patience.body, patience.answer) }

    init(_ patience: Patience) { self.patience = patience }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = .now() + patience.header
        arm(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is BytesCame else { return context.fireUserInboundEventTriggered(event) }
        if reading == .nothing {
            reading = .header
            deadline = .now() + patience.header
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            reading = .body
            answersDue += 1
            deadline = .now() + patience.body
        case .body: break
        case .end:
            reading = .nothing
            deadline = answersDue > 0 ? nil : .now() + patience.idle
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.connection] == "close" { closesAfterAnswer = true }
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            answersDue = max(0, answersDue - 1)
            if answersDue == 0, reading == .nothing { deadline = .now() + patience.idle }
            context.write(data, promise: promise)
            if closesAfterAnswer { linger(context) }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stuckSince = context.channel.isWritable ? nil : .now()
        context.fireChannelWritabilityChanged()
    }

    /// Ends the sending side and takes what still comes for a moment: closing at once would have
    /// the system throw the answer away at a client that is still sending.
    private func linger(_ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        context.flush()
        context.close(mode: .output, promise: nil)
        deadline = .now() + .seconds(1)
        timer?.cancel()
        timer = nil
        arm(context)
    }

    private func arm(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        let now = NIODeadline.now()
        let next = min(deadline ?? now + step, now + step)
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) {
            self.timer = nil
            let now = NIODeadline.now()
            let isStuck = self.stuckSince.map { now >= $0 + self.patience.answer } ?? false
            if isStuck || self.deadline.map({ now >= $0 }) ?? false {
                context.close(promise: nil)
            } else if context.channel.isActive {
                self.arm(context)
            }
        }
    }
}
