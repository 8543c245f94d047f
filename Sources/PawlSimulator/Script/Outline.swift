import PawlCore

/// What happens in a world whatever Pawl does: pushes, runs, builds, people. A function of the
/// script.
struct Outline: Sendable {
    /// Something at a moment, with a key that does not depend on what else there is.
    struct Point: Sendable {
        let at: Int64
        let key: UInt64
        let what: Happening
    }

    /// The commit that the branch is at before the first push; its parent is number 0.
    static let base: Slot = 1
    /// From the last thing that somebody does to the calm: longer than any event or write is late.
    static let untilCalm: Int64 = 720_000

    let script: Script
    private(set) var chart = Chart()
    private(set) var points: [Point] = []
    private(set) var calmAt: Int64 = 0
    private var tip = base

    init(_ script: Script) {
        self.script = script
        begin()
        for push in script.pushes { add(push) }
        for act in script.acts { add(act) }
        calmAt = (points.map(\.at).max() ?? 0) + Self.untilCalm
        for image in 0..<script.shape.images {
            add(calmAt, 1, .frozen(image: image, false))
        }
        for workflow in Workflow.allCases {
            add(calmAt, 1, .switched(workflow, isActive: true))
        }
        add(calmAt, 2, .calm)
    }

    private mutating func add(_ at: Int64, _ key: UInt64, _ what: Happening) {
        points.append(Point(at: at, key: key, what: what))
    }

    // MARK: Before the first push

    private mutating func begin() {
        chart.add(0, parents: [], tree: .first, at: 0)
        chart.add(Self.base, parents: [0], tree: Tree.first.after(.change(0)), at: 0)
        add(0, 0, .pushed(Self.base, isForced: false))
        for slot in [0, Self.base] {
            for workflow in Workflow.allCases {
                add(0, 0, .run(Run(id: runID(slot, workflow), workflow, slot, .success)))
            }
            add(0, 0, .checked(slot, .success))
            for image in 0..<script.shape.images {
                let artifact = Artifact(image: image, slot: slot)
                add(0, 0, .published(artifact, shelf: script.shape.names.shelf(of: slot)))
            }
        }
        for image in 0..<script.shape.images {
            guard let artifact = first(image) else { continue }
            add(0, 0, .moved(image: image, artifact))
        }
    }

    private func first(_ image: Int) -> Artifact? {
        switch script.shape.beginning {
        case .live: Artifact(image: image, slot: Self.base)
        case .nothing: nil
        case .partly: image == 0 ? Artifact(image: image, slot: Self.base) : nil
        case .unlabelled: Artifact(image: image, slot: Self.base, make: .unlabelled)
        case .shortLabel: Artifact(image: image, slot: Self.base, make: .short)
        case .split: Artifact(image: image, slot: image == 0 ? 0 : Self.base)
        }
    }

    private func runID(_ slot: Slot, _ workflow: Workflow) -> Int64 {
        Int64(slot * 100 + workflow.rawValue * 10)
    }

    // MARK: A push

    private mutating func add(_ push: Push) {
        let before = chart[tip]
        addCommits(of: push)
        tip = push.tip
        let key = UInt64(push.number + 10)
        add(push.at, key, .pushed(tip, isForced: before.map { isForced($0.slot) } ?? false))
        guard let before, let after = chart[tip] else { return }
        for (workflow, plan) in zip(Workflow.allCases, push.runs) {
            let isStarted =
                workflow == .publish && script.shape.buildIsFiltered
                ? after.tree.changes(from: before.tree).contains { !$0.path.hasPrefix("docs/") }
                : workflow.isStarted(byPushFrom: before.tree, to: after.tree)
            add(plan, of: workflow, push, isStarted: isStarted || plan.isDispatched, key)
        }
        if let check = push.check { add(push.at + 30_000, key, .checked(tip, check)) }
    }

    private func isForced(_ before: Slot) -> Bool { !chart.isAtOrBelow(before, tip) }

    private mutating func addCommits(of push: Push) {
        var parent = tip
        var tree = chart[tip]?.tree ?? .first
        if case .force(let back) = push.kind {
            for _ in 0..<back { parent = chart[parent]?.parents.first ?? parent }
            tree = chart[parent]?.tree ?? tree
        }
        let mainTip = parent
        let mainTree = tree
        if push.kind == .merge {
            parent = chart[tip]?.parents.first ?? tip
            tree = chart[parent]?.tree ?? tree
        }
        for (index, edits) in push.commits.enumerated() {
            let slot = push.slot(index)
            let isMerge = push.kind == .merge && index == push.commits.count - 1
            if isMerge {
                // The side's edits once more, on top of the branch.
                tree = push.commits.dropLast().joined().reduce(mainTree) { $0.after($1) }
            }
            tree = edits.reduce(tree) { $0.after($1) }
            chart.add(
                slot, parents: isMerge ? [mainTip, parent] : [parent], tree: tree, at: push.at)
            parent = slot
        }
    }

    private mutating func add(
        _ plan: RunPlan, of workflow: Workflow, _ push: Push, isStarted: Bool, _ key: UInt64
    ) {
        let slot = push.tip
        let key = key * 10 + UInt64(workflow.rawValue)
        let appears = push.at + plan.appearsAfter
        if isStarted {
            var run = Run(id: runID(slot, workflow), workflow, slot, .inProgress, job: plan.job)
            add(appears, key, .run(run))
            run.state = plan.ends
            let end = appears + plan.takes
            add(end, key, .run(run))
            if workflow == .publish { publish(push, at: end, plan.ends, attempt: 1, key) }
            if let again = plan.again {
                run.attempt = 2
                run.state = .queued
                add(end + again.after, key, .run(run))
                run.state = again.ends
                run.job = .success
                let end = end + again.after + plan.takes / 2
                add(end, key, .run(run))
                if workflow == .publish { publish(push, at: end, again.ends, attempt: 2, key) }
            }
        }
        if let nightly = plan.nightly, workflow != .publish {
            var run = Run(id: runID(slot, workflow) + 2, workflow, slot, .queued)
            let begins = appears + plan.takes + nightly.after
            add(begins, key, .run(run))
            run.state = nightly.ends
            add(begins + plan.takes / 2, key, .run(run))
        }
        if let decoy = plan.decoy {
            let run = Run(id: runID(slot, workflow) + 1, workflow, slot, .success, decoy: decoy)
            add(appears + plan.takes / 2, key, .run(run))
        }
    }

    /// A build that fails may have published some of its images all the same.
    private mutating func publish(
        _ push: Push, at end: Int64, _ state: RunState, attempt: Int, _ key: UInt64
    ) {
        for (image, plan) in push.sources.enumerated() where image < script.shape.images {
            guard let make = plan.make, state == .success || image == 0 && plan.after < -10_000
            else { continue }
            let artifact = Artifact(
                image: image, slot: push.tip, make: attempt > 1 && make == .first ? .again : make)
            add(
                max(push.at, end + plan.after), key,
                .published(artifact, shelf: script.shape.names.shelf(of: push.tip)))
        }
    }

    // MARK: People

    private mutating func add(_ act: Act) {
        let key = UInt64(act.number + 1_000)
        switch act.deed {
        case .order: break
        case .move(let image, let artifact):
            for place in 0..<script.shape.images where image == nil || image == place {
                let artifact = Artifact(image: place, slot: artifact.slot, make: artifact.make)
                add(act.at, key, .moved(image: place, artifact))
            }
        case .remove(let image): add(act.at, key, .moved(image: image, nil))
        case .unpublish(let slot, let image):
            let shelf = script.shape.names.shelf(of: slot)
            add(act.at, key, .unpublished(image: image, shelf: shelf))
        case .expire(let slot):
            for older in chart.log(from: slot).dropFirst() {
                let shelf = script.shape.names.shelf(of: older.slot)
                for image in 0..<script.shape.images {
                    add(act.at, key, .unpublished(image: image, shelf: shelf))
                }
            }
        case .freeze(let image): add(act.at, key, .frozen(image: image, true))
        case .disable(let workflow):
            add(act.at, key, .switched(workflow, isActive: false))
        }
    }
}
