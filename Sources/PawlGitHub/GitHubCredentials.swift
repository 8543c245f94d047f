package import PawlCore
package import PawlHTTP
package import PawlPorts

/// Who asks GitHub: nobody in particular, the owner of a token, or a GitHub App.
package struct GitHubCredentials: Sendable {
    enum Source: Sendable {
        case nobody
        /// `GITHUB_TOKEN`, or a person's token.
        case token(String)
        /// A GitHub App itself, which may ask for its installations and their tokens only.
        case assertion(String)
        /// A GitHub App's installation.
        case installation(InstallationTokens)
    }

    private let source: Source

    init(_ source: Source) { self.source = source }

    /// A token that stays the same; `nil` and an empty one stand for none.
    package static func token(_ token: String?) -> Self {
        // A token read from a file often ends in a newline. Spaces within it are kept, and refused
        // when it is used.
        let token = (token ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return Self(token.isEmpty ? .nobody : .token(token))
    }

    /// A GitHub App, by the tokens of its installation in that repository.
    package static func app(
        _ app: GitHubApp, in repository: CodeRepository, exchange: any Exchange,
        address: GitHubAddress, clock: Clock, userAgent: String
    ) -> Self {
        Self(
            .installation(
                InstallationTokens(
                    app: app, exchange: exchange, address: address, repository: repository,
                    clock: clock, userAgent: userAgent)))
    }

    /// The token to send now; `nil` for none.
    func token() async throws(PortFailure) -> String? {
        switch source {
        case .nobody: nil
        case .token(let token), .assertion(let token): token
        case .installation(let tokens): try await tokens.token()
        }
    }

    /// Another token in place of one that was answered 401; `nil` if there is none.
    func token(after refused: String) async throws(PortFailure) -> String? {
        guard case .installation(let tokens) = source else { return nil }
        let token = try await tokens.token(after: refused)
        return token == refused ? nil : token
    }

    /// The text without any secret that was sent.
    func removed(from text: String) -> String {
        switch source {
        case .nobody: text
        case .token(let token), .assertion(let token): OutsideText.without(token, in: text)
        case .installation(let tokens): tokens.secrets.removed(from: text)
        }
    }

    /// What a person does about a 401.
    var refusalAdvice: String {
        switch source {
        case .nobody: "Give a token, for example in GITHUB_TOKEN."
        case .token:
            "Check that the token is one of this host and has not expired or been revoked."
        case .assertion:
            "Check that the GitHub App's id and its private key belong together, and that the "
                + "clock of this machine is right."
        case .installation:
            "Check that the GitHub App is still installed in the repository."
        }
    }
}
