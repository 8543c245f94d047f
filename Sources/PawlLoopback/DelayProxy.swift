import NIOCore
import NIOPosix
import Synchronization

/// A reverse proxy on loopback that makes every request slower by the same time, and counts them:
/// a registry as far away as real ones are, for measuring any client.
package final class DelayProxy: Sendable {
    private let server: LoopbackServer
    private let upstream: Upstream
    private let state: StateBox

    /// One request on its way through.
    package struct Exchange: Sendable {
        /// `METHOD target`.
        package let line: String
        /// When it came, by a clock that only goes forward.
        package let begin: ContinuousClock.Instant
        /// When its answer was ready to go back; `nil` before.
        package fileprivate(set) var end: ContinuousClock.Instant?
    }

    private struct State: Sendable {
        var delay: Duration
        var exchanges: [Exchange] = []
        var generation = 0
    }

    private final class StateBox: Sendable {
        let state: Mutex<State>
        init(_ delay: Duration) { state = Mutex(State(delay: delay)) }
    }

    private init(server: LoopbackServer, upstream: Upstream, state: StateBox) {
        self.server = server
        self.upstream = upstream
        self.state = state
    }

    /// Starts a proxy before `upstream` (`http://127.0.0.1:5000`). `rewritesRealm` makes clients
    /// ask for tokens through the proxy, too.
    package static func start(
        upstream: String, delay: Duration, rewritesRealm: Bool = false
    ) async throws -> DelayProxy {
        let upstream = Upstream(upstream, rewritesRealm: rewritesRealm)
        let box = StateBox(delay)
        let server = try await LoopbackServer.start { request in
            await timed(request, box) { await upstream.answer(to: request) }
        }
        return DelayProxy(server: server, upstream: upstream, state: box)
    }

    private static func timed(
        _ request: RecordedRequest, _ box: StateBox, _ forward: () async -> CannedResponse
    ) async -> CannedResponse {
        let (place, generation, delay) = box.state.withLock { state in
            state.exchanges.append(
                Exchange(line: request.line, begin: ContinuousClock.now, end: nil))
            return (state.exchanges.count - 1, state.generation, state.delay)
        }
        if delay > .zero {
            let pause = TimeAmount.nanoseconds(
                delay.components.seconds * 1_000_000_000
                    + delay.components.attoseconds / 1_000_000_000)
            try? await MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: pause) {}
                .futureResult.get()
        }
        let answer = await forward()
        box.state.withLock { state in
            guard state.generation == generation else { return }
            state.exchanges[place].end = ContinuousClock.now
        }
        return answer
    }

    /// Ends it.
    package func stop() async {
        await server.stop()
        await upstream.shutdown()
    }

    /// `http://127.0.0.1:PORT`.
    package var url: String { server.url }
    /// `127.0.0.1:PORT`.
    package var host: String { "127.0.0.1:\(server.port)" }
    /// Requests so far, `METHOD target` each.
    package var requests: [String] { exchanges.map(\.line) }
    /// Requests so far, with their times.
    package var exchanges: [Exchange] { state.state.withLock(\.exchanges) }
    /// How many requests came so far.
    package var count: Int { state.state.withLock(\.exchanges.count) }

    /// Counts from none again.
    package func reset() {
        state.state.withLock { state in
            state.exchanges = []
            state.generation += 1
        }
    }

    /// Changes how much slower requests are from now on.
    package func setDelay(_ delay: Duration) { state.state.withLock { $0.delay = delay } }
}
