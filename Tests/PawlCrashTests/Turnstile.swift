import Synchronization

/// Lets one of two runs go on at a time, as a schedule says: every request of the other waits. A
/// turn is over when its runner's next request would be one too many and nothing of it is under
/// way any more, or when its run has ended.
final class Turnstile: Sendable {
    /// What waits to go on.
    enum Step: Hashable, Sendable {
        /// The start of the run.
        case start
        case read
        case write
        /// A write of a tag.
        case tag
    }

    /// Less than the time after which `pawl` gives a request up (30 s): what was given up must not
    /// take effect later, as no ledger can promise anything about that. Whoever has waited so long
    /// goes on out of turn.
    private static let patience = Duration.seconds(15)

    fileprivate struct Waiting: Sendable {
        let runner: Runner
        let step: Step
        let number: Int
        let goOn: CheckedContinuation<Bool, Never>
    }

    fileprivate struct State: Sendable {
        var turns: ArraySlice<Schedule.Turn>
        /// In this turn.
        var requestCount = 0
        var writeCount = 0
        var underWay: [Runner: Int] = [:]
        var ended: Set<Runner> = []
        var waiting: [Waiting] = []
        /// What waits too long, by number.
        var overdue: Set<Int> = []
        /// Whether nobody went on out of turn.
        var isKept = true
        var lastNumber = 0
        /// In all turns.
        var requests: [Runner: Int] = [:]
        var writes: [Runner: Int] = [:]
    }

    private let state: Mutex<State>

    init(_ schedule: Schedule) { state = Mutex(State(turns: schedule.turns[...])) }

    /// Waits for this runner's turn; `false` if the run has ended meanwhile.
    func pass(_ runner: Runner, _ step: Step) async -> Bool {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let watch = Task {
            try await Task.sleep(for: Self.patience)
            change { $0.overdue.insert(number) }
        }
        defer { watch.cancel() }
        return await withCheckedContinuation { goOn in
            change { state in
                state.waiting.append(
                    Waiting(runner: runner, step: step, number: number, goOn: goOn))
            }
        }
    }

    /// A request that passed took effect.
    func leave(_ runner: Runner) {
        change { $0.underWay[runner, default: 0] -= 1 }
    }

    /// The run has ended.
    func end(_ runner: Runner) {
        change { $0.ended.insert(runner) }
    }

    /// Whether the schedule was kept. On a machine that is busy a run can take longer than a
    /// request of the other can be held.
    var wasKept: Bool { state.withLock(\.isKept) }

    /// How many requests a run made that passed.
    func requests(of runner: Runner) -> Int { state.withLock { $0.requests[runner, default: 0] } }

    /// How many of them changed something.
    func writes(of runner: Runner) -> Int { state.withLock { $0.writes[runner, default: 0] } }

    private func change(_ body: (inout sending State) -> Void) {
        let passed = state.withLock { state in
            body(&state)
            return state.passing()
        }
        for (one, isWanted) in passed {
            one.goOn.resume(returning: isWanted)
        }
    }
}

extension Turnstile.State {
    /// Takes out whoever may go on now, and what was left behind by a run that has ended.
    fileprivate mutating func passing() -> [(Turnstile.Waiting, isWanted: Bool)] {
        var passed = waiting.filter { ended.contains($0.runner) }.map { ($0, isWanted: false) }
        waiting.removeAll { ended.contains($0.runner) }
        for one in waiting where overdue.remove(one.number) != nil && one.step != .start {
            isKept = false
            count(one)
            passed.append((one, isWanted: true))
            waiting.removeAll { $0.number == one.number }
        }
        while let turn = turns.first {
            if ended.contains(turn.runner) {
                nextTurn()
                continue
            }
            guard let place = waiting.firstIndex(where: { $0.runner == turn.runner }) else { break }
            if isOver(turn, before: waiting[place].step) {
                guard underWay[turn.runner, default: 0] == 0 else { break }
                nextTurn()
                continue
            }
            let one = waiting.remove(at: place)
            if one.step != .start { count(one) }
            passed.append((one, isWanted: true))
        }
        return passed
    }

    private mutating func nextTurn() {
        turns.removeFirst()
        requestCount = 0
        writeCount = 0
    }

    private func isOver(_ turn: Schedule.Turn, before step: Turnstile.Step) -> Bool {
        guard step != .start else { return false }
        return switch turn.until {
        case .end: false
        case .requests(let limit): requestCount >= limit
        case .writes(let limit): step != .read && writeCount >= limit
        case .tags: step == .tag
        }
    }

    private mutating func count(_ one: Turnstile.Waiting) {
        underWay[one.runner, default: 0] += 1
        requestCount += 1
        requests[one.runner, default: 0] += 1
        guard one.step != .read else { return }
        writeCount += 1
        writes[one.runner, default: 0] += 1
    }
}
