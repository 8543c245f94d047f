import Crypto
import PawlCore
import Synchronization

/// Who is logged in. Only the hash of a cookie's value is kept, so that what is in memory opens
/// nothing; at most `Limits.sessionsMax` are logged in at once.
final class Sessions: Sendable {
    /// One person logged in with one browser.
    struct Session: Hashable, Sendable {
        /// Under what name; it stands beside every order.
        let person: String
        /// What every form of this person's pages must bear.
        let formToken: String
        /// When it is over, whatever happens.
        let ends: Instant
        /// What the next page shall say of the order before it.
        var notice: Notice?
    }

    private let sessions = Mutex<[String: Session]>([:])
    private let now: @Sendable () -> Instant
    private let secretWord: @Sendable () -> String

    /// `secretWord` gives 256 random bits in hex, another one each time.
    init(
        now: @escaping @Sendable () -> Instant, secretWord: @escaping @Sendable () -> String
    ) {
        self.now = now
        self.secretWord = secretWord
    }

    /// Logs a person in and returns the cookie's value, which is never seen again.
    func begin(person: String) -> String {
        let value = secretWord()
        let moment = now()
        let session = Session(
            person: person, formToken: secretWord(), ends: moment + Limits.sessionTime)
        sessions.withLock { sessions in
            sessions = sessions.filter { $0.value.ends > moment }
            if sessions.count >= Limits.sessionsMax,
                let oldest = sessions.min(by: { $0.value.ends < $1.value.ends })
            {
                sessions[oldest.key] = nil
            }
            sessions[Self.hash(value)] = session
        }
        return value
    }

    /// Whose cookie this is; `nil` if nobody's, or if it is over.
    func session(of value: String?) -> Session? {
        guard let value else { return nil }
        let moment = now()
        let key = Self.hash(value)
        return sessions.withLock { sessions in
            guard let session = sessions[key] else { return nil }
            guard session.ends > moment else {
                sessions[key] = nil
                return nil
            }
            return session
        }
    }

    /// Logs out.
    func end(_ value: String) {
        let key = Self.hash(value)
        sessions.withLock { $0[key] = nil }
    }

    /// Keeps what the next page shall say.
    func leave(_ notice: Notice, for value: String) {
        let key = Self.hash(value)
        sessions.withLock { $0[key]?.notice = notice }
    }

    /// Takes what the next page shall say; it is said once.
    func takeNotice(of value: String) -> Notice? {
        let key = Self.hash(value)
        return sessions.withLock { sessions in
            defer { sessions[key]?.notice = nil }
            return sessions[key]?.notice
        }
    }

    /// How many are logged in, those included whose time is over.
    var count: Int { sessions.withLock { $0.count } }

    private static func hash(_ value: String) -> String { SHA256.hexDigits(of: value) }
}

/// What an order came to, for the page after it.
struct Notice: Hashable, Sendable {
    /// One line.
    let title: String
    /// What else there is to say, a line each.
    let lines: [String]
    /// Whether it was carried out.
    let isGood: Bool
}
