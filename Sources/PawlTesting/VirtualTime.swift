package import PawlCore
package import PawlPorts
import Synchronization

/// One thread and a clock that a test moves: for what waits on several things at once, as a server
/// does. Tasks begun here run one after the other on the thread that calls `settle` or `advance`;
/// when all of them wait, time goes on to the next moment that somebody waits for. Nothing sleeps.
package final class VirtualTime: TaskExecutor {
    private struct Sleeper {
        let id: Int
        let at: Instant
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var ready: [UnownedJob] = []
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var nextSleeper = 0
        var steps = 0
    }

    private let manual: ManualClock
    private let state = Mutex(State())

    /// Time by a manual clock, which is moved along: what is planned by it happens too.
    package init(_ manual: ManualClock = ManualClock()) { self.manual = manual }

    /// The moment that it shows.
    package var now: Instant { manual.now }

    /// How many steps tasks have made so far: nothing to do costs none.
    package var steps: Int { state.withLock { $0.steps } }

    /// The port. A sleeper waits until the test has moved the clock far enough.
    package var clock: Clock {
        Clock(
            now: { self.now },
            sleep: { (duration) async throws(CancellationError) in
                guard await self.sleep(until: self.now + duration) else {
                    throw CancellationError()
                }
            })
    }

    /// Begins something asynchronous; it starts when time is let go on.
    @discardableResult
    package func begin(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: self) { await work() }
    }

    /// Runs until every task waits for time to pass.
    package func settle() {
        let executor = asUnownedTaskExecutor()
        while let job = takeReady() { job.runSynchronously(on: executor) }
    }

    /// Lets so much time pass, and everything happen that is due in it, in order.
    package func advance(by duration: Duration) {
        let end = now + duration
        settle()
        while let sleeper = takeSleeper(until: end) {
            manual.advance(by: max(sleeper.at.since(now), .zero))
            sleeper.continuation.resume(returning: true)
            settle()
        }
        manual.advance(by: end.since(now))
        settle()
    }

    /// Somebody puts the wall clock to another time. Sleepers go by a clock that runs on: they
    /// sleep as long as they would have.
    package func jump(by duration: Duration) {
        manual.jump(by: duration)
        state.withLock { state in
            state.sleepers = state.sleepers.map { sleeper in
                Sleeper(
                    id: sleeper.id, at: sleeper.at + duration,
                    continuation: sleeper.continuation)
            }
        }
    }

    /// What an asynchronous question answers, with as much time as it needs, up to a day.
    package func answer<Value: Sendable>(
        _ question: @escaping @Sendable () async -> Value
    ) -> Value? {
        let box = Box<Value>()
        begin {
            let value = await question()
            box.value.withLock { $0 = value }
        }
        settle()
        let end = now + .seconds(86400)
        while box.value.withLock({ $0 == nil }), let sleeper = takeSleeper(until: end) {
            manual.advance(by: max(sleeper.at.since(now), .zero))
            sleeper.continuation.resume(returning: true)
            settle()
        }
        return box.value.withLock { $0 }
    }

    /// Takes a task's next step. Called by the runtime.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.ready.append(job) }
    }

    private func takeReady() -> UnownedJob? {
        state.withLock { state in
            guard !state.ready.isEmpty else { return nil }
            state.steps += 1
            return state.ready.removeFirst()
        }
    }

    private func takeSleeper(until end: Instant) -> Sleeper? {
        state.withLock { state in
            let due = state.sleepers.indices.filter { state.sleepers[$0].at <= end }
            // Of two at one moment, the one that began to sleep first.
            let first = due.min { one, other in
                (state.sleepers[one].at, state.sleepers[one].id)
                    < (state.sleepers[other].at, state.sleepers[other].id)
            }
            return first.map { state.sleepers.remove(at: $0) }
        }
    }

    /// False: the task was cancelled.
    private func sleep(until moment: Instant) async -> Bool {
        let id = state.withLock { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil || Task.isCancelled { return true }
                    state.sleepers.append(
                        Sleeper(id: id, at: moment, continuation: continuation))
                    return false
                }
                if isCancelled { continuation.resume(returning: false) }
            }
        } onCancel: {
            let sleeper: Sleeper? = state.withLock { state in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(returning: false)
        }
    }
}

/// A value that comes later.
private final class Box<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}
