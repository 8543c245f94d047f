package import PawlCore
package import PawlHTTP
package import PawlImages
package import PawlPorts
import Synchronization

/// Registries of the OCI Distribution protocol, all those of a run.
///
/// Manifests are bytes: they are hashed here, kept as they came, and put as they came.
package final class OCIRegistry: ImageStore {
    /// What the run will ask for at most. Tokens are asked for accordingly, once.
    package enum Access: Hashable, Sendable { case pull, pullPush }

    let exchange: any Exchange
    package let clock: Clock
    package let copyObserver: CopyObserver
    package let copySlots = CopySlots()
    /// Whether a tag is read back after each move, also where the answer named the digest.
    let readsBack: Bool
    /// Told what reading back after each move showed.
    let tellReadBack: @Sendable (ReadBack) -> Void
    private let settings: [RegistryHost: RegistrySettings]
    private let credentials: CredentialSource
    private let accounts = Mutex<[Repository: Result<Account, PortFailure>]>([:])
    let pinned = Mutex<[Pin: Manifest]>([:])
    let labels = Mutex<[Digest: ConfigLabels]>([:])
    /// Repositories that were asked for a list of referrers, and whether their registry keeps such.
    let listsReferrers = Mutex<[Repository: Bool]>([:])
    /// What each tag was last seen at, absence included.
    let seen = Mutex<[ImageReference: Digest?]>([:])

    /// A manifest of a repository.
    struct Pin: Hashable {
        let repository: Repository
        let digest: Digest
    }

    /// `repositories` are all that the run may touch, sources and targets; those of `readOnly` are
    /// never pushed to. `exchange` should repeat what is worth repeating (`RetryingExchange`).
    package init(
        exchange: any Exchange, clock: Clock, credentials: CredentialSource,
        registries: [RegistryHost: RegistrySettings] = [:], repositories: [Repository],
        access: Access, readOnly: Set<Repository> = [], readsBack: Bool = true,
        readBack: @escaping @Sendable (ReadBack) -> Void = { _ in },
        copies: CopyObserver = .none
    ) {
        copyObserver = copies
        self.exchange = exchange
        self.clock = clock
        self.readsBack = readsBack
        tellReadBack = readBack
        self.credentials = credentials
        settings = registries
        let writable = access == .pullPush ? Set(repositories).subtracting(readOnly) : []
        let made = Self.accounts(repositories, credentials) { host, trail, group in
            Account(
                endpoint: Endpoint(host: host, settings: registries[host] ?? RegistrySettings()),
                exchange: exchange, clock: clock,
                credential: HeldCredential(trail, of: credentials), repositories: group,
                writable: writable.intersection(group))
        }
        accounts.withLock { $0 = made }
    }

    /// Repositories of one registry whose credential is looked for in the same places share an
    /// account.
    private static func accounts(
        _ repositories: [Repository], _ credentials: CredentialSource,
        _ account: (RegistryHost, CredentialTrail, [Repository]) -> Account
    ) -> [Repository: Result<Account, PortFailure>] {
        struct Owner: Hashable {
            let host: RegistryHost
            let trail: CredentialTrail
        }
        var accounts: [Repository: Result<Account, PortFailure>] = [:]
        var groups: [Owner: [Repository]] = [:]
        for repository in repositories where accounts[repository] == nil {
            do throws(PortFailure) {
                let trail = try credentials.trail(repository)
                let owner = Owner(host: repository.host, trail: trail)
                if groups[owner]?.contains(repository) != true {
                    groups[owner, default: []].append(repository)
                }
            } catch {
                accounts[repository] = .failure(error)
            }
        }
        for (owner, group) in groups {
            let made = account(owner.host, owner.trail, group)
            for repository in group { accounts[repository] = .success(made) }
        }
        return accounts
    }

    func endpoint(of repository: Repository) -> Endpoint {
        Endpoint(
            host: repository.host, settings: settings[repository.host] ?? RegistrySettings())
    }

    /// The account of a repository; one that was not announced gets an account of its own.
    func account(of repository: Repository) throws(PortFailure) -> Account {
        if let account = accounts.withLock({ $0[repository] }) { return try account.get() }
        let trail = try credentials.trail(repository)
        let account = Account(
            endpoint: endpoint(of: repository), exchange: exchange, clock: clock,
            credential: HeldCredential(trail, of: credentials), repositories: [repository],
            writable: [])
        return try accounts.withLock { accounts in
            let first = accounts[repository] ?? .success(account)
            accounts[repository] = first
            return first
        }.get()
    }

    /// Sends a request for a repository with the account's authorisation, and again where that was
    /// missing or outworn. The answer may be of any status.
    func send(
        _ request: Request, for repository: Repository, _ errors: RegistryErrors
    ) async throws(PortFailure) -> Response {
        try await send(request, for: repository, errors) { request throws(PortFailure) in
            try await exchange.send(request)
        }
    }

    /// The same with an authorisation that the account has given for it already.
    func send(
        _ request: Request, for repository: Repository, _ errors: RegistryErrors,
        given authorization: Account.Authorization
    ) async throws(PortFailure) -> Response {
        try await send(request, for: repository, errors, given: authorization) {
            request throws(PortFailure) in try await exchange.send(request)
        }
    }

    /// The same with each attempt made by `send`.
    func send(
        _ request: Request, for repository: Repository, _ errors: RegistryErrors,
        given known: Account.Authorization? = nil,
        by send: (Request) async throws(PortFailure) -> Response
    ) async throws(PortFailure) -> Response {
        let account = try account(of: repository)
        var authorization: Account.Authorization
        if let known {
            authorization = known
        } else {
            authorization = try await account.authorization(for: repository)
        }
        while true {
            var authorized = request
            if let header = authorization.header {
                authorized.headers.append(("Authorization", header))
            }
            let response: Response
            do throws(PortFailure) {
                response = try await send(authorized)
            } catch {
                await account.unanswered(authorization)
                throw errors.failure(error)
            }
            let next = try await account.next(
                after: response, to: authorization, for: repository)
            guard let next else { return response }
            authorization = next
        }
    }

    /// Obtains tokens with the right to push for all targets, of all registries at once.
    package func preparePush(to repositories: [Repository]) async throws(PortFailure) {
        var groups: [ObjectIdentifier: (account: Account, targets: [Repository])] = [:]
        for repository in repositories {
            let account = try account(of: repository)
            groups[ObjectIdentifier(account), default: (account, [])].targets.append(repository)
        }
        let prepared = groups.values.map { $0 }
        let failures = await withTaskGroup(of: PortFailure?.self) { tasks in
            for (account, targets) in prepared {
                tasks.addTask {
                    do throws(PortFailure) {
                        try await self.preparePush(to: targets, by: account)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await tasks.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
        }
        if let failure = failures.min(by: { $0.subject < $1.subject }) { throw failure }
    }

    private func preparePush(
        to targets: [Repository], by account: Account
    ) async throws(PortFailure) {
        if await account.isUndiscovered, let first = targets.first {
            let errors = account.errors("\(first)", first, .write)
            let base = Request(
                .get, endpoint(of: first).base, answerBytesMax: Limits.errorBytesMax)
            _ = try await send(base, for: first, errors)
        }
        try await account.preparePush(to: targets)
    }
}
