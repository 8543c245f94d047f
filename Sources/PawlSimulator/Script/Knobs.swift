/// How often each fault happens, in a thousand. Drawn once for each seed: each is off in half of
/// them, so that every combination comes up, and the rare ones alone as well.
package struct Knobs: Hashable, Sendable {
    /// What can go wrong with one question, one write or one event.
    package enum Fault: Int, Hashable, Sendable, CaseIterable {
        /// The process is killed here; what is on its way may still arrive.
        case crash
        /// The write has its effect, and nobody hears of it.
        case lostAnswer
        /// The writer gives up, and the write has its effect later.
        case lateWrite
        /// The code host answers with what was true a while ago.
        case staleHost
        /// The registry does.
        case staleRegistry
        /// The ledger does.
        case staleLedger
        /// 5xx until the attempts are used up.
        case serverFailed
        /// 429.
        case throttled
        /// 403.
        case denied
        /// An answer that takes up to a minute.
        case slow
        /// An event that never arrives.
        case eventLost
        /// An event that arrives twice.
        case eventDoubled
        /// An event that arrives up to half an hour late, and so after later ones.
        case eventLate
        /// The ledger's disk is full.
        case diskFull
    }

    private var perMille = [Int](repeating: 0, count: Fault.allCases.count)
    /// How far clocks of processes are off, in milliseconds either way.
    package var clockSkew: Int64 = 0

    /// No fault at all.
    package init() {}

    /// How often a fault happens, in a thousand.
    package subscript(fault: Fault) -> Int {
        get { perMille[fault.rawValue] }
        set { perMille[fault.rawValue] = newValue }
    }

    /// Whether anything can go wrong.
    package var areOff: Bool { perMille.allSatisfy { $0 == 0 } && clockSkew == 0 }

    /// The most of each fault; the same order as the cases.
    private static let most = [30, 60, 60, 200, 200, 150, 60, 40, 15, 100, 300, 200, 300, 40]

    static func drawn(_ chance: inout Chance) -> Knobs {
        var knobs = Knobs()
        guard !chance.odds(100) else { return knobs }
        for fault in Fault.allCases where chance.odds(500) {
            let most = most[fault.rawValue]
            knobs[fault] = chance.one(of: [max(1, most / 30), most / 8, most / 3, most])
        }
        if chance.odds(250) {
            knobs.clockSkew = Int64(chance.one(of: [2_000, 60_000, 3_600_000]))
        }
        return knobs
    }
}
