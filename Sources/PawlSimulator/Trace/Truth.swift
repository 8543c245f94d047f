package import PawlCore

/// What was so in a world, and when: the records folded. The world answers from it and the checkers
/// judge by it, so that neither can know more than the trace says.
package struct Truth: Hashable, Sendable {
    /// A run over time.
    package struct RunLine: Hashable, Sendable {
        /// The host's id.
        package let id: Int64
        /// Of which workflow.
        package let workflow: Workflow
        /// For which commit.
        package let slot: Slot
        /// What kind of run it only looks like.
        package let decoy: RunPlan.Decoy?
        /// When the host first had a record of it.
        package let createdAt: Int64
        /// Its attempts and states.
        package var states = Timeline<Run>()
    }

    /// The branch's tip.
    package private(set) var tip = Timeline<Slot>()
    /// Every run of every commit, by creation.
    package private(set) var runs: [RunLine] = []
    /// What the check said, by commit.
    package private(set) var checks = [Timeline<RunState>](
        repeating: Timeline(), count: Names.slotsMax)
    /// The moving tags; `nil` where there is none.
    package private(set) var targets = [Timeline<Artifact?>](
        repeating: Timeline(), count: Names.imagesMax)
    /// Whether a workflow can report, by its number.
    package private(set) var active = [Timeline<Bool>](
        repeating: Timeline(), count: Workflow.allCases.count)
    /// Whether a target may not be moved.
    package private(set) var frozen = [Timeline<Bool>](
        repeating: Timeline(), count: Names.imagesMax)
    /// The ledger, one point for each entry.
    package private(set) var entries = Timeline<Entry>()
    private var sources: [Int: Timeline<Artifact?>] = [:]
    private var kept: [Artifact: Timeline<Bool>] = [:]

    /// Nothing has happened yet.
    package init() {}

    /// What a source tag names, over time.
    package func source(image: Int, shelf: Slot) -> Timeline<Artifact?> {
        sources[image << 8 | shelf] ?? Timeline()
    }

    /// Whether the registry has an image's content.
    package func hasContent(of artifact: Artifact) -> Bool { kept[artifact]?.last ?? false }

    /// Takes note of a record.
    package mutating func note(_ record: Record, place: Int) {
        let at = record.at
        switch record.what {
        case .pushed(let slot, _): tip.set(slot, at: at, place: place)
        case .run(let run): note(run, at: at, place: place)
        case .checked(let slot, let state): checks[slot].set(state, at: at, place: place)
        case .published(let artifact, let shelf):
            sources[artifact.image << 8 | shelf, default: Timeline()]
                .set(artifact, at: at, place: place)
            kept[artifact, default: Timeline()].set(true, at: at, place: place)
        case .unpublished(let image, let shelf): unpublish(image, shelf, at: at, place: place)
        case .moved(let image, let artifact):
            targets[image].set(artifact, at: at, place: place)
            if let artifact { kept[artifact, default: Timeline()].set(true, at: at, place: place) }
        case .landed(_, let artifact):
            targets[artifact.image].set(artifact, at: at, place: place)
        case .switched(let workflow, let isActive):
            active[workflow.rawValue].set(isActive, at: at, place: place)
        case .frozen(let image, let isFrozen):
            frozen[image].set(isFrozen, at: at, place: place)
        case .recorded(_, let entry): entries.set(entry, at: at, place: place)
        case .calm, .began, .saw, .failed, .judged, .sent, .answered, .announced, .crashed, .ended:
            break
        }
    }

    private mutating func note(_ run: Run, at: Int64, place: Int) {
        if let index = runs.firstIndex(where: { $0.id == run.id }) {
            runs[index].states.set(run, at: at, place: place)
            return
        }
        var line = RunLine(
            id: run.id, workflow: run.workflow, slot: run.slot, decoy: run.decoy, createdAt: at)
        line.states.set(run, at: at, place: place)
        runs.append(line)
    }

    /// A source that is deleted takes its content along, unless a target names it too.
    private mutating func unpublish(_ image: Int, _ shelf: Slot, at: Int64, place: Int) {
        guard let artifact = source(image: image, shelf: shelf).last ?? nil else { return }
        sources[image << 8 | shelf]?.set(nil, at: at, place: place)
        guard targets[image].last != artifact else { return }
        kept[artifact]?.set(false, at: at, place: place)
    }
}
