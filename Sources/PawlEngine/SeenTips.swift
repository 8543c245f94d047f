import PawlCore
import PawlPorts
import Synchronization

/// The newest tip of each channel that one run has read or written. A store may show the past for
/// seconds; a run that saw an entry never acts as if it were not there.
final class SeenTips: Sendable {
    private let newest = Mutex<[ChannelKey: Tip]>([:])

    /// What was read of a line already.
    func tip(of line: LedgerLine, _ key: ChannelKey) -> Tip? {
        newest.withLock { newest in
            newest[key].flatMap { $0.line == line ? $0 : nil }
        }
    }

    /// The newer of what is shown now and what was seen before, which is kept. An append after an
    /// entry that is no longer in the ledger is refused, so that nothing is lost by believing it.
    func newer(_ shown: Tip?, of key: ChannelKey) -> Tip? {
        newest.withLock { newest in
            let seen = newest[key]
            if let seen, seen.entry.number > (shown?.entry.number ?? 0) { return seen }
            newest[key] = shown
            return shown
        }
    }
}
