import PawlCore
import PawlEngine

/// A trace read once, with the records of each errand at hand.
struct Reading: Sendable {
    /// What one errand did, by the places of its records.
    struct Course: Sendable {
        let errand: Errand
        let order: Order
        let began: Int
        /// Its own records, in order, the beginning included.
        var places: [Int]
        /// How it ended; `nil` if it was killed or is not over.
        var receipt: Receipt?
        var isKilled = false
        /// Where it ended or was killed.
        var over: Int?
    }

    let trace: Trace
    let oracle: Oracle
    private(set) var courses: [Errand: Course] = [:]
    /// The errands, in the order of their beginning.
    private(set) var errands: [Errand] = []
    private(set) var calm: Int?

    init(_ trace: Trace) {
        self.trace = trace
        oracle = Oracle(trace: trace)
        for (place, record) in trace.records.enumerated() {
            if case .began(let errand, let order) = record.what {
                courses[errand] = Course(
                    errand: errand, order: order, began: place, places: [place])
                errands.append(errand)
                continue
            }
            if record.what == .calm { calm = place }
            guard let errand = record.what.errand else { continue }
            courses[errand]?.places.append(place)
            switch record.what {
            case .ended(_, let receipt):
                courses[errand]?.receipt = receipt
                courses[errand]?.over = place
            case .crashed:
                courses[errand]?.isKilled = true
                courses[errand]?.over = place
            default: break
            }
        }
    }

    var records: [Record] { trace.records }
    var shape: Shape { trace.shape }
    var chart: Chart { trace.chart }
    var truth: Truth { trace.truth }
    var end: Int { trace.records.count }

    /// What happened at a place.
    subscript(place: Int) -> Happening { trace.records[place].what }

    /// The errand's newest record before a place that fits.
    func last<Found>(
        of errand: Errand, before place: Int, _ fits: (Happening) -> Found?
    ) -> (place: Int, found: Found)? {
        for own in (courses[errand]?.places ?? []).reversed() where own < place {
            if let found = fits(self[own]) { return (own, found) }
        }
        return nil
    }

    /// The plan that an errand was carrying out at a place.
    func plan(of errand: Errand, before place: Int) -> (place: Int, found: Judgement)? {
        last(of: errand, before: place) { what in
            guard case .judged(_, let judgement) = what, judgement.outcome == .promote else {
                return nil
            }
            return judgement
        }
    }

    /// The last record before everything that the errand can have been told of: outdated answers
    /// and an event's own record reach back before its beginning.
    func horizon(of errand: Errand) -> Int {
        guard let course = courses[errand] else { return 0 }
        let earliest = trace.records[course.began].at - trace.staleness
        var place = course.began
        while place > 0, trace.records[place - 1].at >= earliest { place -= 1 }
        place = max(0, place - 1)
        guard case .event(let run) = course.order else { return place }
        let told = records[..<course.began].lastIndex { $0.what == .run(run) }
        return min(place, told ?? place)
    }

    /// The ledger's newest entry before a place.
    func tip(before place: Int) -> Entry? { truth.entries.value(before: place) }

    /// An image of the group by the tag of an entry.
    func image(_ target: ImageReference) -> Int? {
        guard case .target(let image)? = shape.names.place(of: target) else { return nil }
        return image
    }

    func slot(_ commit: CommitID?) -> Slot? { commit.flatMap { shape.names.slot(of: $0) } }

    /// What a recorded plan gives an image.
    func artifact(_ plan: ChannelState.RecordedPlan, _ image: Int) -> Artifact? {
        plan.images.first { self.image($0.target) == image }
            .flatMap { shape.names.artifact(of: $0.digest) }
    }
}

extension Happening {
    /// Whether an errand begins here.
    var isBeginning: Bool { if case .began = self { true } else { false } }

    /// Whose record it is; `nil` for the world's own.
    package var errand: Errand? {
        switch self {
        case .began(let errand, _), .saw(let errand, _, _, _), .failed(let errand, _, _),
            .judged(let errand, _), .sent(let errand, _), .landed(let errand, _),
            .answered(let errand, _, _), .recorded(let errand, _), .announced(let errand, _, _),
            .crashed(let errand), .ended(let errand, _):
            errand
        default: nil
        }
    }
}
