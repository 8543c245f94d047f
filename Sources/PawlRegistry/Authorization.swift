import PawlCore

extension Account {
    /// How one request is authorised.
    enum Authorization: Sendable {
        /// Not at all, to see what the registry asks for. Everybody else waits for its answer.
        case probe
        case none
        /// The same header for every request.
        case header(String)
        case token(Grant)

        /// The value of the `Authorization` header.
        var header: String? {
            switch self {
            case .probe, .none: nil
            case .header(let value): value
            case .token(let grant): "Bearer \(grant.token.value)"
            }
        }
    }

    /// What a token was asked for: the run's repositories together, or one by itself.
    enum Key: Hashable, Sendable { case everything, one(Repository) }

    /// A token with what it was asked for.
    struct Grant: Sendable {
        /// Later ones have greater numbers.
        let number: Int
        let key: Key
        let token: TokenService.Token
    }
}
