/// What a GitHub does instead of answering well.
package enum GitHubFault: Sendable {
    /// This answer instead.
    case answer(CannedResponse)
    /// The right answer, changed.
    case changed(@Sendable (CannedResponse) -> CannedResponse)
    /// The right answer after this function has returned.
    case heldUntil(@Sendable () async -> Void)

    /// A JSON error body as GitHub writes it.
    package static func error(_ status: Int, _ message: String) -> Self {
        .answer(.githubError(status, message))
    }

    /// A page for people in place of JSON.
    package static func html(_ status: Int = 200) -> Self {
        .answer(
            CannedResponse(
                status: status, contentType: "text/html; charset=utf-8",
                text: "<!DOCTYPE html><html><body><h1>Unicorn!</h1></body></html>"))
    }

    /// The right answer, cut in the middle though its length is right.
    package static let truncated = Self.changed { answer in
        var answer = answer
        answer.body = Array(answer.body.prefix(answer.body.count / 2))
        return answer
    }

    /// The connection ends without an answer.
    package static let dropped = Self.answer(
        CannedResponse(status: 200, ending: .dropsBeforeAnswer))

    /// No answer ever; the client has to give up.
    package static let silent = Self.answer(CannedResponse(status: 200, ending: .never))

    /// The hour's requests are used up; `reset` is in seconds since the epoch.
    package static func rateLimited(reset: Int64, status: Int = 403) -> Self {
        .changed { _ in
            var answer = CannedResponse.githubError(
                status, "API rate limit exceeded for installation ID 1.")
            answer.headers += [
                (name: "X-RateLimit-Limit", value: "1000"),
                (name: "X-RateLimit-Remaining", value: "0"),
                (name: "X-RateLimit-Used", value: "1000"),
                (name: "X-RateLimit-Reset", value: String(reset)),
                (name: "X-RateLimit-Resource", value: "core"),
            ]
            return answer
        }
    }

    /// Too many at once; `retryAfter` is in seconds, and left out if `nil`.
    package static func secondaryLimit(retryAfter: Int?, status: Int = 403) -> Self {
        var answer = CannedResponse.githubError(
            status, "You have exceeded a secondary rate limit. Please wait a few minutes.")
        if let retryAfter { answer.headers.append((name: "Retry-After", value: "\(retryAfter)")) }
        return .answer(answer)
    }
}

extension CannedResponse {
    /// A JSON error body as GitHub writes it.
    static func githubError(_ status: Int, _ message: String) -> Self {
        let body: GitHubJSON = [
            "message": .string(message), "documentation_url": "https://docs.github.com/rest",
            "status": .string(String(status)),
        ]
        return github(status, body)
    }

    static func github(_ status: Int, _ body: GitHubJSON) -> Self {
        Self(status: status, contentType: "application/json; charset=utf-8", text: body.text)
    }
}
