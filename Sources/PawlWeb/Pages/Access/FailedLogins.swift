import PawlCore
import Synchronization

/// Counts wrong admin tokens, so that guessing is slow. By whomever: behind a proxy all come from
/// one address, and a header that says otherwise is only what somebody wrote.
final class FailedLogins: Sendable {
    private let failures = Mutex<[Instant]>([])
    private let now: @Sendable () -> Instant

    init(now: @escaping @Sendable () -> Instant) { self.now = now }

    /// How long nobody is let in; `nil` if one may try.
    var pause: Duration? {
        let moment = now()
        return failures.withLock { failures in
            failures.removeAll { moment.since($0) >= Limits.loginWindow }
            guard failures.count >= Limits.loginFailuresMax, let first = failures.first else {
                return nil
            }
            return (first + Limits.loginWindow).since(moment)
        }
    }

    /// Notes one.
    func note() {
        let moment = now()
        failures.withLock { failures in
            if failures.count < Limits.loginFailuresMax { failures.append(moment) }
        }
    }
}
