package import PawlCore
package import PawlHTTP
import PawlPorts

/// GitHub's REST API, for one repository (version 2022-11-28, which every supported Enterprise
/// Server has).
///
/// It keeps no answers: each question is asked anew, as GitHub says now.
package struct GitHubHost: Runs, History {
    static let apiVersion = "2022-11-28"

    let exchange: any Exchange
    let address: GitHubAddress
    let repository: CodeRepository
    let credentials: GitHubCredentials
    let userAgent: String

    /// `exchange` is expected to bring time limits and retries. Without credentials only public
    /// repositories can be read, 60 requests an hour. GitHub refuses requests without `userAgent`.
    package init(
        exchange: any Exchange, address: GitHubAddress, repository: CodeRepository,
        credentials: GitHubCredentials, userAgent: String
    ) {
        self.exchange = exchange
        self.address = address
        self.repository = repository
        self.credentials = credentials
        self.userAgent = userAgent
    }

    /// The same with a token that stays the same, or none.
    package init(
        exchange: any Exchange, address: GitHubAddress, repository: CodeRepository, token: String?,
        userAgent: String
    ) {
        self.init(
            exchange: exchange, address: address, repository: repository,
            credentials: .token(token), userAgent: userAgent)
    }
}

/// One question to the API.
struct Call: Sendable {
    /// What is asked, for people: `runs of 1a2b3c4`.
    let what: String
    /// Behind `/repos/OWNER/NAME`, escaped, with its query.
    let path: String
    /// The permission that the question needs, as GitHub names it.
    let permission: String
    /// The media type of the answer.
    var accept = "application/vnd.github+json"
    /// How it is asked.
    var method = Request.Method.get
    /// Whether it may be asked again when its answer was lost.
    var isRepeatable = true
    /// JSON; empty for none.
    var body: [UInt8] = []
    /// The answer's bytes.
    var answerBytesMax = Limits.hostAnswerBytesMax
}

extension GitHubHost {
    /// The answer, of any status but a redirect. A renamed repository redirects to its new address
    /// on the same origin, and only there is followed.
    func answer(to call: Call) async throws(PortFailure) -> Response {
        try await answer(to: call, at: address.url("/repos/\(repository)\(call.path)"))
    }

    func answer(to call: Call, at url: String) async throws(PortFailure) -> Response {
        let first = try await attempt(call, url)
        guard Self.isRedirect(first) else { return first }
        guard let location = first.header("Location") else {
            throw failure(.garbled, call, "GitHub answered \(first.status) without a Location")
        }
        guard case .own(let target) = address.target(of: location) else {
            throw foreign("GitHub answered \(first.status) with a redirect to", location, call)
        }
        let second = try await attempt(call, target)
        guard !Self.isRedirect(second) else {
            throw failure(.garbled, call, "GitHub redirected twice")
        }
        return second
    }

    /// A token that was refused may have been taken back before its end: another one is tried once.
    private func attempt(_ call: Call, _ url: String) async throws(PortFailure) -> Response {
        guard let token = try await credentials.token() else {
            return try await send(call, url, nil)
        }
        let response = try await send(call, url, token)
        guard response.status == 401, let other = try await credentials.token(after: token) else {
            return response
        }
        return try await send(call, url, other)
    }

    private func send(
        _ call: Call, _ url: String, _ token: String?
    ) async throws(PortFailure) -> Response {
        var headers = [
            (name: "Accept", value: call.accept),
            (name: "User-Agent", value: userAgent),
            (name: "X-GitHub-Api-Version", value: Self.apiVersion),
        ]
        if let token {
            guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw failure(
                    .denied, call, "the token has characters that no token has",
                    advice: "Check how the token was passed.")
            }
            headers.append((name: "Authorization", value: "Bearer \(token)"))
        }
        if !call.body.isEmpty { headers.append((name: "Content-Type", value: "application/json")) }
        let request = Request(
            call.method, url, headers: headers, body: call.body,
            answerBytesMax: call.answerBytesMax, isRepeatable: call.isRepeatable)
        do {
            return try await exchange.send(request)
        } catch {
            throw failure(error.code, call, error.detail, advice: error.advice)
        }
    }

    func foreign(_ words: String, _ reference: String, _ call: Call) -> PortFailure {
        guard case .foreign(let host) = address.target(of: reference) else {
            return failure(.untrusted, call, words)
        }
        return failure(.untrusted, call, "\(words) \(host), where the token must not go")
    }

    private static func isRedirect(_ response: Response) -> Bool {
        [301, 302, 307, 308].contains(response.status)
    }
}
