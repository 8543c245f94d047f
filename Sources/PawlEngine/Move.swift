import PawlCore
import PawlPorts

/// Makes the tags of a group match a plan where no ledger is kept: the registry is the truth, so a
/// target that changed is judged again, and a group that cannot be finished goes back.
struct Move: Sendable {
    let ports: Ports
    private let writer: TagWriter

    init(ports: Ports) {
        self.ports = ports
        writer = TagWriter(ports: ports)
    }

    /// What came of it.
    enum Outcome: Sendable {
        /// Every tag of the plan is there; these were written now.
        case done(moved: Set<ImageReference>)
        /// A target is no longer what was judged; nothing was written.
        case targetMoved(ImageReference)
        /// Not every tag could be moved; these are at the plan's digest by this run.
        case stopped(moved: Set<ImageReference>, reasons: [Reason])
    }

    func callAsFunction(_ plan: Plan) async -> Outcome {
        let needed = plan.moves.filter(\.isNeeded)
        do throws(PortFailure) {
            try await ports.registry.preparePush(to: needed.map(\.image.target))
        } catch {
            let target = needed.first?.target
            return .stopped(
                moved: [], reasons: [notMoved(error, target.map { "\($0)" } ?? "")])
        }
        if let changed = await changedTarget(needed) { return changed }

        let answers = await writer.write(needed)
        let failures = answers.compactMap { move, failure in failure.map { (move, $0) } }
        let moved = answers.compactMap { move, failure in failure == nil ? move : nil }
        guard let (_, first) = failures.first else {
            return .done(moved: Set(moved.map(\.target)))
        }
        for (move, failure) in failures { ports.observer.tell(.notMoved(move.target, failure)) }
        let reasons = failures.map { notMoved($1, "\($0.target)") }
        guard failures.contains(where: { $1.isPermanent }) else {
            return .stopped(
                moved: Set(moved.map(\.target)),
                reasons: reasons + [unfinished(moved, of: needed, first)])
        }
        // A write without an answer may have been applied all the same.
        let doubtful = failures.filter { !$1.isPermanent }.map(\.0)
        let (remaining, remarks) = await putBack(moved, doubtful)
        return .stopped(moved: Set(remaining.map(\.target)), reasons: reasons + remarks)
    }

    /// Rule 8: each target once more, immediately before its write.
    private func changedTarget(_ moves: [Plan.Move]) async -> Outcome? {
        for (move, look) in await writer.look(at: moves) {
            switch look {
            case .unreadable(let failure):
                return .stopped(moved: [], reasons: [notMoved(failure, "\(move.target)")])
            case .seen, .absent:
                if look.value != move.before { return .targetMoved(move.target) }
            }
        }
        return nil
    }

    /// A group that one image is refused for good goes back where it was: what was moved, and what
    /// may have been. Each target is looked at first, and one that is not at the plan's digest is
    /// not ours to put back.
    private func putBack(
        _ moved: [Plan.Move], _ doubtful: [Plan.Move]
    ) async -> (remaining: [Plan.Move], [Reason]) {
        let answers = await writer.each(moved + doubtful) { move -> Reason? in
            let look = await Fact.asking { try await ports.registry.digest(of: move.target) }
            switch look {
            case .seen(move.digest): return await putBack(move)
            case .unreadable(let failure):
                return Reason(
                    .unfinished, "\(move.target)",
                    "\(move.target) may be at \(move.digest.short), and could not be looked at "
                        + "again: \(failure.detail).")
            case .seen, .absent:
                let isLeft = doubtful.contains(move) && look.value == move.before
                return isLeft
                    ? nil
                    : Reason(
                        .targetMoved, "\(move.target)",
                        "\(move.target) was moved by somebody else meanwhile, and was left there.")
            }
        }
        let left = answers.filter { $0.1 != nil }
        return (left.map { $0.0 }.filter(moved.contains), left.compactMap { $0.1 })
    }

    /// A tag that was not there before stays: registries do not let a tag be taken away without its
    /// manifest.
    private func putBack(_ move: Plan.Move) async -> Reason? {
        guard let before = move.before else {
            return Reason(
                .unfinished, "\(move.target)",
                "\(move.target) was not there before and could not be taken away again.")
        }
        do throws(PortFailure) {
            try await writer.putBack(move, to: before)
            return nil
        } catch {
            return Reason(
                .unfinished, "\(move.target)",
                "\(move.target) could not be put back to \(before.short): \(error.detail).")
        }
    }

    private func unfinished(
        _ moved: [Plan.Move], of needed: [Plan.Move], _ failure: PortFailure
    ) -> Reason {
        Reason(
            .unfinished, needed.first.map { "\($0.target)" } ?? "",
            "\(moved.count) of \(needed.count) tags were moved before the registry failed "
                + "(\(failure.detail)).")
    }
}
