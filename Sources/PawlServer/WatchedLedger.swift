import PawlCore
import PawlPorts
import Synchronization

/// A ledger that notes how long appends take and whether it answers.
final class WatchedLedger: Ledger {
    private let ledger: any Ledger
    private let clock: Clock
    private let tally: Tally
    private let troubles = Mutex<[ChannelKey: String]>([:])

    init(_ ledger: any Ledger, clock: Clock, tally: Tally) {
        self.ledger = ledger
        self.clock = clock
        self.tally = tally
    }

    /// What is wrong with a channel's ledger, as far as its newest answer tells.
    func trouble(of key: ChannelKey) -> String? { troubles.withLock { $0[key] } }

    func tip(of key: ChannelKey) async throws(PortFailure) -> LedgerLine? {
        try await noting(key) { () throws(PortFailure) in try await ledger.tip(of: key) }
    }

    func append(
        title: String, text: String, to key: ChannelKey, after tip: LedgerLine?
    ) async throws(PortFailure) -> Appended {
        let began = clock.now()
        let appended = try await noting(key) { () throws(PortFailure) in
            try await ledger.append(title: title, text: text, to: key, after: tip)
        }
        tally.observe(clock.now().since(began).seconds, in: Metric.ledgerAppend())
        return appended
    }

    func lines(
        of key: ChannelKey, before line: LedgerLine?, limit: Int
    ) async throws(PortFailure) -> [LedgerLine] {
        try await noting(key) { () throws(PortFailure) in
            try await ledger.lines(of: key, before: line, limit: limit)
        }
    }

    private func noting<Answer>(
        _ key: ChannelKey, _ question: () async throws(PortFailure) -> Answer
    ) async throws(PortFailure) -> Answer {
        do throws(PortFailure) {
            let answer = try await question()
            troubles.withLock { $0[key] = nil }
            return answer
        } catch {
            troubles.withLock { $0[key] = "It could not be used: \(error.detail)." }
            tally.add(to: Metric.ledgerFailures(["repository": "\(key.repository)"]))
            throw error
        }
    }
}

extension Duration {
    /// Seconds with their fraction.
    var seconds: Double { Double(milliseconds) / 1000 }
}
