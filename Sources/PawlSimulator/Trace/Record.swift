package import PawlCore
package import PawlEngine

/// One thing that happened in a world, in the order of happening. A trace is nothing but these:
/// checkers know no more than it says.
package struct Record: Hashable, Sendable {
    /// When, in milliseconds of the world.
    package let at: Int64
    /// What.
    package let what: Happening

    /// Something at a moment.
    package init(at: Int64, _ what: Happening) {
        self.at = at
        self.what = what
    }
}

/// The number of a process's run in a world: one event, look or order to its end.
package typealias Errand = Int

/// What can happen.
package enum Happening: Hashable, Sendable {
    // MARK: The world

    /// The branch has a new tip.
    case pushed(Slot, isForced: Bool)
    /// A run of a workflow has a new state.
    case run(Run)
    /// A check was reported on a commit.
    case checked(Slot, RunState)
    /// A source tag names an image.
    case published(Artifact, shelf: Slot)
    /// A source tag and what it named are gone.
    case unpublished(image: Int, shelf: Slot)
    /// Another person moved a target tag, or took it away.
    case moved(image: Int, Artifact?)
    /// A workflow was switched on or off.
    case switched(Workflow, isActive: Bool)
    /// A target tag may not be moved any more, or may again.
    case frozen(image: Int, Bool)
    /// From here on nothing goes wrong, nobody pushes and nobody meddles.
    case calm

    // MARK: One errand

    /// It was started.
    case began(Errand, Order)
    /// A question was answered as things stood at a moment: now, or a while ago. The artifact is
    /// there for tags alone.
    case saw(Errand, Question, Artifact?, asOf: Int64)
    /// A question got no usable answer.
    case failed(Errand, Question, PortFailure.Code)
    /// The rules were applied to a candidate.
    case judged(Errand, Judgement)
    /// A write of a tag was sent.
    case sent(Errand, Artifact)
    /// A write of a tag had its effect.
    case landed(Errand, Artifact)
    /// The sender of a write was told what came of it.
    case answered(Errand, Artifact, PortFailure.Code?)
    /// Its entry became the newest of the ledger.
    case recorded(Errand, Entry)
    /// A hook was told of the entry of a number and id.
    case announced(Errand, number: Int, id: String)
    /// The process was killed: nothing that it does from here on has an effect.
    case crashed(Errand)
    /// It came to its end.
    case ended(Errand, Receipt)
}

/// A run as the host records it.
package struct Run: Hashable, Sendable {
    /// The host's id.
    package var id: Int64
    /// Of which workflow.
    package var workflow: Workflow
    /// For which commit.
    package var slot: Slot
    /// 1 for the first.
    package var attempt = 1
    /// How it stands.
    package var state: RunState
    /// How the job stands that a gate may wait for.
    package var job: RunState = .success
    /// What kind of run it only looks like; `nil` for one that counts.
    package var decoy: RunPlan.Decoy?

    /// A run in full.
    package init(
        id: Int64, _ workflow: Workflow, _ slot: Slot, attempt: Int = 1, _ state: RunState,
        job: RunState = .success, decoy: RunPlan.Decoy? = nil
    ) {
        self.id = id
        self.workflow = workflow
        self.slot = slot
        self.attempt = attempt
        self.state = state
        self.job = job
        self.decoy = decoy
    }
}

/// Why an errand was started.
package enum Order: Hashable, Sendable {
    /// A run ended.
    case event(Run)
    /// Nothing in particular.
    case look
    /// A person asked for a commit, by so many of its digits.
    case promote(Slot, digits: Int, isOverride: Bool)
    /// A person took the group back.
    case rollback(Slot)
    /// A person stopped everything.
    case hold
    /// A person let things go on, from a commit or from the tip.
    case resume(Slot?)
    /// A person named a commit that may not go.
    case quarantine(Slot)
    /// A person had the ledger take what is there.
    case adopt
    /// A person had the tags follow the ledger.
    case follow

    /// Whether a person gave it.
    package var isByPerson: Bool {
        switch self {
        case .event, .look: false
        default: true
        }
    }
}

/// What an errand asks or does, in the numbers of its world.
package enum Question: Hashable, Sendable {
    case target(image: Int)
    case source(image: Int, shelf: Slot)
    case content(Artifact)
    case revision(Artifact)
    case pushRights
    case write(Artifact)
    case log
    case ancestry(Slot, from: Slot)
    case position(Slot)
    case resolve(String)
    case changes(Slot, Slot)
    case file(path: Int, Slot)
    case runs(Slot)
    case runsOf(Workflow)
    case state(Workflow)
    case jobs(Int64)
    case checks(Slot)
    case tip
    case append
    case lines
    case tell(Int)
    case time

    /// A number for it that is the same in every process; the faults of a call are drawn by it.
    package var key: UInt64 {
        switch self {
        case .target(let image): Self.key(1, image)
        case .source(let image, let shelf): Self.key(2, image, shelf)
        case .revision(let artifact): Self.key(3, artifact.image, artifact.slot)
        case .pushRights: Self.key(4)
        case .write(let artifact): Self.key(5, artifact.image, artifact.slot)
        case .log: Self.key(6)
        case .ancestry(let slot, let base): Self.key(7, slot, base)
        case .position(let slot): Self.key(8, slot)
        case .resolve(let digits): digits.utf8.reduce(9) { mixed($0, UInt64($1)) }
        case .changes(let base, let slot): Self.key(10, base, slot)
        case .file(let path, let slot): Self.key(11, path, slot)
        case .runs(let slot): Self.key(12, slot)
        case .runsOf(let workflow): Self.key(13, workflow.rawValue)
        case .state(let workflow): Self.key(14, workflow.rawValue)
        case .jobs(let id): Self.key(15, Int(id))
        case .checks(let slot): Self.key(16, slot)
        case .time: Self.key(17)
        case .tip: Self.key(18)
        case .append: Self.key(19)
        case .lines: Self.key(20)
        case .tell(let number): Self.key(21, number)
        case .content(let artifact): Self.key(22, artifact.image, artifact.slot)
        }
    }

    private static func key(_ kind: UInt64, _ first: Int = 0, _ second: Int = 0) -> UInt64 {
        kind << 48 ^ UInt64(truncatingIfNeeded: first) << 24 ^ UInt64(truncatingIfNeeded: second)
    }

    /// Whether it is to have an effect.
    package var isWrite: Bool {
        switch self {
        case .write, .append, .tell: true
        default: false
        }
    }

    /// The fault by which it is answered with what was true a while ago.
    package var staleness: Knobs.Fault? {
        switch self {
        case .target, .source: .staleRegistry
        case .tip, .lines: .staleLedger
        case .log, .position, .runs, .runsOf, .state, .jobs, .checks: .staleHost
        default: nil
        }
    }
}

/// What the rules said of a candidate.
package struct Judgement: Hashable, Sendable {
    /// One tag of a plan.
    package struct Move: Hashable, Sendable {
        /// What the tag shall have.
        package let artifact: Artifact
        /// What it was seen to have.
        package let before: Artifact?

        /// A tag's part of a plan.
        package init(_ artifact: Artifact, before: Artifact?) {
            self.artifact = artifact
            self.before = before
        }
    }

    /// The candidate.
    package let slot: Slot
    /// Whether a person ordered it past the rules.
    package let isOverride: Bool
    /// What it came to.
    package let outcome: Receipt.Outcome
    /// The plan, of a promotion.
    package let moves: [Move]

    /// A judgement in full.
    package init(
        _ slot: Slot, _ outcome: Receipt.Outcome, moves: [Move] = [], isOverride: Bool = false
    ) {
        self.slot = slot
        self.outcome = outcome
        self.moves = moves
        self.isOverride = isOverride
    }
}
