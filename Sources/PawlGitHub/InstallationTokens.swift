import PawlCore
import PawlHTTP
import PawlPorts
import Synchronization

/// The tokens of an App's installation in one repository. One is asked for when the first is needed
/// and kept until shortly before its end; whoever needs it meanwhile waits for the same answer.
actor InstallationTokens {
    private struct Token {
        let value: String
        let until: Instant
    }

    /// Own choice: a token that ends sooner is not used any more; a run may take that long.
    static let reserve = Duration.seconds(300)

    private let requests: AppRequests
    private let repository: CodeRepository
    private let clock: Clock
    /// What must not be shown, if an answer should repeat it.
    nonisolated let secrets = SpokenSecrets()

    private var held: Token?
    private var flight: Task<Result<Token, PortFailure>, Never>?

    init(
        app: GitHubApp, exchange: any Exchange, address: GitHubAddress,
        repository: CodeRepository, clock: Clock, userAgent: String
    ) {
        self.repository = repository
        self.clock = clock
        requests = AppRequests(
            app: app, exchange: exchange, address: address, repository: repository, clock: clock,
            userAgent: userAgent)
    }

    /// A token that works now, as far as is known.
    func token() async throws(PortFailure) -> String {
        if let held, held.until > clock.now() { return held.value }
        let flight = flight ?? Task { await self.fetched() }
        self.flight = flight
        return try await flight.value.get().value
    }

    /// Another token than this one, which was refused.
    func token(after refused: String) async throws(PortFailure) -> String {
        if held?.value == refused { held = nil }
        return try await token()
    }

    private func fetched() async -> Result<Token, PortFailure> {
        defer { flight = nil }
        do throws(PortFailure) {
            let token = try await fetch()
            held = token
            return .success(token)
        } catch {
            return .failure(error)
        }
    }

    /// The installation is asked for each time: it may have been removed and made anew.
    private func fetch() async throws(PortFailure) -> Token {
        let finding = Call(
            what: "installation of the GitHub App", path: "/installation",
            permission: "metadata: read")
        let (found, finder) = try await requests.answer(
            to: finding, at: "/repos/\(repository)\(finding.path)")
        if found.status == 404 {
            throw finder.failure(
                .denied, finding, finder.answered(found),
                advice: "Install the GitHub App in \(repository), or correct the names of the App "
                    + "and the repository.")
        }
        let installation = try finder.read(WireInstallation.self, from: found, to: finding)

        let asking = Call(
            what: "token of the GitHub App", path: "", permission: "metadata: read", method: .post,
            // The token is good for this one repository.
            body: Array("{\"repositories\":[\"\(repository.name)\"]}".utf8))
        let (granted, asker) = try await requests.answer(
            to: asking, at: "/app/installations/\(installation.id)/access_tokens")
        guard granted.status == 201 else {
            guard [403, 404, 422].contains(granted.status), !granted.isRateLimited else {
                throw asker.failure(of: granted, to: asking)
            }
            throw asker.failure(
                .denied, asking, asker.answered(granted),
                advice: "Check that the GitHub App's installation in \(repository) is not "
                    + "suspended, and that the repository bears this name.")
        }
        return try token(
            in: try asker.decode(WireInstallationToken.self, from: granted, to: asking),
            at: await requests.time(of: granted), asker, asking)
    }

    /// Its life counts from its receipt by GitHub's own clock: this one may be wrong.
    private func token(
        in answer: WireInstallationToken, at theirs: Instant, _ host: GitHubHost, _ call: Call
    ) throws(PortFailure) -> Token {
        secrets.add(answer.token)
        let now = clock.now()
        guard let end = Instant(timestamp: answer.expiresAt), end > theirs, !answer.token.isEmpty
        else {
            throw host.failure(
                .garbled, call, "GitHub's answer has no token that can be used")
        }
        let life = end.since(theirs)
        return Token(value: answer.token, until: now + max(life - Self.reserve, life / 2))
    }
}

/// Secrets that were in use lately, to be taken out of texts.
final class SpokenSecrets: Sendable {
    private let secrets = Mutex<[String]>([])

    func add(_ secret: String) {
        guard !secret.isEmpty else { return }
        // A refused token may be repeated in an answer that comes after its successor.
        secrets.withLock { $0 = Array(($0 + [secret]).suffix(4)) }
    }

    func removed(from text: String) -> String {
        secrets.withLock { secrets in
            secrets.reduce(text) { OutsideText.without($1, in: $0) }
        }
    }
}

/// An App's installation.
struct WireInstallation: Decodable {
    let id: Int64
}

/// `POST /app/installations/{id}/access_tokens`.
struct WireInstallationToken: Decodable {
    let token: String
    let expiresAt: String

    private enum CodingKeys: String, CodingKey {
        case token
        case expiresAt = "expires_at"
    }
}
