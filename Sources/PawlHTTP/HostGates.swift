import PawlCore
import Synchronization

/// Until when each host wants to be left alone, so that one pause is waited once by all requests.
final class HostGates: Sendable {
    private let opens = Mutex<[String: Instant]>([:])

    /// Keeps a host's gate shut until then, or longer if it already is.
    func shut(_ host: String, until moment: Instant) {
        opens.withLock { $0[host] = max($0[host] ?? moment, moment) }
    }

    /// How long the gate stays shut from now on; zero if it is open.
    func pause(of host: String, now: Instant) -> Duration {
        opens.withLock { opens in
            guard let moment = opens[host] else { return .zero }
            return max(.zero, moment.since(now))
        }
    }
}
