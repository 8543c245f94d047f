package import PawlCore

/// Shows a verdict on the commit judged.
package protocol CommitStatuses: Sendable {
    /// Sets a status on a commit; a later one of the same context replaces it for people.
    func set(_ status: CommitStatus, on commit: CommitID) async throws(PortFailure)
}

/// What people see beside a commit.
package struct CommitStatus: Hashable, Sendable {
    /// GitHub's words (REST, "Create a commit status").
    package enum State: String, Hashable, Sendable, CaseIterable {
        case success, pending, failure, error
    }

    /// Whose status it is: `pawl/latest`.
    package let context: String
    /// How it stands.
    package let state: State
    /// One sentence; hosts cut it at 140 characters.
    package let description: String
    /// Where a person reads more, if there is such a place.
    package let link: String?

    /// A status in full.
    package init(context: String, state: State, description: String, link: String? = nil) {
        self.context = context
        self.state = state
        self.description = description
        self.link = link
    }
}
