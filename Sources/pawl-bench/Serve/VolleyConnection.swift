import NIOCore
import Synchronization

/// One connection of a volley. Of answers it reads no more than it has to, for it shares the
/// machine with who answers.
final class VolleyConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// When requests are due.
    struct Pace: Sendable {
        let first: NIODeadline
        let step: TimeAmount

        /// The first moment that is not before another.
        func next(from moment: NIODeadline) -> NIODeadline {
            guard moment > first else { return first }
            let steps = ((moment - first).nanoseconds + step.nanoseconds - 1) / step.nanoseconds
            return first + .nanoseconds(steps * step.nanoseconds)
        }
    }

    private let webhooks: [SignedWebhook]
    private let depth: Int
    private let pace: Pace?
    private let end: NIODeadline
    private let tally: Volley.Tally
    /// When each request was due whose answer is not there.
    private var due: [NIODeadline] = []
    private var nextDue: NIODeadline?
    private var received = ByteBuffer()

    init(
        webhooks: [SignedWebhook], depth: Int, pace: Pace?, end: NIODeadline, tally: Volley.Tally
    ) {
        (self.webhooks, self.depth, self.pace) = (webhooks, depth, pace)
        (self.end, self.tally) = (end, tally)
    }

    func channelActive(context: ChannelHandlerContext) {
        nextDue = pace?.next(from: .now())
        // Whatever is not answered by then counts as broken.
        context.eventLoop.assumeIsolated().scheduleTask(deadline: end + .seconds(10)) {
            context.close(promise: nil)
        }
        goOn(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let count = due.count
        tally.outcome.withLock { $0.broken += count }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        while let status = takeAnswer() {
            guard !due.isEmpty else { return context.close(promise: nil) }
            let begin = due.removeFirst()
            let time = (NIODeadline.now() - begin).nanoseconds
            tally.outcome.withLock { outcome in
                outcome.answers[status, default: 0] += 1
                outcome.times.add(time)
            }
        }
        received.discardReadBytes()
        if due.isEmpty { goOn(context) }
    }

    /// Sends what is due, or waits for the moment when it is.
    private func goOn(_ context: ChannelHandlerContext) {
        let now = NIODeadline.now()
        guard now < end else { return context.close(promise: nil) }
        guard let pace, let moment = nextDue else {
            return send(Array(repeating: now, count: depth), context)
        }
        if moment <= now {
            nextDue = moment + pace.step
            send([moment], context)
        } else if moment >= end {
            context.close(promise: nil)
        } else {
            context.eventLoop.assumeIsolated().scheduleTask(deadline: moment) {
                if context.channel.isActive { self.goOn(context) }
            }
        }
    }

    private func send(_ moments: [NIODeadline], _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: moments.count * 13_000)
        for _ in moments {
            let (number, delivery) = tally.next()
            webhooks[number % webhooks.count].write(as: delivery, into: &buffer)
        }
        due += moments
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// The status of an answer that is there whole.
    private func takeAnswer() -> Int? {
        let view = received.readableBytesView
        guard let end = Self.headEnd(view) else { return nil }
        let head = String(decoding: view[view.startIndex..<end], as: UTF8.self)
        var length = 0
        for line in head.utf8.split(separator: UInt8(ascii: "\n")) {
            guard line.count > 16,
                line.prefix(16).elementsEqual("content-length: ".utf8)
                    || line.prefix(16).elementsEqual("Content-Length: ".utf8)
            else { continue }
            length = Int(String(decoding: line.dropFirst(16).dropLast(), as: UTF8.self)) ?? 0
        }
        guard view.count >= end - view.startIndex + length else { return nil }
        received.moveReaderIndex(forwardBy: end - view.startIndex + length)
        return Int(head.utf8.dropFirst(9).prefix(3).reduce(0) { $0 * 10 + Int($1) - 48 })
    }

    /// Behind the empty line.
    private static func headEnd(_ view: ByteBufferView) -> Int? {
        var (place, matched) = (view.startIndex, 0)
        while place < view.endIndex {
            let byte = view[place]
            place += 1
            let wanted: UInt8 = matched % 2 == 0 ? 13 : 10
            matched = byte == wanted ? matched + 1 : (byte == 13 ? 1 : 0)
            if matched == 4 { return place }
        }
        return nil
    }
}
