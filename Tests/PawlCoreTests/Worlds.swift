import PawlCore

/// Every combination of what can be known of a candidate, as numbers: each dimension is a list from
/// the best value to the worst.
struct World: Hashable {
    enum Dimension: Int, CaseIterable {
        case position, source, target, build, gate, override
    }

    enum Source: CaseIterable {
        case own, revisionUnreadable, unreadable, unlabelled, disagreeing, shortRevision, absent
    }

    enum Target: CaseIterable {
        case absent, atSource, ahead, identical, ancestryUnreadable, ancestryAbsent
        case liveUnreadable, unlabelled, behind, diverged, unreadable
    }

    enum Gate: CaseIterable {
        case success, passedByPolicy, inProgress, cancelled, heldByPolicy, unproven, unreadable
        case failure, unknown
    }

    static let positions: [Fact<Facts.Position>] = [
        .seen(.onBranch), .unreadable(unread), .absent, .seen(.elsewhere),
    ]
    static let builds: [RunState?] = [.success, .inProgress, nil, .failure]

    static let sizes: [Int] = [
        positions.count, Source.allCases.count, Target.allCases.count, builds.count,
        Gate.allCases.count, 2,
    ]
    static let count = sizes.reduce(1, *)

    private(set) var digits: [Int]

    init(_ number: Int) {
        var rest = number
        digits = Self.sizes.map { size in
            defer { rest /= size }
            return rest % size
        }
    }

    subscript(dimension: Dimension) -> Int {
        get { digits[dimension.rawValue] }
        set { digits[dimension.rawValue] = newValue }
    }

    var number: Int {
        zip(digits, Self.sizes).reversed().reduce(0) { $0 * $1.1 + $1.0 }
    }

    var position: Fact<Facts.Position> { Self.positions[self[.position]] }
    var source: Source { Source.allCases[self[.source]] }
    var target: Target { Target.allCases[self[.target]] }
    var build: RunState? { Self.builds[self[.build]] }
    var gate: Gate { Gate.allCases[self[.gate]] }
    var isOverridden: Bool { self[.override] == 1 }

    /// Whether both images have their source's digest at the target.
    var isSettled: Bool {
        target == .atSource && source != .absent && source != .unreadable
    }
    var runsAreUnreadable: Bool { gate == .unreadable }

    /// The facts of this world. The first image is as good as can be; the second one varies.
    func judging(_ base: Judging, _ order: Override) -> Judging {
        var judging = base
        judging.override = isOverridden ? order : nil
        judging.facts.position = position
        if target == .atSource { judging.facts.images[0].target = judging.facts.images[0].source }
        apply(source, to: &judging.facts.images[1])
        apply(target, to: &judging.facts.images[1])
        judging.facts.runs = runs
        judging.facts.workflows = [
            WorkflowName(Judging.build): .seen(.active), WorkflowName(Judging.gate): .seen(.active),
        ]
        return judging
    }

    /// The policy of absence that this world's gate needs.
    var absent: WorkflowGate.Absent {
        switch gate {
        case .passedByPolicy: .pass
        case .heldByPolicy: .hold
        default: .proven
        }
    }

    private var runs: Fact<[GateRun]> {
        guard !runsAreUnreadable else { return .unreadable(unread) }
        let gateState: RunState? =
            switch gate {
            case .success: .success
            case .inProgress: .inProgress
            case .cancelled: .cancelled
            case .failure: .failure
            case .unknown: .unknown("evaporated")
            case .passedByPolicy, .heldByPolicy, .unproven, .unreadable: nil
            }
        return .seen(
            [
                build.map { Judging.run(Judging.build, $0) },
                gateState.map { Judging.run(Judging.gate, $0) },
            ].compactMap { $0 })
    }

    private func apply(_ source: Source, to image: inout Facts.ImageFacts) {
        switch source {
        case .own: break
        case .revisionUnreadable: image.sourceRevision = .unreadable(unread)
        case .unlabelled: image.sourceRevision = .seen(.unlabelled)
        case .disagreeing: image.sourceRevision = .seen(.disagrees([Judging.commit.hex, "x"]))
        case .shortRevision: image.sourceRevision = .seen(.says(Judging.commit.short))
        case .unreadable:
            image.source = .unreadable(unread)
            image.sourceRevision = .unreadable(unread)
        case .absent:
            image.source = .absent
            image.sourceRevision = .absent
        }
    }

    private func apply(_ target: Target, to image: inout Facts.ImageFacts) {
        switch target {
        case .ahead: image.ancestry = .seen(.ahead)
        case .identical: image.ancestry = .seen(.identical)
        case .behind: image.ancestry = .seen(.behind)
        case .diverged: image.ancestry = .seen(.diverged)
        case .ancestryUnreadable: image.ancestry = .unreadable(unread)
        case .ancestryAbsent: image.ancestry = .absent
        case .liveUnreadable: image.live = .unreadable(unread)
        case .atSource: image.target = .seen(Judging.source(1))
        case .unlabelled:
            image.targetRevision = .seen(.unlabelled)
            image.live = .absent
        case .absent, .unreadable:
            image.target = target == .absent ? .absent : .unreadable(unread)
            image.targetRevision = target == .absent ? .absent : .unreadable(unread)
            image.live = target == .absent ? .absent : .unreadable(unread)
            image.ancestry = .notAsked
        }
    }
}

extension World {
    /// The verdict's word by the contract alone.
    var expected: String {
        switch self[.position] {
        case 0: break
        case 1: return "hold"
        default: return "reject"
        }
        if isSettled { return "settled" }
        var words = [sourceWord]
        if target == .unreadable { words.append("hold") }
        if !isOverridden { words += [buildWord, gateWord, forwardWord] }
        return words.contains("reject") ? "reject" : words.contains("hold") ? "hold" : "promote"
    }

    /// Rule 4.
    private var sourceWord: String {
        switch source {
        case .own: "pass"
        case .unreadable, .revisionUnreadable: "hold"
        case .unlabelled, .disagreeing, .shortRevision: "reject"
        case .absent:
            !runsAreUnreadable && (build == .success || build == .failure) ? "reject" : "hold"
        }
    }

    private var buildWord: String {
        guard !runsAreUnreadable else { return "hold" }
        return switch build {
        case .success: "pass"
        case .failure: "reject"
        case nil: source == .own ? "pass" : "hold"
        default: "hold"
        }
    }

    private var gateWord: String {
        switch gate {
        case .success, .passedByPolicy: "pass"
        case .failure, .unknown: "reject"
        case .inProgress, .cancelled, .heldByPolicy, .unproven, .unreadable: "hold"
        }
    }

    /// Rule 6.
    private var forwardWord: String {
        switch target {
        case .absent, .atSource, .ahead, .identical: "pass"
        case .behind, .diverged, .unlabelled: "reject"
        case .ancestryUnreadable, .ancestryAbsent, .liveUnreadable, .unreadable: "hold"
        }
    }
}
