import Crypto
import Synchronization

extension GitHubDouble {
    /// From now on every answer to a GET bears a mark, and is not repeated to who shows it.
    package func answerConditionally() { state.withLock { $0.answersConditionally = true } }

    /// Requests that are left of this hour.
    package var requestsLeft: Int { state.withLock(\.requestsLeft) }

    func conditional(_ answer: CannedResponse, _ request: RecordedRequest) -> CannedResponse {
        guard state.withLock(\.answersConditionally), request.method == "GET", answer.status == 200
        else { return answer }
        // GitHub's marks depend on who asks.
        let seed = answer.body + Array((request.header("Authorization") ?? "").utf8)
        let digits = SHA256.hash(data: seed).prefix(16).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        let mark = "W/\"\(digits.joined())\""
        var marked = answer
        if request.header("If-None-Match") == mark {
            marked = CannedResponse(status: 304, headers: answer.headers)
            marked.headers.removeAll { $0.name.hasPrefix("Content-") }
        }
        marked.headers += [
            (name: "ETag", value: mark),
            (name: "Cache-Control", value: "private, max-age=60, s-maxage=60"),
            (name: "Vary", value: "Accept, Authorization, Cookie, X-GitHub-OTP"),
        ]
        return marked
    }

    /// Every answer but a 304 costs one of the hour's requests.
    func charged(_ answer: CannedResponse, _ before: State) -> CannedResponse {
        let left = state.withLock { state in
            if answer.status != 304 { state.requestsLeft = max(0, state.requestsLeft - 1) }
            return state.requestsLeft
        }
        var charged = answer
        charged.headers += [
            (name: "X-RateLimit-Limit", value: "1000"),
            (name: "X-RateLimit-Remaining", value: String(left)),
            (name: "X-RateLimit-Used", value: String(1000 - left)),
            (name: "X-RateLimit-Reset", value: "1775048400"),
            (name: "X-RateLimit-Resource", value: "core"),
        ]
        if let app = before.app {
            charged.headers.append((name: "Date", value: app.now().httpDate))
        }
        return charged
    }
}
