/// What a registry may be given to prove who asks. It never prints what it holds.
package enum Credential: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Nothing.
    case anonymous
    /// User name and password.
    case password(user: String, password: String)
    /// A refresh token (OAuth 2) for the token service.
    case identityToken(user: String, token: String)
    /// A token that the registry takes as it is.
    case registryToken(String)

    /// The kind alone.
    package var description: String {
        switch self {
        case .anonymous: "no credential"
        case .password: "a password"
        case .identityToken: "an identity token"
        case .registryToken: "a registry token"
        }
    }

    /// The kind alone.
    package var debugDescription: String { description }
    /// Nothing to look into.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A credential and where it was found.
package struct FoundCredential: Hashable, Sendable {
    /// What may be sent.
    package let credential: Credential
    /// For people: a file's path, a variable's name, a helper; `nil` for none.
    package let origin: String?
    /// A credential helper that was asked first and has none for the registry, as a clause:
    /// `docker-credential-gcloud, named in /root/.docker/config.json`.
    package let emptyHelper: String?

    /// A find.
    package init(_ credential: Credential, origin: String?, emptyHelper: String? = nil) {
        self.credential = credential
        self.origin = origin
        self.emptyHelper = emptyHelper
    }

    /// No credential, and none known of.
    package static let none = FoundCredential(.anonymous, origin: nil)

    /// What was tried, for people: `a password from /root/.docker/config.json`. Never the secret.
    package var words: String {
        guard credential != .anonymous else { return "\(credential)" }
        return origin.map { "\(credential) from \($0)" } ?? "\(credential)"
    }
}
