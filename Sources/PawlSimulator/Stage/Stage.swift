import Synchronization

/// One thread and a virtual clock for everything that is asynchronous in a world.
///
/// Tasks that prefer this executor run one after the other on the thread that calls `run`. When
/// none can go on, all of them wait for something on the agenda; the next point of it happens, and
/// the clock stands at its moment. Nothing sleeps and nothing runs elsewhere, so that the same seed
/// gives the same run.
package final class Stage: TaskExecutor {
    private struct State: ~Copyable {
        var ready: [UnownedJob] = []
        var nextReady = 0
        var agenda = Agenda()
        var now: Int64 = 0
        var happened = 0
    }

    /// More points than any world has: a run that goes on is one that would not end.
    package static let pointsMax = 200_000

    private let state = Mutex(State())

    /// A stage at moment 0.
    package init() {}

    /// Milliseconds since the world's beginning.
    package var now: Int64 { state.withLock { $0.now } }

    /// Takes a task's next step. Called by the runtime.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.ready.append(job) }
    }

    /// Lets something happen after so many milliseconds.
    package func after(
        _ milliseconds: Int64, key: UInt64, _ action: @escaping @Sendable () -> Void
    ) {
        state.withLock { $0.agenda.add(at: $0.now + milliseconds, key: key, action) }
    }

    /// Begins something asynchronous; it starts when `run` comes to it.
    package func begin(_ work: @escaping @Sendable () async -> Void) {
        Task(executorPreference: self) { await work() }
    }

    /// Runs until nothing is left to happen. False: it would not have ended.
    package func run() -> Bool {
        let executor = asUnownedTaskExecutor()
        while true {
            while let job = takeReady() { job.runSynchronously(on: executor) }
            let point: Agenda.Point? = state.withLock { state in
                guard let point = state.agenda.next() else { return nil }
                state.now = max(state.now, point.at)
                state.happened += 1
                return point
            }
            guard let point else { return true }
            guard state.withLock({ $0.happened }) < Self.pointsMax else { return false }
            point.action()
        }
    }

    private func takeReady() -> UnownedJob? {
        state.withLock { state in
            guard state.nextReady < state.ready.count else {
                state.ready.removeAll(keepingCapacity: true)
                state.nextReady = 0
                return nil
            }
            state.nextReady += 1
            return state.ready[state.nextReady - 1]
        }
    }
}
