package import PawlCore

/// A commit of the double.
package struct GitHubCommit: Hashable, Sendable {
    /// Full id.
    package var sha: String
    /// First parent first.
    package var parents: [String]
    /// First line and body.
    package var message: String
    /// When it was committed.
    package var at: Instant
    /// Paths that it changed, of which nothing else is known; all as `modified`.
    package var files: [String]
    /// Every file of the commit with its text; `nil` if they are its first parent's.
    package var tree: [String: String]? = nil
    /// The id of its tree, where it was made through the git database.
    package var treeID: String? = nil
    /// Whether GitHub signed it: one that was made in nobody's name.
    package var isSigned = false
}

/// A workflow of the double.
package struct GitHubWorkflow: Hashable, Sendable {
    /// Its number.
    package let id: Int64
    /// `.github/workflows/e2e.yml`.
    package var path: String
    /// Display name.
    package var name: String
    /// `active`, `disabled_manually`, …
    package var state: String
    /// The inputs that it declares for a dispatch; `nil` if it cannot be dispatched.
    package var dispatchInputs: [String]? = nil

    /// `e2e.yml`.
    package var file: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// A workflow run of the double.
package struct GitHubRun: Hashable, Sendable {
    /// Where the commit came from.
    package enum Head: Hashable, Sendable {
        /// The repository itself.
        case own
        /// A fork: `owner/name` and id.
        case fork(String, id: Int64)
        /// A fork that has been deleted: null in the answer.
        case gone
    }

    /// Stays over attempts.
    package let id: Int64
    /// Per workflow, from 1.
    package let number: Int64
    /// 1 for the first.
    package var attempt: Int
    /// Its workflow.
    package var workflow: GitHubWorkflow
    /// The commit.
    package var sha: String
    /// The branch's bare name; null in the answer for `nil`.
    package var branch: String?
    /// What started it.
    package var event: String
    /// Open word; null in the answer for `nil`.
    package var status: String?
    /// Open word; null in the answer for `nil`.
    package var conclusion: String?
    /// Where the commit came from.
    package var head: Head
    /// When the first attempt was created.
    package var createdAt: Instant
    /// When the record changed last.
    package var updatedAt: Instant
    /// From when on lists show it, by the server's clock; `nil` for always.
    package var visibleAt: Instant? = nil
}

/// A job of the double.
package struct GitHubJob: Hashable, Sendable {
    /// Its number.
    package let id: Int64
    /// Its run.
    package let run: Int64
    /// Display name.
    package var name: String
    /// Open word.
    package var status: String
    /// Open word; null in the answer for `nil`.
    package var conclusion: String?
    /// When it began.
    package var at: Instant
}

/// A check run of the double.
package struct GitHubCheckRun: Hashable, Sendable {
    /// Its number.
    package let id: Int64
    /// The commit.
    package var sha: String
    /// Its name.
    package var name: String
    /// The reporting app's slug.
    package var app: String
    /// Open word.
    package var status: String
    /// Open word; null in the answer for `nil`.
    package var conclusion: String?
    /// Null in the answer for `nil`.
    package var startedAt: Instant?
    /// Null in the answer for `nil`.
    package var completedAt: Instant?
}

/// A commit status of the double.
package struct GitHubStatus: Hashable, Sendable {
    /// Its number.
    package let id: Int64
    /// The commit.
    package var sha: String
    /// Its name.
    package var context: String
    /// `error`, `failure`, `pending` or `success`.
    package var state: String
    /// When it was reported.
    package var at: Instant
    /// A sentence; null in the answer for `nil`.
    package var description: String? = nil
    /// Where a person reads more.
    package var link: String? = nil
}

/// A GitHub App that knows the double's repository.
package struct GitHubAppRecord: Sendable {
    /// Its number.
    package let id: Int64
    /// Its name for itself in assertions; its number is good too.
    package let clientID: String
    /// In PEM.
    package let publicKey: String
    /// The number of its installation in the repository; `nil` if it is not installed.
    package var installation: Int64?
    /// Whether the installation was suspended.
    package var isSuspended = false
    /// The server's clock.
    package var now: @Sendable () -> Instant
    /// Tokens with their ends; one that was taken back is not among them.
    package var tokens: [String: Instant] = [:]
    /// What was sent to its webhook, oldest first.
    package var deliveries: [GitHubDelivery] = []
}

/// One attempt of telling an App's webhook of an event.
package struct GitHubDelivery: Sendable {
    /// Its number.
    package let id: Int64
    /// The event's name for itself, the same for every attempt.
    package let guid: String
    /// The kind of event.
    package let event: String
    /// What the receiver answered; 0 if it did not.
    package let status: Int64
    /// When.
    package let at: Instant
    /// What was sent.
    package let payload: GitHubJSON
}
