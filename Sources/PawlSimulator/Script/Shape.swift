package import PawlCore
import PawlTesting

/// What does not change while a world lasts: the policy, how runs are started, what the sources of
/// facts can show at once.
package struct Shape: Hashable, Sendable {
    /// One gate of the policy.
    package enum GateShape: Hashable, Sendable {
        case workflow(
            Workflow, absent: WorkflowGate.Absent, cancelled: WorkflowGate.Cancelled, byJob: Bool)
        case check
        /// Minimum age of the build, in minutes.
        case age(Int)
    }

    /// How errands are started, and which of them exclude each other.
    package enum Door: String, Hashable, Sendable, CaseIterable {
        /// One run for each event; the runs of the channel wait for each other.
        case queue
        /// One run for each event, whatever else runs.
        case racing
        /// Two long-lived processes: each event goes to one of them, and each looks by itself.
        case servers
        /// One run for each event; the runs of one commit wait for each other, one at most.
        case perCommit
    }

    /// What the channel is at before anything happens.
    package enum Beginning: String, Hashable, Sendable, CaseIterable {
        case live, nothing, partly, unlabelled, shortLabel, split
    }

    /// Images of the group.
    package var images = 2
    /// Gates of the policy.
    package var gates: [GateShape] = []
    /// How errands are started.
    package var door = Door.queue
    /// Whether a target without a revision is accepted.
    package var acceptsUnlabelled = false
    /// Whether an older candidate is nothing to speak of.
    package var settlesBehind = false
    /// Whether changes of documents alone are not built.
    package var buildIsFiltered = false
    /// Rows of one page of the branch's log.
    package var pageRows = Limits.hostPageRowsMax
    /// Files that one list of changes shows.
    package var listedFiles = Limits.comparedFilesMax
    /// Whether each two commits share their source tag.
    package var hasTwins = false
    /// What the channel is at before anything happens.
    package var beginning = Beginning.live
    /// Whether a ledger is kept.
    package var hasLedger = false
    /// Whether a hook is told of every move; only with a ledger.
    package var hasHook = false
    /// Whether tags that somebody else moved are put back; only with a ledger.
    package var restores = false
    /// Between two looks without an event, in milliseconds; 0 for none.
    package var looksEvery: Int64 = 0

    /// The plainest shape: two images, no gate, one run at a time.
    package init() {}

    /// The names of this shape's world.
    package var names: Names { hasTwins ? .twins : .plain }

    /// The channel as the policy has it.
    package var channel: Channel {
        let names = names
        return Channel(
            name: wellFormed { try Channel.Name("latest") },
            images: names.repositories.prefix(images).map {
                Channel.Image(target: $0, source: $0)
            },
            from: names.from, to: names.to, build: Workflow.publish.name,
            gates: gates.map(gate),
            forward: ForwardRules(
                unlabelled: acceptsUnlabelled ? .accept : .reject,
                behind: settlesBehind ? .settle : .reject,
                movedByOthers: restores ? .restore : .hold),
            hooks: hasHook ? [.dispatch(WorkflowName("redeploy.yml"), inputs: [])] : [])
    }

    /// The policy of one channel.
    package func policy(of channel: Channel) -> Policy {
        Policy(
            repository: Self.repository, host: .github, branch: Self.branch, channels: [channel])
    }

    static let repository = wellFormed { try CodeRepository("acme/app") }
    static let branch = wellFormed { try BranchName("main") }
    /// The job that a gate by job waits for.
    static let job = "whole"
    /// The check of a gate by check.
    static let check = "security/scan"

    private func gate(_ gate: GateShape) -> Gate {
        switch gate {
        case .workflow(let workflow, let absent, let cancelled, let byJob):
            .workflow(
                WorkflowGate(
                    workflow: workflow.name, absent: absent, cancelled: cancelled,
                    job: byJob ? Self.job : nil))
        case .check: .check(name: Self.check, app: nil)
        case .age(let minutes): .age(.seconds(60 * minutes))
        }
    }
}

extension Shape {
    /// A shape by chance.
    static func drawn(_ chance: inout Chance) -> Shape {
        var shape = Shape()
        shape.images = chance.one(of: [1, 2, 2, 2, 3, 4])
        shape.gates = drawnGates(&chance)
        shape.hasLedger = chance.odds(500)
        shape.door = chance.one(
            of: shape.hasLedger ? [.queue, .racing, .servers] : [.queue, .queue, .racing])
        shape.hasHook = shape.hasLedger && chance.odds(250)
        shape.restores = shape.hasLedger && chance.odds(400)
        shape.acceptsUnlabelled = chance.odds(300)
        shape.settlesBehind = chance.odds(300)
        shape.buildIsFiltered = chance.odds(300)
        if chance.odds(150) { shape.pageRows = chance.within(3...7) }
        if chance.odds(100) { shape.listedFiles = 1 }
        shape.hasTwins = chance.odds(150)
        shape.beginning =
            chance.odds(700) ? .live : chance.one(of: Beginning.allCases)
        shape.looksEvery = chance.one(of: [0, 0, 0, 0, 600_000, 1_500_000])
        return shape
    }

    private static func drawnGates(_ chance: inout Chance) -> [GateShape] {
        var gates: [GateShape] = []
        if chance.odds(900) {
            gates.append(
                .workflow(
                    .e2e, absent: chance.one(of: [.proven, .proven, .proven, .hold, .pass]),
                    cancelled: chance.odds(700) ? .hold : .reject, byJob: chance.odds(200)))
        }
        if chance.odds(350) {
            gates.append(
                .workflow(
                    .lint, absent: chance.one(of: [.proven, .proven, .hold, .pass]),
                    cancelled: chance.odds(700) ? .hold : .reject, byJob: chance.odds(200)))
        }
        if chance.odds(120) { gates.append(.check) }
        if chance.odds(120) { gates.append(.age(chance.within(1...10))) }
        return gates
    }
}
