/// A promise that was not kept.
package struct Breach: Hashable, Sendable {
    /// Which one.
    package let promise: Promise
    /// The record where it was broken.
    package let place: Int
    /// What happened, in one sentence.
    package let text: String
}

/// What Pawl promises, in the exact form that no registry can spoil. `docs/GUARANTEES.md` says the
/// same to people.
package enum Promise: String, Hashable, Sendable, CaseIterable {
    case forwardOnly = "forward-only"
    case greenOnly = "green-only"
    case together
    case digestPinned = "digest-pinned"
    case recordedBeforeDone = "recorded-before-done"
    case converges
    case nothingLost = "nothing-lost"
    case oneWinner = "one-winner"
    case explainsItself = "explains-itself"

    /// Checks the whole of a trace.
    package func breaches(in trace: Trace) -> [Breach] {
        breaches(in: Reading(trace))
    }

    func breaches(in reading: Reading) -> [Breach] {
        let found: [(Int, String)] =
            switch self {
            case .forwardOnly: ForwardOnly(reading).breaches()
            case .greenOnly: GreenOnly(reading).breaches()
            case .together: Together(reading).breaches()
            case .digestPinned: DigestPinned(reading).breaches()
            case .recordedBeforeDone: RecordedBeforeDone(reading).breaches()
            case .converges: Converges(reading).breaches()
            case .nothingLost: NothingLost(reading).breaches()
            case .oneWinner: OneWinner(reading).breaches()
            case .explainsItself: ExplainsItself(reading).breaches()
            }
        return found.map { Breach(promise: self, place: $0, text: $1) }
    }

    /// Every breach of every promise.
    package static func allBreaches(in trace: Trace) -> [Breach] {
        let reading = Reading(trace)
        return allCases.flatMap { $0.breaches(in: reading) }
    }
}
