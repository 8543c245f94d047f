import Synchronization

/// The chance of one call or event: every number follows from the key, so that it does not matter
/// what else is drawn and in which order.
struct Draw: Sendable {
    /// How far back an outdated answer reaches at most, in milliseconds.
    static let staleMax: Int64 = 45_000

    let key: UInt64
    let world: World

    /// Whether this goes wrong here. What happened is noted, so that it can be muted.
    func happens(_ fault: Knobs.Fault) -> Bool {
        let perMille = world.script.knobs[fault]
        let own = mixed(key, 1_000 + UInt64(fault.rawValue))
        guard perMille > 0, own % 1_000 < UInt64(perMille),
            !world.script.muted.contains(own)
        else { return false }
        return world.state.withLock { state in
            guard !state.isCalm else { return false }
            state.fired.append(
                World.Fired(key: own, fault: fault, place: state.trace.records.count))
            return true
        }
    }

    /// A number of a range; `use` tells the numbers of one key apart.
    func number(_ use: UInt64, _ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound
            + Int64(mixed(key, use) % UInt64(range.upperBound - range.lowerBound + 1))
    }
}
