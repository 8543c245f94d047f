import PawlCore
import PawlEngine

/// Explains itself: whatever does not promote names a reason with what to do, the exit status is
/// the contract's, and what is said of gates, of order and of rest was so at a moment that the
/// errand can have seen.
struct ExplainsItself {
    private let reading: Reading
    private var oracle: Oracle { reading.oracle }

    init(_ reading: Reading) { self.reading = reading }

    func breaches() -> [(Int, String)] {
        reading.errands.compactMap { errand -> (Int, String)? in
            guard let course = reading.courses[errand], let over = course.over,
                let receipt = course.receipt
            else { return nil }
            let text = silent(receipt, course) ?? exit(receipt) ?? untrue(receipt, course, over)
            return text.map { (over, "#\(errand) \($0)") }
        }
    }

    private func silent(_ whole: Receipt, _ course: Reading.Course) -> String? {
        for receipt in [whole] + whole.look where !receipt.isDryRun {
            switch receipt.outcome {
            case .promote where !receipt.promoted: return "says promote, and did not"
            case .promote, .settled: break
            case .hold, .reject, .ignore, .error:
                // What follows an order may leave the reason to the order's own receipt.
                guard receipt.reasons.isEmpty, whole.reasons.isEmpty else { break }
                return "says \(receipt.outcome.rawValue) without a reason"
            }
            if receipt.outcome == .settled, !isJudgedSettled(receipt, course),
                receipt.reasons.contains(where: isDoubt)
            {
                return "says that all is settled, and could not tell"
            }
            if let reason = receipt.reasons.first(where: { $0.text.isEmpty || $0.advice.isEmpty }) {
                return "gives no words for \(reason.code.rawValue)"
            }
        }
        return nil
    }

    /// Whether the commit itself was judged and found in place, so that only newer ones are
    /// doubtful.
    private func isJudgedSettled(_ receipt: Receipt, _ course: Reading.Course) -> Bool {
        course.places.contains { place in
            guard case .judged(_, let judgement) = reading[place] else { return false }
            return judgement.outcome == .settled && judgement.slot == reading.slot(receipt.commit)
        }
    }

    /// Whether a reason says that something about the tags could not be told. That a hook could not
    /// be told of them is another matter.
    private func isDoubt(_ reason: Reason) -> Bool {
        reason.code.couldNotTell && reason.code != .ledgerUnwritable
    }

    /// 0 promoted, settled, hold, ignore; 1 reject; 2 wrong use; 3 could not tell or finish.
    private func exit(_ receipt: Receipt) -> String? {
        let couldNotTell = receipt.reasons.contains(where: \.code.couldNotTell)
        let isWrongUse = receipt.reasons.contains {
            $0.code == .badCandidate || $0.code == .wrongUse
        }
        let own: Int32 =
            switch receipt.outcome {
            case .promote, .settled, .ignore: 0
            case .hold: couldNotTell ? 3 : 0
            case .reject: 1
            case .error: isWrongUse ? 2 : 3
            }
        let look = receipt.look.first
        let isOver = receipt.outcome == .promote || receipt.outcome == .settled
        let due: Int32 =
            isOver || look == nil
            ? own : look?.promoted == true ? 0 : look?.exitStatus == 3 ? 3 : own
        return receipt.exitStatus == due
            ? nil : "ends with \(receipt.exitStatus), and the contract says \(due)"
    }

    private func untrue(
        _ receipt: Receipt, _ course: Reading.Course, _ over: Int
    ) -> String? {
        let first = reading.horizon(of: course.errand)
        // What a person says is settled when it is recorded.
        let isJudged =
            switch course.order {
            case .event, .look, .promote: true
            default: false
            }
        for receipt in [receipt] + receipt.look {
            if isJudged, receipt.outcome == .settled,
                !isSettled(receipt, from: first, through: over)
            {
                return "says that \(receipt.commit?.short ?? "?") is live, and it was not"
            }
            for reason in receipt.reasons {
                let slots = about(reason, receipt, course)
                let isSo = slots.contains { isTrue(reason, $0, from: first, through: over) }
                guard !slots.isEmpty, !isSo else { continue }
                return "says \(reason.code.rawValue) of c\(slots[0]), and it was not so"
            }
        }
        return nil
    }

    /// The commits that a reason may be about: the one that it names, else the receipt's and, where
    /// others had to be judged first, theirs.
    private func about(
        _ reason: Reason, _ receipt: Receipt, _ course: Reading.Course
    ) -> [Slot] {
        // Where somebody else moved the tags, it is said why that commit is not taken.
        if receipt.reasons.contains(where: { $0.code == .movedByOthers }) { return [] }
        // Of a split group, the reasons are those of its newest commit, which may have changed.
        if receipt.reasons.contains(where: { $0.code == .groupSplit }) { return [] }
        if let named = reading.slot(try? CommitID(reason.subject)) { return [named] }
        let judged = course.places.compactMap { place -> Slot? in
            if case .saw(_, .runs(let slot), _, _) = reading[place] { slot } else { nil }
        }
        return (reading.slot(receipt.commit).map { [$0] } ?? []) + judged
    }

    private func isTrue(_ reason: Reason, _ slot: Slot, from first: Int, through last: Int) -> Bool
    {
        switch reason.code {
        case .buildFailed:
            states(of: .publish, slot, first, last).contains { $0.map(isRed) ?? false }
        case .buildRunning:
            states(of: .publish, slot, first, last).contains { $0.map(isUnfinished) ?? false }
        case .gateFailed, .gateUnknown:
            states(of: .publish, slot, first, last).contains { $0.map(isRedWord) ?? false }
                || gateStates(slot, first, last).contains {
                    isRedWord($0.state) || isRedWord($0.job)
                }
                || reading.truth.checks[slot].values(from: first, through: last)
                    .contains { $0.map(isRedWord) ?? false }
        case .gateRunning: gateStates(slot, first, last).contains { isUnfinished($0.state) }
        case .otherBranch:
            reading.truth.tip.values(from: first, through: last).contains { tip in
                tip.map { !reading.chart.isAtOrBelow(slot, $0) } ?? true
            }
        default: true
        }
    }

    private func isRedWord(_ state: RunState) -> Bool {
        switch state {
        case .failure, .timedOut, .startupFailure, .unknown: true
        default: false
        }
    }

    private func states(
        of workflow: Workflow, _ slot: Slot, _ first: Int, _ last: Int
    ) -> [RunState?] {
        reading.truth.runs.filter { $0.workflow == workflow && $0.slot == slot && $0.decoy == nil }
            .flatMap { $0.states.values(from: first, through: last).map { $0?.state } }
    }

    /// Red and unfinished runs are inherited, so that those of the commit's ancestors count too.
    private func gateStates(_ slot: Slot, _ first: Int, _ last: Int) -> [Run] {
        reading.truth.runs.filter {
            $0.workflow != .publish && $0.decoy == nil && reading.chart.isAtOrBelow($0.slot, slot)
        }.flatMap { $0.states.values(from: first, through: last).compactMap(\.self) }
    }

    /// Every image was at one commit, each at a moment of the errand.
    private func isSettled(_ receipt: Receipt, from first: Int, through last: Int) -> Bool {
        guard let slot = reading.slot(receipt.commit),
            !receipt.reasons.contains(where: { $0.code == .behind || $0.code == .superseded }),
            receipt.previous != nil || !receipt.images.isEmpty
        else { return true }
        let planned = reading.truth.entries.values(from: first, through: last).contains {
            reading.slot($0?.state.plan?.commit) == slot
        }
        return planned
            || (0..<reading.shape.images).allSatisfy { image in
                let shelf = reading.shape.names.shelf(of: slot)
                let sources = reading.truth.source(image: image, shelf: shelf)
                    .values(from: first, through: last).compactMap { $0 ?? nil }
                return reading.truth.targets[image].values(from: first, through: last).contains {
                    guard let target = ($0 ?? nil) else { return false }
                    return target.live == slot || sources.contains(target)
                }
            }
    }
}
