import PawlCore
import PawlPorts
import Synchronization

/// Rings bells at their times: one sleeper for everything that is due sometime.
final class Timekeeper: Sendable {
    private struct Due {
        let at: Instant
        let since: Instant
        let bell: Bell
    }

    private struct State {
        var due: [ObjectIdentifier: Due] = [:]
        /// Until when the sleeper sleeps; `nil` while it is awake.
        var sleepsUntil: Instant?
    }

    private let clock: Clock
    private let state = Mutex(State())
    private let alarm = Bell()

    init(clock: Clock) { self.clock = clock }

    /// Rings a bell at a time; an earlier wish for the same bell is forgotten.
    func ring(_ bell: Bell, at moment: Instant) {
        let now = clock.now()
        let isSooner = state.withLock { state in
            state.due[ObjectIdentifier(bell)] = Due(at: moment, since: now, bell: bell)
            return state.sleepsUntil.map { moment < $0 } ?? true
        }
        if isSooner { alarm.ring() }
    }

    /// Rings a bell no more.
    func forget(_ bell: Bell) {
        state.withLock { $0.due[ObjectIdentifier(bell)] = nil }
    }

    /// Runs until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let now = clock.now()
            let (bells, next) = take(at: now)
            for bell in bells { bell.ring() }
            await sleep(next.since(now))
        }
    }

    /// What is due, and when something is due again. After a wall clock was put back, everything
    /// is due: what was planned by the other time could be far away.
    private func take(at now: Instant) -> (bells: [Bell], next: Instant) {
        state.withLock { state in
            var bells: [Bell] = []
            var next = now + Limits.timekeeperSleepMax
            for (id, due) in state.due {
                if due.at <= now || now + Limits.clockStepMax < due.since {
                    bells.append(due.bell)
                    state.due[id] = nil
                } else {
                    next = min(next, due.at)
                }
            }
            state.sleepsUntil = next
            return (bells, next)
        }
    }

    /// Sleeps, or until something is due sooner.
    private func sleep(_ duration: Duration) async {
        let clock = clock
        let alarm = alarm
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await clock.sleep(duration) }
            group.addTask { await alarm.wait() }
            await group.next()
            group.cancelAll()
        }
        state.withLock { $0.sleepsUntil = nil }
    }
}
