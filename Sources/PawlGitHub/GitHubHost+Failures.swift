import PawlCore
import PawlHTTP

extension GitHubHost {
    /// The one place that makes failures: it names what was asked and of whom, and takes the token
    /// out of whatever was answered.
    func failure(
        _ code: PortFailure.Code, _ call: Call, _ detail: String, advice: String? = nil
    ) -> PortFailure {
        PortFailure(
            code: code, subject: "\(call.what) in \(repository) at \(address.host)",
            detail: OutsideText.line(credentials.removed(from: detail)),
            advice: advice.map { credentials.removed(from: $0) })
    }

    /// `GitHub answered 404 (Not Found)`.
    func answered(_ response: Response) -> String {
        let message = Self.message(of: response)
        return "GitHub answered \(response.status)" + (message.map { " (\($0))" } ?? "")
    }

    /// What an answer that is not 200 means.
    func failure(of response: Response, to call: Call) -> PortFailure {
        let message = Self.message(of: response)
        let answered = answered(response)
        switch response.status {
        case 401:
            return failure(.denied, call, answered, advice: credentials.refusalAdvice)
        case 403 where Self.isRateLimit(response, message), 429:
            return throttled(response, call, answered)
        case 403:
            return failure(.denied, call, answered, advice: forbiddenAdvice(response, call))
        case 404:
            return failure(
                .missing, call, answered,
                advice: "Check that \(repository) is the right name and that the token may read it "
                    + "(\(call.permission)); GitHub answers 404 for both.")
        case 409 where message?.contains("is empty") == true:
            return failure(.missing, call, answered)
        case 422 where message?.contains("No commit found") == true:
            return failure(.missing, call, answered)
        case 500...599:
            return failure(
                .serverFailed, call, answered, advice: "Run it again when GitHub is well.")
        case 204:
            return failure(.garbled, call, "GitHub answered 204 without a body")
        default:
            return failure(.garbled, call, answered)
        }
    }

    /// GitHub's own words in an error body, if it has any.
    static func message(of response: Response) -> String? {
        guard !response.body.isEmpty, response.body.count <= Limits.errorBytesMax else {
            return nil
        }
        do {
            let message = try JSONBody.read(WireError.self, from: response.body).message
            return message.isEmpty ? nil : message
        } catch {
            return error.words == "is HTML and not JSON" ? "an HTML page" : nil
        }
    }

    /// The header lists alternatives by `;` and permissions needed together by `,`.
    private func forbiddenAdvice(_ response: Response, _ call: Call) -> String {
        if response.header("X-GitHub-SSO") != nil {
            return "Authorise the token for the organisation's single sign-on."
        }
        let accepted = response.header("X-Accepted-GitHub-Permissions").map { header in
            header.split(separator: ";").map { alternative in
                alternative.split(separator: ",").map { permission in
                    OutsideText.line(permission).split(separator: " ").joined()
                        .replacing("=", with: ": ")
                }.joined(separator: " and ")
            }.joined(separator: ", or ")
        }
        let needed = accepted.flatMap { $0.isEmpty ? nil : $0 } ?? call.permission
        return "Give the token the permission \(needed)."
    }

    private static func isRateLimit(_ response: Response, _ message: String?) -> Bool {
        let message = message?.lowercased() ?? ""
        if message.contains("rate limit") || message.contains("abuse detection") { return true }
        if response.header("Retry-After") != nil { return true }
        // The last request of the hour may also be one that lacks a permission.
        return response.header("X-RateLimit-Remaining") == "0"
            && !message.contains("not accessible")
    }

    private func throttled(_ response: Response, _ call: Call, _ answered: String) -> PortFailure {
        if let pause = response.header("Retry-After").flatMap({ Int64($0) }), pause >= 0 {
            return failure(
                .throttled, call, "\(answered), asking to wait \(pause) s",
                advice: "Run it again in \(pause) s.")
        }
        // 9999-12-31, beyond which it is no time.
        if response.header("X-RateLimit-Remaining") == "0",
            let reset = response.header("X-RateLimit-Reset").flatMap({ Int64($0) }),
            (0...253_402_300_799).contains(reset)
        {
            let time = Instant(millisecondsSinceEpoch: reset * 1000).timestamp
            return failure(
                .throttled, call, "\(answered), until \(time)",
                advice: "Run it again after \(time), or use a token with a higher limit.")
        }
        return failure(
            .throttled, call, answered,
            advice: "Run it again in \(Limits.secondaryLimitPause.inWords).")
    }
}

/// The body of an error.
struct WireError: Decodable {
    let message: String
}
