import PawlCore
import PawlHTTP

/// The base address of GitHub's REST API: `https://api.github.com`, `https://HOST/api/v3` on an
/// Enterprise Server, `https://api.NAME.ghe.com` with data residency. Plain HTTP is taken for this
/// machine alone, because the token goes there.
package struct GitHubAddress: Hashable, Sendable, CustomStringConvertible {
    /// Why a text is no base address.
    package enum Malformed: Error, Hashable, Sendable {
        /// Not an `https://` or `http://` address of a host.
        case address
        /// Plain HTTP to a host that is not this machine.
        case insecure
        /// A name and password before the host.
        case credentials
        /// A query or a fragment behind it.
        case query
    }

    private let address: Address
    private let base: String

    /// Reads a base address; a `/` at its end is dropped.
    package init(_ text: some StringProtocol) throws(Malformed) {
        // The reader of hosts knows the grammar of names and addresses, and what is this machine.
        guard let address = Address(text), let host = try? RegistryHost(address.authority) else {
            throw .address
        }
        guard !address.hasUserInformation else { throw .credentials }
        guard !address.hasFragment, !address.target.contains("?") else { throw .query }
        guard address.scheme == "https" || host.isLoopback else { throw .insecure }
        self.address = address
        var path = address.path
        while path.hasSuffix("/") { path.removeLast() }
        base = address.origin + path
    }

    /// Host, and port if it is not the usual one.
    package var host: String { address.authority }

    /// The address.
    package var description: String { base }

    /// The address of a path that begins with `/` and is already escaped.
    func url(_ path: String) -> String { base + path }

    /// What a `Location` or a `Link` of this server names.
    enum Target: Hashable {
        /// An absolute address on the server's own origin.
        case own(String)
        /// Any other: the token must not go there. The host is for people.
        case foreign(host: String)
    }

    /// Takes a reference apart. `a@b` is how one host is passed off as another; no address of the
    /// API has a name before its host.
    func target(of reference: String) -> Target {
        guard let target = address.following(reference) else {
            return .foreign(host: "an address that cannot be read")
        }
        return target.origin == address.origin && !target.hasUserInformation
            ? .own(target.description) : .foreign(host: target.authority)
    }
}
