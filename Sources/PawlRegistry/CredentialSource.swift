package import PawlCore

/// Where the credential of a repository may be: asked in order until one place has it.
package struct CredentialTrail: Hashable, Sendable {
    /// One place.
    package enum Step: Hashable, Sendable {
        /// A credential that a file or a variable holds; nothing after it is looked at.
        case found(FoundCredential)
        /// A program that may have one. It is asked only when a credential is needed.
        case helper(HelperQuestion)
        /// A place that cannot be read. It ends the search: another identity must not take the
        /// place of the one that was meant.
        case unreadable(PortFailure)
    }

    /// In the order of asking.
    package let steps: [Step]

    /// A trail.
    package init(_ steps: [Step]) { self.steps = steps }

    /// What it leads to, as far as that can be told without asking anybody.
    var plain: FoundCredential? {
        switch steps.first {
        case nil: FoundCredential.none
        case .found(let found): found
        case .helper, .unreadable: nil
        }
    }
}

/// Where credentials come from.
package struct CredentialSource: Sendable {
    /// Asked once for each repository, before anything is sent. Throws where a configuration cannot
    /// be read.
    package var trail: @Sendable (Repository) throws(PortFailure) -> CredentialTrail
    /// Asks a helper; `nil` is its own word that it has none.
    package var ask: @Sendable (HelperQuestion) async throws(PortFailure) -> Credential?

    /// A source with helpers.
    package init(
        trail: @escaping @Sendable (Repository) throws(PortFailure) -> CredentialTrail,
        ask: @escaping @Sendable (HelperQuestion) async throws(PortFailure) -> Credential?
    ) {
        self.trail = trail
        self.ask = ask
    }

    /// A source that knows every credential beforehand.
    package init(
        _ find: @escaping @Sendable (Repository) throws(PortFailure) -> FoundCredential
    ) {
        self.init(
            trail: { (repository) throws(PortFailure) in
                CredentialTrail([.found(try find(repository))])
            }, ask: { _ in nil })
    }

    /// A source that has none.
    package static let anonymous = CredentialSource { _ in .none }

    /// The credential of a repository, or the anonymous one. Helpers are asked for it.
    package func credential(
        for repository: Repository
    ) async throws(PortFailure) -> FoundCredential {
        try await follow(try trail(repository))
    }

    func follow(_ trail: CredentialTrail) async throws(PortFailure) -> FoundCredential {
        var emptyHelper: String?
        for step in trail.steps {
            switch step {
            case .found(let found):
                return FoundCredential(
                    found.credential, origin: found.origin, emptyHelper: emptyHelper)
            case .unreadable(let failure): throw failure
            case .helper(let question):
                if let credential = try await ask(question) {
                    return FoundCredential(credential, origin: question.description)
                }
                emptyHelper = emptyHelper ?? question.description
            }
        }
        return FoundCredential(.anonymous, origin: nil, emptyHelper: emptyHelper)
    }
}
