import PawlCore
import PawlHTTP
import PawlPorts

/// One credential at one registry: how it authorises requests, and the tokens that it was given.
///
/// The first request of all draws the registry's challenge; the others wait for it. Then one token
/// is asked for, for every repository of the run at once. Where that is refused, or does not work
/// for a repository, that repository gets a token of its own.
actor Account {
    private enum Phase {
        case unknown
        case discovering
        case open
        case basic
        case bearer(Challenge.Bearer)
        case unusable(PortFailure)
    }

    private let endpoint: Endpoint
    private let exchange: any Exchange
    private let clock: Clock
    private let credential: HeldCredential
    private let repositories: [Repository]
    private var writable: Set<Repository>

    private var phase: Phase
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var grants: [Key: Grant] = [:]
    private var flights: [Key: Task<Result<Grant, PortFailure>, Never>] = [:]
    private var grantCount = 0
    /// The number of the grant that a repository's requests were let through with.
    private var accepted: [Repository: Int] = [:]
    /// Repositories for which the common token does not work.
    private var apart: Set<Repository> = []
    /// Scopes that the registry asked for and that are not a repository's own.
    private var otherScopes: [Repository: [String]] = [:]

    /// An account for those of the run's repositories that have this credential.
    init(
        endpoint: Endpoint, exchange: any Exchange, clock: Clock, credential: HeldCredential,
        repositories: [Repository], writable: Set<Repository>
    ) {
        self.endpoint = endpoint
        self.exchange = exchange
        self.clock = clock
        self.credential = credential
        self.repositories = repositories
        self.writable = writable
        phase = Realm.known(of: endpoint).map { .bearer($0) } ?? .unknown
    }

    /// Words for what goes wrong with one thing.
    nonisolated func errors(
        _ subject: String, _ repository: Repository, _ action: RegistryErrors.Action = .read
    ) -> RegistryErrors {
        RegistryErrors(
            subject: subject, repository: repository, action: action, credential: credential)
    }

    /// Whether nothing is known yet of how the registry wants to be asked.
    var isUndiscovered: Bool { if case .unknown = phase { true } else { false } }

    /// How to authorise a request for a repository. A credential that only a helper knows is looked
    /// for when the registry has asked for one.
    func authorization(for repository: Repository) async throws(PortFailure) -> Authorization {
        if case .registryToken(let token) = credential.known?.credential {
            return .header("Bearer \(token)")
        }
        while true {
            switch phase {
            case .unknown:
                phase = .discovering
                return .probe
            case .discovering:
                await withCheckedContinuation { waiting.append($0) }
            case .open: return .none
            case .basic:
                switch try await credential.found().credential {
                case .password(let user, let password):
                    return .header("Basic " + base64(Array("\(user):\(password)".utf8)))
                case .registryToken(let token): return .header("Bearer \(token)")
                case .anonymous, .identityToken: return .none
                }
            case .bearer(let challenge):
                if case .registryToken(let token) = try await credential.found().credential {
                    return .header("Bearer \(token)")
                }
                return .token(try await grant(for: repository, challenge))
            case .unusable(let failure): throw failure
            }
        }
    }

    /// Obtains tokens with the right to push, where tokens are what the registry wants.
    func preparePush(to targets: [Repository]) async throws(PortFailure) {
        if !writable.isSuperset(of: targets) {
            writable.formUnion(targets)
            grants = [:]
        }
        guard case .bearer(let challenge) = phase else { return }
        if case .registryToken = try await credential.found().credential { return }
        for target in targets { _ = try await grant(for: target, challenge) }
    }

    /// A request got no answer.
    func unanswered(_ authorization: Authorization) {
        if case .probe = authorization { settle(.unknown) }
    }

    /// How to send the request again after this answer; `nil` if the answer stands.
    func next(
        after response: Response, to authorization: Authorization, for repository: Repository
    ) async throws(PortFailure) -> Authorization? {
        switch authorization {
        case .probe:
            guard response.status == 401 else {
                settle(response.status < 405 ? .open : .unknown)
                return nil
            }
            settle(discovered(response, repository))
            return try await retried(repository)
        case .none:
            guard response.status == 401, case .open = phase else { return nil }
            phase = discovered(response, repository)
            return try await retried(repository)
        case .header: return nil
        case .token(let grant):
            return try await next(after: response, to: grant, for: repository)
        }
    }

    /// Basic without a password has nothing to add.
    private func retried(_ repository: Repository) async throws(PortFailure) -> Authorization? {
        let authorization = try await authorization(for: repository)
        return authorization.header == nil ? nil : authorization
    }

    private func next(
        after response: Response, to grant: Grant, for repository: Repository
    ) async throws(PortFailure) -> Authorization? {
        let wasAccepted = accepted[repository] == grant.number
        let isShared = grant.key == .everything
        // Somebody else's refusal has brought a newer token meanwhile.
        let isOutworn = grants[grant.key].map { $0.number > grant.number } ?? false
        switch response.status {
        case 401 where isOutworn: break
        case 401 where isShared || wasAccepted: break
        case 403 where isShared && !wasAccepted: break
        // The registry may name what it wants in other words than its paths.
        case 401 where otherScopes[repository] == nil: break
        case 401, 403: return nil
        default:
            accepted[repository] = grant.number
            return nil
        }
        guard case .bearer(let challenge) = phase else { return nil }
        if isOutworn {
            return .token(try await self.grant(for: repository, challenge))
        } else if wasAccepted {
            if grants[grant.key]?.number == grant.number { grants[grant.key] = nil }
        } else {
            apart.insert(repository)
            let isNamed = noteScopes(response, repository)
            guard isShared || isNamed else { return nil }
            if grants[.one(repository)]?.number == grant.number { grants[.one(repository)] = nil }
        }
        return .token(try await self.grant(for: repository, challenge))
    }

    private func settle(_ phase: Phase) {
        self.phase = phase
        let waiting = waiting
        self.waiting = []
        for continuation in waiting { continuation.resume() }
    }

    private func discovered(_ response: Response, _ repository: Repository) -> Phase {
        let errors = errors("\(repository)", repository)
        do throws(Challenge.Malformed) {
            switch try Challenge.answer(to: response.all("WWW-Authenticate")) {
            case .basic: return .basic
            case .bearer(let challenge):
                // Checked once here, so that a foreign realm fails before any request to it.
                do throws(Realm.Refused) {
                    _ = try Realm(challenge.realm, of: endpoint)
                } catch {
                    return .unusable(errors.refusal(of: error, text: challenge.realm))
                }
                return .bearer(challenge)
            case .unsupported([]):
                // A refusal without an offer: the answer itself is all there is.
                return .open
            case .unsupported(let schemes):
                let names = OutsideText.line(schemes.joined(separator: ", "), max: 100)
                return .unusable(
                    PortFailure(
                        code: .unsupported, subject: "\(repository)",
                        detail: "the registry asks for an unknown authentication (\(names))"))
            }
        } catch {
            return .unusable(
                PortFailure(
                    code: .garbled, subject: "\(repository)",
                    detail: "the registry's WWW-Authenticate header cannot be read"))
        }
    }

    /// A token of its own asks for what the registry's challenge names, too, as far as the run
    /// needs it: never for more than to pull, and to push where it writes. Whether that is
    /// anything.
    private func noteScopes(_ response: Response, _ repository: Repository) -> Bool {
        guard
            case .bearer(let challenge)? = try? Challenge.answer(
                to: response.all("WWW-Authenticate"))
        else { return false }
        let actions = writable.contains(repository) ? ["pull", "push"] : ["pull"]
        otherScopes[repository] = challenge.scopes(allowing: actions).filter {
            !$0.hasPrefix("repository:\(repository.path):")
        }
        return otherScopes[repository]?.isEmpty == false
    }

    private func grant(
        for repository: Repository, _ challenge: Challenge.Bearer
    ) async throws(PortFailure) -> Grant {
        let isCommon = repositories.count > 1 && repositories.contains(repository)
        if isCommon, !apart.contains(repository) {
            do throws(PortFailure) {
                return try await grant(.everything, challenge, for: repository)
            } catch {
                guard error.code == .denied else { throw error }
                // One repository that may not be touched must not hide the others.
                apart.formUnion(repositories)
            }
        }
        let hasOthers = otherScopes[repository]?.isEmpty == false
        do throws(PortFailure) {
            return try await grant(.one(repository), challenge, for: repository)
        } catch {
            guard error.code == .denied, hasOthers else { throw error }
            // Some services grant one scope at a time.
            otherScopes[repository] = []
        }
        return try await grant(.one(repository), challenge, for: repository)
    }

    private func grant(
        _ key: Key, _ challenge: Challenge.Bearer, for repository: Repository
    ) async throws(PortFailure) -> Grant {
        if let held = grants[key], held.token.until > clock.now() { return held }
        let flight =
            flights[key]
            ?? Task { await self.fetch(key, challenge, for: repository) }
        flights[key] = flight
        return try await flight.value.get()
    }

    private func fetch(
        _ key: Key, _ challenge: Challenge.Bearer, for repository: Repository
    ) async -> Result<Grant, PortFailure> {
        defer { flights[key] = nil }
        let errors = errors(
            "\(repository)", repository, writable.contains(repository) ? .write : .read)
        let realm: Realm
        do throws(Realm.Refused) {
            realm = try Realm(challenge.realm, of: endpoint)
        } catch {
            return .failure(errors.refusal(of: error, text: challenge.realm))
        }
        let held: Credential
        do throws(PortFailure) {
            held = try await credential.found().credential
        } catch {
            return .failure(error)
        }
        let service = TokenService(
            exchange: exchange, clock: clock, realm: realm, service: challenge.service,
            credential: held)
        do throws(TokenService.Refused) {
            let token = try await service.token(for: scopes(key))
            grantCount += 1
            let grant = Grant(number: grantCount, key: key, token: token)
            grants[key] = grant
            return .success(grant)
        } catch {
            switch error {
            case .failure(let failure): return .failure(errors.failure(failure))
            case .scopes(let response):
                return .failure(
                    errors.failure(response, fromTokenService: realm.address.authority))
            }
        }
    }

    /// One scope for each repository, never two: some services let the later one replace the
    /// earlier.
    private func scopes(_ key: Key) -> [String] {
        func scope(_ repository: Repository) -> String {
            "repository:\(repository.path):"
                + (writable.contains(repository) ? "pull,push" : "pull")
        }
        return switch key {
        case .everything: repositories.map(scope)
        case .one(let repository): (otherScopes[repository] ?? []) + [scope(repository)]
        }
    }
}
