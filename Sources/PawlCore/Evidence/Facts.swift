/// Everything that the rules are given about one candidate. Nothing else is looked at.
package struct Facts: Hashable, Sendable {
    /// Whether the candidate is the branch's tip or one of its ancestors.
    package enum Position: Hashable, Sendable { case onBranch, elsewhere }

    /// What is known of one image of the group.
    package struct ImageFacts: Hashable, Sendable {
        /// Which image.
        package let image: Channel.Image
        /// The digest that the candidate's source tag has.
        package var source: Fact<Digest> = .notAsked
        /// The commit that the source says it was built from, of every platform.
        package var sourceRevision: Fact<Revision> = .notAsked
        /// The digest that the target tag has.
        package var target: Fact<Digest> = .notAsked
        /// The commit that the target says it was built from.
        package var targetRevision: Fact<Revision> = .notAsked
        /// The target's revision as a full commit id; `absent` where it has no usable one.
        package var live: Fact<CommitID> = .notAsked
        /// How the candidate stands to what is live.
        package var ancestry: Fact<Ancestry> = .notAsked

        /// An image that nothing is known of yet.
        package init(_ image: Channel.Image) { self.image = image }
    }

    /// When the facts were gathered.
    package var now: Instant
    /// The candidate's place.
    package var position: Fact<Position>
    /// One for each image of the channel, in its order.
    package var images: [ImageFacts]
    /// Every run at the candidate, of any workflow, event and repository; counted by the rules.
    package var runs: Fact<[GateRun]>
    /// The state of a workflow that has no counted run, asked only then.
    package var workflows: [WorkflowName: Fact<WorkflowState>]
    /// Jobs of the runs that a `job:` gate asks about, by run id: name and state.
    package var jobs: [Int64: Fact<[Job]>]
    /// What could prove that a gate without a counted run was not due, asked only then.
    package var absences: [WorkflowGate: Absence]
    /// Check runs and statuses at the candidate, asked only if a gate needs them.
    package var checks: Fact<[CheckResult]>
    /// What the channel's ledger says; `nil` where no ledger is kept.
    package var ledger: LedgerFacts?

    /// Facts before anything was asked.
    package init(now: Instant, images: [Channel.Image]) {
        self.now = now
        self.images = images.map(ImageFacts.init)
        position = .notAsked
        runs = .notAsked
        workflows = [:]
        jobs = [:]
        absences = [:]
        checks = .notAsked
    }
}

/// One job of a run.
package struct Job: Hashable, Sendable {
    /// Its display name.
    package let name: String
    /// How it stands.
    package let state: RunState

    /// A job by name and state.
    package init(name: String, state: RunState) {
        self.name = name
        self.state = state
    }
}

/// A check run or commit status on a commit.
package struct CheckResult: Hashable, Sendable {
    /// Its name, or a status's context.
    package let name: String
    /// The slug of the app that reported it; `nil` for a commit status.
    package let app: String?
    /// How it stands.
    package let state: RunState
    /// When it began or was reported; the newest of a name counts.
    package let at: Instant
    /// Where a person reads it.
    package let link: String
    /// Who stated it, where no code host records checks; such a result counts whatever the app.
    package var statedBy: String?

    /// A result in full.
    package init(name: String, app: String?, state: RunState, at: Instant, link: String = "") {
        self.name = name
        self.app = app
        self.state = state
        self.at = at
        self.link = link
    }
}
