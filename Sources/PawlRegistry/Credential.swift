package import PawlCore

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
    /// For people: a file's path or a variable's name; `nil` for none.
    package let origin: String?
    /// A credential helper that is configured for the registry and was not asked, as a clause:
    /// `docker-credential-gcloud, named in /root/.docker/config.json`.
    package let unaskedHelper: String?

    /// A find.
    package init(_ credential: Credential, origin: String?, unaskedHelper: String? = nil) {
        self.credential = credential
        self.origin = origin
        self.unaskedHelper = unaskedHelper
    }

    /// No credential, and none known of.
    package static let none = FoundCredential(.anonymous, origin: nil)
}

/// Where credentials come from. It is asked once for each repository.
package struct CredentialSource: Sendable {
    /// Throws where a configuration cannot be read: another identity must not take its place.
    package var find: @Sendable (Repository) throws(PortFailure) -> FoundCredential

    /// A source by its function.
    package init(
        _ find: @escaping @Sendable (Repository) throws(PortFailure) -> FoundCredential
    ) {
        self.find = find
    }

    /// A source that has none.
    package static let anonymous = CredentialSource { _ in .none }
}
