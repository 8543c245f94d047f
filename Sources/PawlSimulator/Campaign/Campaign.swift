import PawlCore
import PawlEngine

/// Many seeds, one after the other, and what came of them.
package struct Campaign: Sendable {
    /// A seed whose world broke a promise.
    package struct Failure: Hashable, Sendable {
        /// The seed.
        package let seed: UInt64
        /// Every promise that was broken.
        package let breaches: [Breach]
    }

    /// Of so many seeds one is played twice.
    package static let twiceEvery: UInt64 = 100

    /// Seeds played.
    package private(set) var seeds = 0
    /// Of them with a ledger.
    package private(set) var withLedger = 0
    /// Records of all traces.
    package private(set) var records = 0
    /// Errands begun.
    package private(set) var errands = 0
    /// Processes killed.
    package private(set) var killed = 0
    /// Tags moved by Pawl.
    package private(set) var moves = 0
    /// Entries written.
    package private(set) var entries = 0
    /// Faults that happened, by their kind's number.
    package private(set) var faults = [Int](repeating: 0, count: Knobs.Fault.allCases.count)
    /// Seeds that were played twice.
    package private(set) var twice = 0
    /// Seeds whose second trace was another one.
    package private(set) var unequal: [UInt64] = []
    /// Seeds that did not come to an end.
    package private(set) var endless: [UInt64] = []
    /// Seeds that broke a promise.
    package private(set) var failures: [Failure] = []

    /// Nothing played yet.
    package init() {}

    /// Plays one seed; twice, where that seed is one that is.
    package mutating func play(_ seed: UInt64, twice mayRepeat: Bool = true) {
        let script = Script.drawn(seed)
        let outcome = World(script).play()
        count(outcome, script)
        if !outcome.ended { endless.append(seed) }
        if mayRepeat, seed % Self.twiceEvery == 0 {
            twice += 1
            if World(script).play().trace != outcome.trace { unequal.append(seed) }
        }
        let breaches = Promise.allBreaches(in: outcome.trace)
        if !breaches.isEmpty { failures.append(Failure(seed: seed, breaches: breaches)) }
    }

    private mutating func count(_ outcome: World.Outcome, _ script: Script) {
        seeds += 1
        if script.shape.hasLedger { withLedger += 1 }
        records += outcome.trace.records.count
        for fired in outcome.fired { faults[fired.fault.rawValue] += 1 }
        for record in outcome.trace.records {
            switch record.what {
            case .began: errands += 1
            case .crashed: killed += 1
            case .landed: moves += 1
            case .recorded: entries += 1
            default: break
            }
        }
    }

    /// Takes another campaign's counts in.
    package mutating func add(_ other: Campaign) {
        seeds += other.seeds
        withLedger += other.withLedger
        records += other.records
        errands += other.errands
        killed += other.killed
        moves += other.moves
        entries += other.entries
        for index in faults.indices { faults[index] += other.faults[index] }
        twice += other.twice
        unequal += other.unequal
        endless += other.endless
        failures += other.failures
        failures.sort { $0.seed < $1.seed }
    }

    /// Whether everything was kept.
    package var isClean: Bool { failures.isEmpty && unequal.isEmpty && endless.isEmpty }

    /// The counts as a person reads them.
    package var text: String {
        var lines = [
            "\(seeds) worlds, \(withLedger) with a ledger: \(errands) errands, \(moves) tags "
                + "moved, \(entries) entries, \(records) records",
            "faults: "
                + Knobs.Fault.allCases.map { "\($0) \(faults[$0.rawValue])" }
                .joined(separator: ", ") + ", killed \(killed)",
            "played twice: \(twice), of them different: \(unequal.count)",
        ]
        for promise in Promise.allCases {
            let broken = failures.filter { $0.breaches.contains { $0.promise == promise } }
            lines.append("\(promise.rawValue): broken in \(broken.count) worlds")
        }
        return lines.joined(separator: "\n")
    }
}

/// One number for the traces of these seeds, the same in every process: sets and dictionaries have
/// another order in each, and none of it may show.
package func checksum(of seeds: Range<UInt64>) -> UInt64 {
    seeds.reduce(0xcbf2_9ce4_8422_2325) { sum, seed in
        World(Script.drawn(seed)).play().trace.text().utf8.reduce(sum) { sum, byte in
            (sum ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
    }
}
