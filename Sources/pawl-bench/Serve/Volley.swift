import NIOCore
import NIOPosix
import Synchronization

/// Webhooks sent over many kept connections, by one thread, so that the server has the other core.
struct Volley: Sendable {
    /// What came of it.
    struct Outcome: Sendable {
        /// Answers by status.
        var answers: [Int: Int] = [:]
        /// From the moment when a request was due until its answer was there.
        var times = AnswerTimes()
        /// Connections that ended while an answer was due.
        var broken = 0
        var seconds = 0.0

        func rate(of status: Int) -> Double { Double(answers[status] ?? 0) / seconds }
    }

    /// What all connections of a volley share.
    final class Tally: Sendable {
        let outcome = Mutex(Outcome())
        private let sent = Atomic<Int>(0)
        private let prefix = UInt64.random(in: .min ... .max)

        /// An id that no other delivery has.
        func next() -> (number: Int, delivery: String) {
            let number = sent.add(1, ordering: .relaxed).newValue
            return (number, "\(prefix)-\(number)")
        }
    }

    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    let port: Int
    let webhooks: [SignedWebhook]
    var connections = 64
    /// Requests in a second over all connections, each due at its moment whether or not the one
    /// before was answered; `nil`: each as soon as the one before was answered.
    var rate: Double?
    /// Requests of one connection that are sent before the first one's answer.
    var depth = 1

    /// Sends for so long.
    func run(for duration: Duration) async throws -> Outcome {
        let tally = Tally()
        let begin = NIODeadline.now()
        let end = begin + .nanoseconds(Int64(duration.inMilliseconds * 1e6))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<connections {
                group.addTask { try await keepSending(number, tally, begin, end) }
            }
            try await group.waitForAll()
        }
        return tally.outcome.withLock { outcome in
            outcome.seconds = duration.inMilliseconds / 1000
            return outcome
        }
    }

    /// One connection, made anew whenever the server ends it.
    private func keepSending(
        _ number: Int, _ tally: Tally, _ begin: NIODeadline, _ end: NIODeadline
    ) async throws {
        // Where there is a rate, the connections take turns.
        let step = rate.map { Double(connections) / $0 * 1e9 }
        let first = step.map {
            begin + .nanoseconds(Int64($0 / Double(connections)) * Int64(number))
        }
        while NIODeadline.now() < end {
            let pace = first.flatMap { first in
                step.map { VolleyConnection.Pace(first: first, step: .nanoseconds(Int64($0))) }
            }
            let connection = try await ClientBootstrap(group: Self.group)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            VolleyConnection(
                                webhooks: webhooks, depth: depth, pace: pace, end: end,
                                tally: tally))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
            try await connection.closeFuture.get()
        }
    }
}
