package import PawlCore

/// Everything that one seed stands for, drawn before anything runs. What happens in a world is a
/// function of its script alone, so that a failing one can be cut down piece by piece.
package struct Script: Hashable, Sendable {
    /// Where it came from.
    package let seed: UInt64
    /// What stays as it is.
    package var shape: Shape
    /// How often what goes wrong.
    package var knobs: Knobs
    /// Pushes to the branch, by time.
    package var pushes: [Push]
    /// What people do, by time.
    package var acts: [Act]
    /// Faults that do not happen although they were drawn, by their keys.
    package var muted: Set<UInt64> = []

    /// A script in full.
    package init(
        seed: UInt64, shape: Shape, knobs: Knobs = Knobs(), pushes: [Push] = [], acts: [Act] = []
    ) {
        self.seed = seed
        self.shape = shape
        self.knobs = knobs
        self.pushes = pushes
        self.acts = acts
    }
}

/// One push to the branch, and what becomes of it.
package struct Push: Hashable, Sendable {
    /// What it does to the branch.
    package enum Kind: Hashable, Sendable {
        /// New commits on top of it.
        case plain
        /// A merge of commits that were made on a side branch.
        case merge
        /// The branch goes so many first parents back, and new commits are put there.
        case force(back: Int)
    }

    /// Its number, which the numbers of its commits follow from.
    package let number: Int
    /// When, in milliseconds of the world.
    package var at: Int64
    /// What it does to the branch.
    package var kind: Kind
    /// The files of each of its commits; the last one is the new tip.
    package var commits: [[Tree.Edit]]
    /// What becomes of each workflow's run at the tip, if it is started: by `Workflow`'s number.
    package var runs: [RunPlan]
    /// What the build publishes, by image.
    package var sources: [SourcePlan]
    /// What the check reports at the tip, if anything.
    package var check: RunState?

    /// Commits of a push at most.
    package static let commitsMax = 4
    /// Commits that are there before the first push.
    package static let commitsBefore = 4

    /// A push in full.
    package init(
        number: Int, at: Int64, kind: Kind, commits: [[Tree.Edit]], runs: [RunPlan],
        sources: [SourcePlan], check: RunState?
    ) {
        self.number = number
        self.at = at
        self.kind = kind
        self.commits = commits
        self.runs = runs
        self.sources = sources
        self.check = check
    }

    /// The number of its commit at a place.
    package func slot(_ index: Int) -> Slot {
        Self.commitsBefore + number * Self.commitsMax + index
    }
    /// The number of the commit that it makes the branch's tip.
    package var tip: Slot { slot(commits.count - 1) }
}

/// What becomes of a run.
package struct RunPlan: Hashable, Sendable {
    /// A run that looks like the real one and must not count.
    package enum Decoy: String, Hashable, Sendable, CaseIterable {
        case fork, otherBranch, otherEvent
    }

    /// A second attempt, or a second run.
    package struct Again: Hashable, Sendable {
        /// How it ends.
        package var ends: RunState
        /// How long after the first it begins.
        package var after: Int64

        /// An attempt by its end.
        package init(ends: RunState, after: Int64) {
            self.ends = ends
            self.after = after
        }
    }

    /// From the push until the host has a record of it, in milliseconds.
    package var appearsAfter: Int64
    /// How long it runs.
    package var takes: Int64
    /// How it ends.
    package var ends: RunState
    /// How the job ends that a gate may wait for.
    package var job: RunState
    /// A second attempt, if there is one.
    package var again: Again?
    /// Another run of the workflow for the same commit, as a nightly one is, if there is one.
    package var nightly: Again?
    /// A green run beside it that proves nothing.
    package var decoy: Decoy?
    /// Somebody starts the workflow by hand where the push did not.
    package var isDispatched: Bool

    /// A run's fate in full; without more, it is green after a minute.
    package init(
        appearsAfter: Int64 = 1_000, takes: Int64 = 60_000, ends: RunState = .success,
        job: RunState = .success, again: Again? = nil, nightly: Again? = nil,
        decoy: Decoy? = nil, isDispatched: Bool = false
    ) {
        self.appearsAfter = appearsAfter
        self.takes = takes
        self.ends = ends
        self.job = job
        self.again = again
        self.nightly = nightly
        self.decoy = decoy
        self.isDispatched = isDispatched
    }
}

/// What a build publishes of one image.
package struct SourcePlan: Hashable, Sendable {
    /// How it is made; `nil` if it is forgotten.
    package var make: Artifact.Make?
    /// Until anybody can read it, from the end of the build, in milliseconds; negative before it.
    package var after: Int64

    /// An image of a build.
    package init(make: Artifact.Make? = .first, after: Int64 = -2_000) {
        self.make = make
        self.after = after
    }
}

/// What a person does.
package struct Act: Hashable, Sendable {
    /// What.
    package enum Deed: Hashable, Sendable {
        /// Gives Pawl an order.
        case order(Order)
        /// Moves tags by hand: one image or all of them, to something that there is.
        case move(image: Int?, Artifact)
        /// Takes a tag away.
        case remove(image: Int)
        /// Takes a source away, with what it names.
        case unpublish(Slot, image: Int)
        /// Takes every source of a commit's ancestors away, as a retention rule does.
        case expire(before: Slot)
        /// Forbids that a tag is moved, until the calm.
        case freeze(image: Int)
        /// Switches a workflow off, until the calm.
        case disable(Workflow)
    }

    /// Its number, which its key follows from.
    package let number: Int
    /// When, in milliseconds of the world.
    package var at: Int64
    /// What.
    package var deed: Deed

    /// Something that a person does at a time.
    package init(number: Int, at: Int64, deed: Deed) {
        self.number = number
        self.at = at
        self.deed = deed
    }
}
