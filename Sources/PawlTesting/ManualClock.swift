package import PawlCore
package import PawlPorts
import Synchronization

/// A clock that moves only when it is told to, or when somebody sleeps by it: a sleep is over at
/// once, and everything that was planned for the time passed has happened.
package final class ManualClock: Sendable {
    /// 2026-04-30T12:00:00Z, where every test begins.
    package static let start = Instant(millisecondsSinceEpoch: 1_777_550_400_000)

    private struct Planned: Sendable {
        let at: Instant
        let action: @Sendable () -> Void
    }

    private struct State: Sendable {
        var now = ManualClock.start
        var planned: [Planned] = []
        var slept: [Duration] = []
    }

    private let state = Mutex(State())

    /// A clock at `start`.
    package init() {}

    /// The moment that it shows.
    package var now: Instant { state.withLock { $0.now } }
    /// Every sleep so far.
    package var slept: [Duration] { state.withLock { $0.slept } }

    /// The port. A sleep by it moves the clock.
    package var clock: Clock {
        Clock(
            now: { self.now },
            sleep: { (duration) async throws(CancellationError) in
                if Task.isCancelled { throw CancellationError() }
                self.state.withLock { $0.slept.append(duration) }
                self.advance(by: duration)
            })
    }

    /// Plans something for later; it happens when the clock passes the moment.
    package func after(_ duration: Duration, _ action: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.planned.append(Planned(at: state.now + duration, action: action))
        }
    }

    /// Somebody puts the clock to another time; nothing that was planned happens by that.
    package func jump(by duration: Duration) { state.withLock { $0.now = $0.now + duration } }

    /// Moves the clock forward and lets everything happen that was planned up to then, in order.
    package func advance(by duration: Duration) {
        let end = now + duration
        while let next = takeNext(until: end) { next() }
        state.withLock { $0.now = end }
    }

    private func takeNext(until end: Instant) -> (@Sendable () -> Void)? {
        state.withLock { state in
            var next: Int?
            for (index, planned) in state.planned.enumerated() where planned.at <= end {
                if let chosen = next, state.planned[chosen].at <= planned.at { continue }
                next = index
            }
            guard let next else { return nil }
            let planned = state.planned.remove(at: next)
            state.now = max(state.now, planned.at)
            return planned.action
        }
    }
}
