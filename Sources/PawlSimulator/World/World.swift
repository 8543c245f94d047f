import PawlCore
package import PawlEngine
import PawlPorts
import Synchronization

/// One script being played: the stage, what has happened so far, and the errands under way.
package final class World: Sendable {
    /// What carries an errand out: Pawl's engine, or a model of something else.
    package typealias Design = @Sendable (World, Errand, Order) async -> Receipt?

    /// One process's run.
    struct Running: Sendable {
        let order: Order
        let lane: Int
        /// Stays the same whatever else there is in the world.
        let key: UInt64
        let clockSkew: Int64
        var isDead = false
        /// How often each question was asked.
        var asked: [UInt64: Int] = [:]
        /// How many ids it made.
        var identifiers = 0
    }

    /// A fault that happened.
    package struct Fired: Hashable, Sendable {
        /// By which it can be muted.
        package let key: UInt64
        /// What.
        package let fault: Knobs.Fault
        /// Where the trace was then.
        package let place: Int
    }

    struct State: Sendable {
        var trace: Trace
        /// The ledger's lines, as they were appended.
        var lines: [LedgerLine] = []
        var errands: [Running] = []
        var lanes = Lanes()
        var fired: [Fired] = []
        var isCalm = false
    }

    let script: Script
    let names: Names
    let channel: Channel
    let policy: Policy
    let stage = Stage()
    let state: Mutex<State>
    private let design: Design
    private let outline: Outline

    /// A world before its first moment.
    package init(_ script: Script, design: @escaping Design = pawl) {
        self.script = script
        self.design = design
        names = script.shape.names
        channel = script.shape.channel
        policy = script.shape.policy(of: channel)
        outline = Outline(script)
        var trace = Trace(shape: script.shape, chart: outline.chart)
        trace.staleness = Self.staleness(script.knobs)
        trace.clockSkew = script.knobs.clockSkew
        state = Mutex(State(trace: trace))
    }

    private static func staleness(_ knobs: Knobs) -> Int64 {
        knobs[.staleHost] + knobs[.staleRegistry] > 0 ? Draw.staleMax : 0
    }

    /// What came of it.
    package struct Outcome: Sendable {
        /// Everything that happened.
        package let trace: Trace
        /// The faults among it.
        package let fired: [Fired]
        /// Whether it came to an end.
        package let ended: Bool
    }

    /// Plays the script to its end. Deterministic: a function of the script.
    package func play() -> Outcome {
        for point in outline.points {
            stage.after(point.at, key: point.key) { self.happens(point.what, point.key) }
        }
        for act in script.acts {
            guard case .order(let order) = act.deed else { continue }
            let key = mixed(script.seed, 3_000 + UInt64(act.number))
            stage.after(act.at, key: key) { self.enter(order, key: key) }
        }
        scheduleLooks()
        let ended = stage.run()
        return state.withLock { Outcome(trace: $0.trace, fired: $0.fired, ended: ended) }
    }

    /// Between two looks of the calm, in milliseconds.
    package static let calmLookEvery: Int64 = 300_000
    /// Looks of the calm; within these everything must have come to rest.
    package static let calmLooks = 3

    private func scheduleLooks() {
        var moments: [Int64] = []
        if script.shape.looksEvery > 0 {
            moments += stride(
                from: script.shape.looksEvery, to: outline.calmAt, by: Int(script.shape.looksEvery))
        }
        for look in 1...Self.calmLooks {
            moments.append(outline.calmAt + Int64(look) * Self.calmLookEvery)
        }
        for (number, moment) in moments.enumerated() {
            for lane in 0..<script.shape.door.lookers {
                let key = mixed(script.seed, 4_000 + UInt64(number * 4 + lane))
                stage.after(moment, key: key) { self.enter(.look, key: key, lane: lane) }
            }
        }
    }

    /// Something outside happens, and may be told by an event.
    private func happens(_ what: Happening, _ key: UInt64) {
        record(what)
        if what == .calm { state.withLock { $0.isCalm = true } }
        guard case .run(let run) = what, stage.now > 0, Self.isOver(run.state) else { return }
        let key = mixed(mixed(script.seed, key), UInt64(run.id * 4 + Int64(run.attempt)))
        deliver(run, key)
    }

    private static func isOver(_ state: RunState) -> Bool {
        state != .queued && state != .inProgress
    }

    private func deliver(_ run: Run, _ key: UInt64) {
        let draw = Draw(key: key, world: self)
        guard !draw.happens(.eventLost) else { return }
        for copy in 0..<(draw.happens(.eventDoubled) ? 2 : 1) {
            let own = Draw(key: mixed(key, UInt64(copy)), world: self)
            let late = own.happens(.eventLate) ? own.number(1, 1_000...600_000) : 0
            // The host's own delay, and a runner or a worker that has to become free.
            let wait = own.number(2, 500...3_000) + own.number(3, 500...30_000) + late
            stage.after(wait, key: own.key) { self.enter(.event(run), key: own.key) }
        }
    }

    func record(_ what: Happening) {
        let at = stage.now
        state.withLock { $0.trace.add(what, at: at) }
    }
}

extension World {
    /// Starts an errand, or lets it wait for its lane.
    func enter(_ order: Order, key: UInt64, lane: Int? = nil) {
        let waiting = Lanes.Waiting(order: order, key: key)
        let number = lane ?? script.shape.door.lane(for: order, key: key)
        let mayStart = state.withLock { state in
            state.lanes.enter(number, waiting, keepsOne: script.shape.door == .perCommit)
        }
        if mayStart { start(waiting, lane: number) }
    }

    private func start(_ waiting: Lanes.Waiting, lane: Int) {
        let skew = script.knobs.clockSkew
        let own = skew == 0 ? 0 : Int64(mixed(waiting.key, 77) % UInt64(2 * skew + 1)) - skew
        let at = stage.now
        let errand = state.withLock { state in
            state.errands.append(
                Running(
                    order: waiting.order, lane: lane, key: waiting.key,
                    clockSkew: state.isCalm ? 0 : own))
            state.trace.add(.began(state.errands.count - 1, waiting.order), at: at)
            return state.errands.count - 1
        }
        stage.begin {
            let receipt = await self.design(self, errand, waiting.order)
            self.end(errand, receipt)
        }
    }

    private func end(_ errand: Errand, _ receipt: Receipt?) {
        let at = stage.now
        let lane: Int? = state.withLock { state in
            guard !state.errands[errand].isDead else { return nil }
            state.errands[errand].isDead = true
            if let receipt { state.trace.add(.ended(errand, receipt), at: at) }
            return state.errands[errand].lane
        }
        if let lane { leave(lane) }
    }

    /// The process is gone, and its lane is free for the next one.
    func kill(_ errand: Errand) {
        let at = stage.now
        let lane: Int? = state.withLock { state in
            guard !state.errands[errand].isDead else { return nil }
            state.errands[errand].isDead = true
            state.trace.add(.crashed(errand), at: at)
            return state.errands[errand].lane
        }
        if let lane { leave(lane) }
    }

    private func leave(_ lane: Int) {
        guard let next = state.withLock({ $0.lanes.leave(lane) }) else { return }
        start(next, lane: lane)
    }
}
