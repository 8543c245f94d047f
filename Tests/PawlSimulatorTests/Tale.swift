import PawlCore
import PawlEngine
import PawlSimulator
import PawlTesting

/// A trace written by hand: what happened, in order, a tenth of a second apart. The branch is
/// c0 - c1 - c2 - c3, with c8 beside it on c1; everything is built and green, and c1 is live.
struct Tale {
    private(set) var trace: Trace
    private var at: Int64 = 0

    static let channel = wellFormed { try Channel.Name("latest") }

    init(
        images: Int = 2, gates: [Shape.GateShape] = [], hasLedger: Bool = false,
        isStale: Bool = false, change: (inout Shape) -> Void = { _ in }
    ) {
        var shape = Shape()
        shape.images = images
        shape.gates = gates
        shape.hasLedger = hasLedger
        change(&shape)
        var chart = Chart()
        var tree = Tree.first
        chart.add(0, parents: [], tree: tree, at: 0)
        for slot in 1...3 {
            tree = tree.after(.change(slot == 2 ? 2 : 0))
            chart.add(slot, parents: [slot - 1], tree: tree, at: 0)
        }
        chart.add(8, parents: [1], tree: tree, at: 0)
        self.init(shape, chart, tip: 3, live: 1)
        if isStale { trace.staleness = 45_000 }
        for slot in [0, 1, 2, 3, 8] {
            for workflow in Workflow.allCases { run(workflow, slot, .success) }
        }
    }

    /// Another shape and history, of which nothing but the images is there yet.
    init(_ shape: Shape, _ chart: Chart, tip: Slot, live: Slot) {
        trace = Trace(shape: shape, chart: chart)
        happens(.pushed(tip, isForced: false))
        for image in 0..<shape.images {
            for commit in chart.commits {
                happens(.published(Artifact(image: image, slot: commit.slot), shelf: commit.slot))
            }
            happens(.moved(image: image, Artifact(image: image, slot: live)))
        }
    }

    mutating func happens(_ what: Happening) {
        at += 100
        trace.add(what, at: at)
    }

    mutating func passes(minutes: Int64) { at += minutes * 60_000 }

    mutating func run(
        _ workflow: Workflow, _ slot: Slot, _ state: RunState, attempt: Int = 1,
        decoy: RunPlan.Decoy? = nil
    ) {
        let id = Int64(slot * 10 + workflow.rawValue) + (decoy == nil ? 0 : 1_000)
        happens(.run(Run(id: id, workflow, slot, attempt: attempt, state, decoy: decoy)))
    }

    // MARK: An errand

    mutating func begins(_ errand: Errand, _ order: Order = .look) {
        happens(.began(errand, order))
    }

    mutating func sees(_ errand: Errand, _ question: Question, _ artifact: Artifact? = nil) {
        happens(.saw(errand, question, artifact, asOf: at + 100))
    }

    /// It sees every source of the commit, and the rules let it go.
    mutating func judges(
        _ errand: Errand, _ slot: Slot, from before: Slot? = 1, isOverride: Bool = false
    ) {
        for image in 0..<trace.shape.images {
            sees(
                errand, .source(image: image, shelf: slot), Artifact(image: image, slot: slot))
        }
        happens(
            .judged(
                errand,
                Judgement(
                    slot, .promote,
                    moves: (0..<trace.shape.images).map { image in
                        Judgement.Move(
                            Artifact(image: image, slot: slot),
                            before: before.map { Artifact(image: image, slot: $0) })
                    }, isOverride: isOverride)))
    }

    /// It looks at one target, writes it and has its answer.
    mutating func writes(_ errand: Errand, _ image: Int, _ slot: Slot, from before: Slot? = 1) {
        let artifact = Artifact(image: image, slot: slot)
        sees(errand, .target(image: image), before.map { Artifact(image: image, slot: $0) })
        happens(.sent(errand, artifact))
        happens(.landed(errand, artifact))
        happens(.answered(errand, artifact, nil))
    }

    mutating func ends(
        _ errand: Errand, _ outcome: Receipt.Outcome, _ slot: Slot?, _ reasons: [Reason] = [],
        entry: Int? = nil
    ) {
        var receipt = Receipt(
            channel: Self.channel, commit: slot.map { trace.shape.names.id(of: $0) },
            outcome: outcome, reasons: reasons)
        receipt.promoted = outcome == .promote
        receipt.entry = entry
        receipt.previous = trace.shape.names.id(of: 1)
        happens(.ended(errand, receipt))
    }

    /// A whole promotion without a ledger, as it should be.
    mutating func promotes(_ errand: Errand, _ slot: Slot, from before: Slot = 1) {
        begins(errand)
        judges(errand, slot, from: before)
        for image in 0..<trace.shape.images { writes(errand, image, slot, from: before) }
        ends(errand, .promote, slot)
    }

    // MARK: A ledger

    private var tip: Entry? { trace.truth.entries.last }

    /// An entry by an errand; after the newest one, unless the ledger was to lose one.
    mutating func records(
        _ errand: Errand, _ event: Entry.Event, id: String? = nil, losing lost: Int = 0
    ) {
        let before = trace.truth.entries.points.dropLast(lost).last?.value
        happens(
            .recorded(
                errand,
                Entry(
                    id: id ?? "\(errand) at \(at)", at: ManualClock.start + .milliseconds(at),
                    by: "errand \(errand)", reason: nil, key: Self.key, event: event,
                    after: before, hash: before.map { "\($0.number)" })))
    }

    /// The move of every image to a commit.
    func move(
        _ kind: Movement.Kind, _ slot: Slot, from before: Slot? = 1, isOverride: Bool = false,
        rolledBack: [Slot] = []
    ) -> Entry.Event {
        let names = trace.shape.names
        return .move(
            Movement(
                kind: kind, commit: names.id(of: slot), previous: before.map(names.id),
                images: (0..<trace.shape.images).map { image in
                    Movement.Image(
                        target: names.target(image),
                        digest: names.digest(of: Artifact(image: image, slot: slot)),
                        before: before.map { names.digest(of: Artifact(image: image, slot: $0)) })
                }, isOverride: isOverride),
            rolledBack: rolledBack.map(names.id))
    }

    /// A ledger that begins with c1 as found.
    mutating func adopts(_ errand: Errand) {
        sees(errand, .tip)
        records(errand, move(.adopt, 1, from: nil))
    }

    /// A whole promotion with a ledger that has an entry.
    mutating func promotesByLedger(_ errand: Errand, _ slot: Slot, from before: Slot = 1) {
        sees(errand, .tip)
        judges(errand, slot, from: before)
        records(errand, move(.promote, slot, from: before))
        let number = tip?.number ?? 0
        for image in 0..<trace.shape.images { writes(errand, image, slot, from: before) }
        records(errand, .followed(number))
        ends(errand, .promote, slot, entry: number)
    }

    private static let key = ChannelKey(
        host: "github.com", repository: wellFormed { try CodeRepository("acme/app") },
        channel: channel)

    /// What a promise says of it, in words.
    func broken(_ promise: Promise) -> [String] { promise.breaches(in: trace).map(\.text) }
}
