import PawlCore
import PawlHTTP

/// What came of one attempt to tell a webhook.
enum Attempt {
    /// Any 2xx.
    case taken(Int)
    /// Another attempt would come to the same.
    case refused(Setback)
    /// Another attempt may help.
    case failed(Setback)

    init(_ response: Response, now: Instant) {
        let status = response.status
        func setback(_ code: PortFailure.Code, advice: String? = nil) -> Setback {
            Setback(
                code, "the receiver answered \(status)", advice: advice,
                asked: response.retryAfter(now: now))
        }
        switch status {
        case 200..<300: self = .taken(status)
        case 300..<400:
            self = .refused(
                Setback(
                    .refused,
                    "the receiver answered \(status), a redirect, which hooks do not follow",
                    advice: "Write the address where it leads to into the policy."))
        case 429: self = .failed(setback(.throttled))
        case 408, 425, 500..<600: self = .failed(setback(.serverFailed))
        case 401, 403:
            self = .refused(
                setback(.denied, advice: "Check the hook's address and secret in the policy."))
        case 400..<500:
            self = .refused(setback(.refused, advice: "Check the hook's address in the policy."))
        default: self = .refused(setback(.garbled))
        }
    }

    init(_ failure: PortFailure) {
        let setback = Setback(failure.code, failure.detail)
        switch failure.code {
        case .timedOut, .unreachable, .tooLarge, .throttled, .serverFailed: self = .failed(setback)
        default: self = .refused(setback)
        }
    }
}

/// Why an attempt did not succeed.
struct Setback {
    let code: PortFailure.Code
    let detail: String
    let advice: String?
    /// The pause that the receiver asks for.
    let asked: Duration?

    init(
        _ code: PortFailure.Code, _ detail: String, advice: String? = nil, asked: Duration? = nil
    ) {
        self.code = code
        self.detail = detail
        self.advice = advice
        self.asked = asked
    }

    /// The failure of a hook after that many attempts, the last of which ended so.
    func failure(of hook: String, attempts: Int) -> PortFailure {
        var detail = detail
        if let asked, asked > .zero {
            detail += " and asks for a pause of \(asked.inWords)"
        }
        if attempts > 1 { detail += ", after \(attempts) attempts" }
        return PortFailure(code: code, subject: hook, detail: detail, advice: advice)
    }
}

extension Response {
    /// The pause of `Retry-After` (RFC 9110, 10.2.3): seconds, or a date by the server's own clock.
    fileprivate func retryAfter(now: Instant) -> Duration? {
        guard let value = header("Retry-After") else { return nil }
        if !value.isEmpty, value.utf8.allSatisfy({ (48...57).contains($0) }) {
            return .seconds(Int64(value.prefix(9)) ?? 0)
        }
        let now = header("Date").flatMap { instant(httpDate: $0) } ?? now
        return instant(httpDate: value).map { max(.zero, $0.since(now)) }
    }
}
