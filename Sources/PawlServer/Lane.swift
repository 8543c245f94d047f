import PawlCore
import PawlEngine
import Synchronization

/// The work of one channel: one thing at a time, in turn. A person's orders go first, then commits
/// that events named, then looks, then the patrol.
final class Lane: Sendable {
    /// What it works by: taken once for each step, so that a step has one generation to its end.
    struct Ground: Sendable {
        let site: Site
        let channel: Channel
    }

    /// An event's share in a step.
    struct Ticket: Hashable, Sendable {
        let id: String
        let received: Instant
    }

    /// Why a channel is looked at.
    enum Cause: String, Sendable { case start, event, order, sweep, full, again, patrol }

    /// One step.
    enum Errand: Sendable {
        case order(Engine.Order, CheckedContinuation<Receipt?, Never>)
        case observation(Observation, [Ticket])
        case look(Cause, [Ticket], isFull: Bool)
        case patrol
    }

    /// What comes next.
    enum Next: Sendable {
        case errand(Errand, Ground)
        /// Nothing until then, unless the bell rings.
        case waits(until: Instant)
        case ended
    }

    /// What its last look and its last patrol found, to tell what changed.
    struct Found: Hashable, Sendable {
        var look: Receipt?
        var standing: Standing?
        var tags: [Fact<Digest>] = []
    }

    private struct Noted {
        let commit: CommitID
        var run: GateRun
        var observation: Observation
        var tickets: [Ticket]
    }

    private struct State {
        var ground: Ground
        var orders: [(Engine.Order, CheckedContinuation<Receipt?, Never>)] = []
        var noted: [Noted] = []
        var look: Cause?
        var lookTickets: [Ticket] = []
        var fullAt: Due
        var patrolAt: Due
        var againAt: Due?
        var failures = 0
        /// When the newest look began.
        var began: Instant?
        /// Whether its page is older than what is known.
        var isStale = true
        var hadFull = false
        var found = Found()
        var isClosed = false
        var hasEnded = false
    }

    let address: ChannelAddress
    /// Rings when there is something to do, and when it is time to end.
    let bell = Bell()
    /// Its place among all channels, from 0 up to 1: what all do once in a period is spread by it.
    let phase: Double
    private let state: Mutex<State>

    init(_ ground: Ground, phase: Double, fullAt: Due, patrolAt: Due) {
        address = ground.site.address(of: ground.channel)
        self.phase = phase
        state = Mutex(State(ground: ground, fullAt: fullAt, patrolAt: patrolAt))
    }

    /// The generation that the next step takes.
    var ground: Ground { state.withLock { $0.ground } }

    /// How much waits for its turn.
    var waiting: Int {
        state.withLock { $0.orders.count + $0.noted.count + ($0.look == nil ? 0 : 1) }
    }

    // MARK: What there is to do

    /// Puts a person's order in line. A lane that is closed answers `nil` at once.
    func order(_ order: Engine.Order) async -> Receipt? {
        await withCheckedContinuation { continuation in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.orders.append((order, continuation)) }
                return state.isClosed
            }
            if isClosed { continuation.resume(returning: nil) } else { bell.ring() }
        }
    }

    /// Notes an event. Of several about one commit the newest run counts; a look stands for the
    /// oldest of many commits. False: the lane is closed.
    func note(_ observation: Observation, _ concern: Concern, _ ticket: Ticket) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            guard case .candidate(let commit) = concern, case .runEnded(let run, _) = observation
            else {
                state.look = state.look ?? .event
                state.lookTickets.append(ticket)
                return true
            }
            if let index = state.noted.firstIndex(where: { $0.commit == commit }) {
                state.noted[index].tickets.append(ticket)
                if run.isNewer(than: state.noted[index].run) {
                    (state.noted[index].run, state.noted[index].observation) = (run, observation)
                }
                return true
            }
            let fresh = Noted(
                commit: commit, run: run, observation: observation, tickets: [ticket])
            let index = state.noted.firstIndex { run.isNewer(than: $0.run) }
            state.noted.insert(fresh, at: index ?? state.noted.endIndex)
            if state.noted.count > Limits.commitsWaitingMax {
                state.lookTickets += state.noted.removeLast().tickets
                state.look = state.look ?? .event
            }
            return true
        }
        if isTaken { bell.ring() }
        return isTaken
    }

    /// Asks for a look.
    func look(_ cause: Cause) {
        state.withLock { $0.look = $0.look ?? cause }
        bell.ring()
    }

    // MARK: In turn

    /// The next step. Taken by the lane's one worker.
    func next(at now: Instant) -> Next {
        state.withLock { state in
            guard !state.isClosed else {
                state.hasEnded = true
                return .ended
            }
            if !state.orders.isEmpty {
                let (order, continuation) = state.orders.removeFirst()
                return .errand(.order(order, continuation), state.ground)
            }
            if !state.noted.isEmpty {
                let noted = state.noted.removeFirst()
                return .errand(.observation(noted.observation, noted.tickets), state.ground)
            }
            if let look = takeLook(&state, at: now) { return .errand(look, state.ground) }
            if state.patrolAt.isOver(at: now) { return .errand(.patrol, state.ground) }
            return .waits(until: Self.nextTime(state))
        }
    }

    private func takeLook(_ state: inout State, at now: Instant) -> Errand? {
        let isFull = state.fullAt.isOver(at: now)
        let isAgain = state.againAt?.isOver(at: now) ?? false
        guard let cause = state.look ?? (isFull ? .full : isAgain ? .again : nil) else {
            return nil
        }
        let tickets = state.lookTickets
        (state.look, state.lookTickets) = (nil, [])
        if isAgain { state.againAt = nil }
        return .look(cause, tickets, isFull: isFull)
    }

    private static func nextTime(_ state: State) -> Instant {
        min(state.fullAt.at, state.patrolAt.at, state.againAt?.at ?? state.fullAt.at)
    }

    /// Whether something that matters more than a page's freshness waits.
    var isWanted: Bool {
        state.withLock {
            $0.isClosed || !$0.orders.isEmpty || !$0.noted.isEmpty || $0.look != nil
        }
    }

    /// What was found before; what is changed in it is kept.
    func found<Answer>(_ change: (inout Found) -> Answer) -> Answer {
        state.withLock { change(&$0.found) }
    }

    /// A look begins. An event is no look: its own commit may be all that is judged.
    func begins(at moment: Instant) { state.withLock { $0.began = moment } }

    /// Whether the newest look began at that moment or later, so that it saw what was there then.
    func looked(since moment: Instant) -> Bool {
        state.withLock { $0.began.map { $0 >= moment } ?? false }
    }

    /// Whether its page is to be made anew.
    var isStale: Bool {
        get { state.withLock { $0.isStale } }
        set { state.withLock { $0.isStale = newValue } }
    }

    // MARK: When again

    /// A step could not read everything: how many did in a row.
    func failed() -> Int {
        state.withLock { state in
            state.failures += 1
            return state.failures
        }
    }

    /// A step read everything.
    func succeeded() { state.withLock { $0.failures = 0 } }

    /// When the channel is looked at without any event; gives the time of the next look. After
    /// the first full look the next one comes sooner, by the channel's place.
    func plan(again: Duration?, full: Duration?, now: Instant) -> Instant {
        state.withLock { state in
            state.againAt = again.map { Due(after: $0, now: now) }
            if let full {
                let share = state.hadFull ? 1 : max(phase, 0.1)
                state.fullAt = Due(
                    after: .milliseconds(Int64(Double(full.milliseconds) * share)), now: now)
                state.hadFull = true
            }
            return min(state.fullAt.at, state.againAt?.at ?? state.fullAt.at)
        }
    }

    /// When its tags are read next.
    func plan(patrol: Due) { state.withLock { $0.patrolAt = patrol } }

    // MARK: Generations

    /// Takes another generation; false if the lane has ended already.
    func take(_ ground: Ground) -> Bool {
        state.withLock { state in
            guard !state.hasEnded else { return false }
            if state.ground.channel != ground.channel
                || state.ground.site.policy != ground.site.policy || state.isClosed
            {
                state.look = state.look ?? .start
            }
            state.ground = ground
            state.isClosed = false
            return true
        }
    }

    /// No new step begins. Orders that wait are answered `nil`; gives the tickets of events that
    /// wait.
    func close() -> [Ticket] {
        let (orders, tickets) = state.withLock { state in
            defer { (state.orders, state.noted, state.lookTickets) = ([], [], []) }
            state.isClosed = true
            return (state.orders, state.noted.flatMap(\.tickets) + state.lookTickets)
        }
        for (_, continuation) in orders { continuation.resume(returning: nil) }
        bell.ring()
        return tickets
    }
}

extension Lane {
    /// Ends for good: the worker is gone.
    func end() -> [Ticket] {
        let tickets = close()
        _ = next(at: Instant(millisecondsSinceEpoch: 0))
        return tickets
    }
}

/// A time at which something is due, and when that was said.
struct Due: Hashable, Sendable {
    let at: Instant
    let since: Instant

    /// So long after now.
    init(after duration: Duration, now: Instant) {
        at = now + duration
        since = now
    }

    /// Past, or planned by a clock that was put back since.
    func isOver(at now: Instant) -> Bool { at <= now || now + Limits.clockStepMax < since }
}
