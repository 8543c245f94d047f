import PawlCore
import PawlHTTP
import PawlPorts

/// Questions in a GitHub App's own name. Where GitHub refuses and its clock is far from this one,
/// it is asked once more by its own time.
actor AppRequests {
    /// Own choice: a clock that is further off is corrected by GitHub's own time.
    static let skewMax = Duration.seconds(30)

    private let app: GitHubApp
    private let exchange: any Exchange
    private let address: GitHubAddress
    private let repository: CodeRepository
    private let clock: Clock
    private let userAgent: String
    /// How much later it is by GitHub's clock than by this one.
    private var skew = Duration.zero

    init(
        app: GitHubApp, exchange: any Exchange, address: GitHubAddress,
        repository: CodeRepository, clock: Clock, userAgent: String
    ) {
        self.app = app
        self.exchange = exchange
        self.address = address
        self.repository = repository
        self.clock = clock
        self.userAgent = userAgent
    }

    /// The answer, and a host that can tell what is wrong with it.
    func answer(
        to call: Call, at path: String
    ) async throws(PortFailure) -> (Response, GitHubHost) {
        let first = try await attempt(call, path)
        guard first.0.status == 401, let theirs = Self.time(of: first.0) else { return first }
        let found = theirs.since(clock.now())
        guard abs((found - skew).milliseconds) > Self.skewMax.milliseconds else { return first }
        skew = found
        return try await attempt(call, path)
    }

    /// GitHub's time when it answered.
    func time(of response: Response) -> Instant {
        Self.time(of: response) ?? clock.now() + skew
    }

    private func attempt(
        _ call: Call, _ path: String
    ) async throws(PortFailure) -> (Response, GitHubHost) {
        let assertion = app.assertion(at: clock.now() + skew)
        let host = GitHubHost(
            exchange: exchange, address: address, repository: repository,
            credentials: GitHubCredentials(assertion.map { .assertion($0) } ?? .nobody),
            userAgent: userAgent)
        guard assertion != nil else {
            throw host.failure(.denied, call, "the GitHub App's key could not sign")
        }
        return (try await host.answer(to: call, at: address.url(path)), host)
    }

    private static func time(of response: Response) -> Instant? {
        response.header("Date").flatMap { instant(httpDate: $0) }
    }
}
