import PawlCore
import PawlHTTP

/// The address of a token service, checked before anything is sent to it.
///
/// Whoever answers in a registry's name could name any address as its realm, and every well-known
/// client sends the password there. Here the host must be the registry's own, one of the public
/// pairs, or the one that the policy pairs with this registry; and addresses of the inside are for
/// registries of the inside, or for those that the policy pairs with one.
struct Realm: Hashable, Sendable {
    /// The checked address.
    let address: Address

    /// Why a realm is not used.
    enum Refused: Error, Hashable, Sendable {
        /// Not an address that may be a realm, as a clause.
        case malformed(String)
        /// A host that is not named for this registry.
        case foreign(String)
    }

    /// Registries whose token service is known to be elsewhere.
    private static let publicPairs = [
        "https://registry-1.docker.io": "https://auth.docker.io",
        "https://registry.gitlab.com": "https://gitlab.com",
    ]

    /// Realms that need not be asked for: the first request can carry a token.
    static func known(of endpoint: Endpoint) -> Challenge.Bearer? {
        switch endpoint.origin {
        case "https://ghcr.io":
            Challenge.Bearer(realm: "https://ghcr.io/token", service: "ghcr.io", scopes: [])
        case "https://registry-1.docker.io":
            Challenge.Bearer(
                realm: "https://auth.docker.io/token", service: "registry.docker.io", scopes: [])
        default: nil
        }
    }

    /// Checks the realm of a challenge from that registry.
    init(_ text: String, of endpoint: Endpoint) throws(Refused) {
        guard let registry = Address(endpoint.origin) else {
            throw .malformed("the registry's own address cannot be read")
        }
        guard let address = registry.following(text) else {
            throw .malformed("it is not an http address")
        }
        guard !address.hasUserInformation, !address.hasFragment else {
            throw .malformed("it has a user name or a fragment")
        }
        guard address.scheme == registry.scheme || address.scheme == "https" else {
            throw .malformed("it is plain http")
        }
        let isNamed = Self.isNamed(address, by: endpoint.settings)
        guard Self.mayBeReached(address, from: registry, isNamed: isNamed) else {
            throw .malformed("it is at the inner address \(address.authority)")
        }
        let isOwn = address.origin == registry.origin
        let isPublicPair = Self.publicPairs[registry.origin] == address.origin
        guard isOwn || isPublicPair || isNamed else {
            throw .foreign(address.authority)
        }
        self.address = address
    }

    /// An inner address is a realm only of registries that are on the inside themselves, and of
    /// those for which the policy names that very address: a registry may have a name where its
    /// token service has none. A cloud's metadata service is a realm of none but itself.
    private static func mayBeReached(
        _ realm: Address, from registry: Address, isNamed: Bool
    ) -> Bool {
        if realm.host == registry.host { return true }
        switch InnerHost(realm.host) {
        case nil: return true
        case .metadata, .odd: return false
        case .thisMachine, .privateNetwork:
            let place = InnerHost(registry.host)
            return isNamed || place == .thisMachine || place == .privateNetwork
        }
    }

    /// The policy names one host, with its port unless it is the scheme's own.
    private static func isNamed(_ address: Address, by settings: RegistrySettings) -> Bool {
        guard let host = settings.authHost else { return false }
        let port = host.port ?? (address.scheme == "https" ? 443 : 80)
        return address.host == host.name && address.port == port
    }
}
