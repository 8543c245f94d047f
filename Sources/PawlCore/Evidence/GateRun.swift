/// One run of a workflow, as the host records it.
package struct GateRun: Hashable, Sendable {
    /// The host's id; stays the same over attempts.
    package var id: Int64
    /// 1 for the first; goes up with every re-run.
    package var attempt: Int
    /// The workflow's file (`.github/workflows/e2e.yml`), perhaps with `@ref`.
    package var path: String
    /// The workflow's display name.
    package var workflowName: String?
    /// The commit that it ran for.
    package var commit: CommitID
    /// The branch's bare name; a fork's branch may be called the same.
    package var branch: String?
    /// What started it (`push`, `schedule`, …); an open set of words.
    package var event: String
    /// The repository that the run belongs to.
    package var repositoryID: Int64
    /// The repository that the commit came from; differs for a fork, `nil` if it is gone.
    package var headRepositoryID: Int64?
    /// How it stands.
    package var state: RunState
    /// When the first attempt was created.
    package var createdAt: Instant
    /// When the host last changed the record.
    package var updatedAt: Instant
    /// Where a person reads it; empty if there is no such page.
    package var link: String
    /// What heads it in the host's lists: what the workflow's `run-name` says, or another text.
    package var title: String?
    /// Who stated it, where no code host records runs; such a run counts whatever its event.
    package var statedBy: String?

    /// A run in full.
    package init(
        id: Int64, attempt: Int = 1, path: String, workflowName: String? = nil, commit: CommitID,
        branch: String?, event: String, repositoryID: Int64, headRepositoryID: Int64?,
        state: RunState, createdAt: Instant, updatedAt: Instant, link: String = ""
    ) {
        self.id = id
        self.attempt = attempt
        self.path = path
        self.workflowName = workflowName
        self.commit = commit
        self.branch = branch
        self.event = event
        self.repositoryID = repositoryID
        self.headRepositoryID = headRepositoryID
        self.state = state
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.link = link
    }

    /// Whether this run came from this repository and not from a fork that bears the branch's name.
    package var isOwn: Bool { headRepositoryID == repositoryID }

    /// Newest by creation, then id, then attempt, then update; of one attempt's two records (an
    /// event's and the API's) that is the one updated last.
    package func isNewer(than other: GateRun) -> Bool {
        (createdAt, id, attempt, updatedAt) > (
            other.createdAt, other.id, other.attempt, other.updatedAt
        )
    }
}
