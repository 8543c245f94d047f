/// Numbers from a seed (SplitMix64; Steele, Lea and Flood, OOPSLA 2014). The only chance that there
/// is in a simulation.
package struct Chance: Sendable {
    private var state: UInt64

    /// The numbers of a seed.
    package init(_ seed: UInt64) { state = seed }

    /// Any number.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return mixed(state)
    }

    /// A number from 0 up to, and not including, `bound`.
    package mutating func below(_ bound: Int) -> Int {
        bound < 2 ? 0 : Int(truncatingIfNeeded: next() >> 1) % bound
    }

    /// A number of a range.
    package mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// True so many times in a thousand.
    package mutating func odds(_ perMille: Int) -> Bool { below(1000) < perMille }

    /// One of these; the first if there is nothing to choose.
    package mutating func one<Thing>(of things: [Thing]) -> Thing { things[below(things.count)] }
}

/// Spreads every bit over all others.
package func mixed(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
}

/// A number that stands for two others in their order. Draws keyed by what they are about stay the
/// same when something else is taken out of a world, which is what lets a failure be shrunk.
package func mixed(_ first: UInt64, _ second: UInt64) -> UInt64 {
    mixed(mixed(first &+ 0x9e37_79b9_7f4a_7c15) ^ second)
}
