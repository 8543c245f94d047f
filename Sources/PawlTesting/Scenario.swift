package import PawlCore
import PawlEngine
import PawlPorts
import Synchronization

/// A world in the words of the contract: commits, builds, gates and what is live, by short names.
/// Orders are in `Scenario+Orders.swift`; each answers with a line of text.
///
/// The channel is `latest`: `ghcr.io/acme/app`, `…/worker` and so on, from `staging-{short_sha}`,
/// built by `publish-image.yml`, gated by `e2e.yml` unless said otherwise.
package final class Scenario: Sendable {
    /// How long ago everything happened unless said otherwise: longer than any registry lags.
    package static let aWhile = Duration.seconds(600)
    /// The build of every scenario.
    package static let buildWorkflow = "publish-image.yml"
    /// The gate of a scenario that names none.
    package static let e2e = Gate.workflow(WorkflowGate(workflow: WorkflowName("e2e.yml")))

    struct State: Sendable {
        var names: [CommitID: String] = [:]
        var nextRun: Int64 = 1
        var receipts: [Receipt] = []
        var events: [EngineEvent] = []
        var identifiers = 0
        /// What hooks were told: the hook's name and the entry's number.
        var told: [String] = []
        /// Hooks that cannot be told, by name.
        var deaf: Set<String> = []
        /// The workflow files that the reader knows, by their bytes.
        var workflowFiles: [[UInt8]: WorkflowFile] = [:]
    }

    /// The registries.
    package let registry = MemoryRegistry()
    /// The code host.
    package let host = MemoryHost()
    /// The ledger, if one is kept.
    package let ledger = MemoryLedger()
    /// Whether the engine is given the ledger.
    package let keepsLedger: Bool
    /// The time.
    package let clock = ManualClock()
    /// The one channel.
    package let channel: Channel
    /// The rules.
    package let policy: Policy
    let state = Mutex(State())

    /// A world without commits. `images` are the last parts of the repositories' names, `sources`
    /// is where their source tags are, `hooks` who is told of moves.
    package init(
        images: [String] = ["app", "worker"], sources: String = "ghcr.io/acme",
        gates: [Gate] = [Scenario.e2e], forward: ForwardRules = ForwardRules(),
        keepsLedger: Bool = false, hooks: [Hook] = []
    ) {
        let group = images.map { name in
            Channel.Image(
                target: wellFormed { try Repository("ghcr.io/acme/\(name)") },
                source: wellFormed { try Repository("\(sources)/\(name)") })
        }
        channel = Channel(
            name: wellFormed { try Channel.Name("latest") }, images: group,
            from: wellFormed { try TagPattern("staging-{short_sha}") },
            to: wellFormed { try Tag("latest") }, build: WorkflowName(Self.buildWorkflow),
            gates: gates, forward: forward, hooks: hooks)
        self.keepsLedger = keepsLedger
        policy = Policy(
            repository: wellFormed { try CodeRepository("acme/app") }, host: .github,
            branch: wellFormed { try BranchName("main") }, channels: [channel])
        for workflow in channel.workflows {
            host.workflow(workflow, .active)
            workflowFile(workflow.fileName ?? "\(workflow).yml", .everyPush)
        }
    }

    // MARK: Commits

    /// A new tip of a branch; its parent is the branch's tip unless parents are named.
    package func commit(_ name: String, parents: [String]? = nil, on branch: String = "main") {
        let branch = wellFormed { try BranchName(branch) }
        let before = host.tip(of: branch).map { [$0] } ?? []
        let id = CommitID.named(name)
        let isMerge = (parents?.count ?? 0) > 1
        state.withLock { $0.names[id] = name }
        host.commit(
            CommitGraph.Commit(
                id: id, parents: parents?.map(CommitID.named) ?? before, committedAt: clock.now),
            on: branch)
        if !isMerge { wrote(name, Self.anyFile, Self.text(of: Self.anyFile, by: name)) }
    }

    /// The branch is rewritten: its tip is an older commit again.
    package func rewind(to name: String) {
        host.reset(policy.branch, to: .named(name))
    }

    // MARK: Builds and gates

    /// A build that ended well and its images.
    package func built(_ name: String, ago: Duration = aWhile) {
        run(Self.buildWorkflow, name, .success, ago: ago)
        publishSources(name)
    }

    /// A gate's run.
    package func gate(_ workflow: String, _ name: String, _ result: RunState) {
        run(workflow, name, result)
    }

    /// A new commit with everything that it needs: a build, its images, every workflow gate green.
    package func ready(_ name: String) {
        commit(name)
        built(name)
        for case .workflow(let gate) in channel.gates {
            run(gate.workflow.text, name, .success)
        }
    }

    /// Any run at all; later ones are newer.
    @discardableResult
    package func run(
        _ workflow: String, _ name: String, _ result: RunState, event: String = "push",
        branch: String = "main", commitFrom repository: Int64? = 1, ago: Duration = aWhile
    ) -> GateRun {
        let id = state.withLock { state in
            defer { state.nextRun += 1 }
            return state.nextRun
        }
        let at = clock.now - ago
        let run = GateRun(
            id: id, path: ".github/workflows/\(workflow)", workflowName: workflow,
            commit: .named(name), branch: branch, event: event, repositoryID: 1,
            headRepositoryID: repository, state: result, createdAt: at, updatedAt: at)
        host.record(run)
        return run
    }

    /// The newest run of a workflow for a commit is started again.
    package func rerun(_ workflow: String, _ name: String, _ result: RunState) {
        guard var run = newestRun(of: workflow, name) else { return }
        run.attempt += 1
        run.state = result
        run.updatedAt = clock.now
        host.record(run)
    }

    /// The newest run of a workflow for a commit.
    package func newestRun(of workflow: String, _ name: String) -> GateRun? {
        host.allRuns.filter {
            $0.path.hasSuffix("/\(workflow)") && $0.commit == .named(name)
        }.max { $1.isNewer(than: $0) }
    }

    // MARK: Images

    /// The digest of a commit's image.
    package func digest(_ name: String, image: Int = 0) -> Digest {
        .named("\(channel.images[image].source)@\(name)")
    }

    /// A commit's source tag.
    package func source(_ name: String, image: Int = 0) -> ImageReference {
        ImageReference(
            channel.images[image].source, wellFormed { try channel.from.tag(for: .named(name)) })
    }

    /// The tag that moves.
    package func target(_ image: Int = 0) -> ImageReference {
        ImageReference(channel.images[image].target, channel.to)
    }

    /// The images of a commit, with its full id as their revision.
    package func publishSources(_ name: String) {
        for image in channel.images.indices { publishSource(name, image: image) }
    }

    /// One image of a commit; what it says of itself may be anything.
    package func publishSource(_ name: String, image: Int, says revision: Revision? = nil) {
        registry.publish(
            digest(name, image: image), revision ?? .says(CommitID.named(name).hex),
            at: source(name, image: image))
    }

    /// The whole group is at a commit.
    package func live(_ name: String) {
        for image in channel.images.indices { live(name, image: image) }
    }

    /// One image of the group is at a commit; what it says of itself may be anything.
    package func live(_ name: String, image: Int, says revision: Revision? = nil) {
        registry.publish(
            digest(name, image: image), revision ?? .says(CommitID.named(name).hex),
            at: target(image))
    }
}

extension Instant {
    /// The moment a duration earlier.
    static func - (moment: Self, duration: Duration) -> Self { moment + (.zero - duration) }
}
