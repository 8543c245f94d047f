import PawlCore
import PawlPorts
import PawlTesting
import Synchronization

/// A clock by which pauses end at once, and the time of an attempt runs out when the test says so:
/// only then is it certain that the request was on its way.
final class HookClock: Sendable {
    private struct State {
        var attempts = 0
        var runOut = 0
        var waiting: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let manual = ManualClock()
    private let state = Mutex(State())

    /// Every pause between attempts.
    var pauses: [Duration] { manual.slept }

    /// Lets the time of this attempt, counted from 1, run out.
    func runOut(_ attempt: Int) {
        state.withLock { state in
            state.runOut = max(state.runOut, attempt)
            state.waiting.removeValue(forKey: attempt)?.finish()
        }
    }

    var clock: PawlPorts.Clock {
        PawlPorts.Clock(
            now: { self.manual.now },
            sleep: { (duration) async throws(CancellationError) in
                guard duration == Limits.hookTimeout else {
                    try await self.manual.clock.sleep(duration)
                    return
                }
                for await _ in self.timer() {}
                if Task.isCancelled { throw CancellationError() }
                self.manual.advance(by: duration)
            })
    }

    private func timer() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        state.withLock { state in
            state.attempts += 1
            if state.attempts <= state.runOut {
                continuation.finish()
            } else {
                state.waiting[state.attempts] = continuation
            }
        }
        return stream
    }
}
