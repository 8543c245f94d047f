import PawlCore
import PawlPorts

/// Makes the tags of a group match a plan. The only code that writes to a registry; a plan is all
/// it takes, and only `decide` makes plans.
struct Move: Sendable {
    let ports: Ports

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
                moved: [], reasons: [reason(error, about: target.map { "\($0)" } ?? "")])
        }
        if let changed = await changedTarget(needed) { return changed }

        let answers = await write(needed)
        let failures = answers.compactMap { move, failure in failure.map { (move, $0) } }
        let moved = answers.compactMap { move, failure in failure == nil ? move : nil }
        guard let (_, first) = failures.first else {
            return .done(moved: Set(moved.map(\.target)))
        }
        for (move, failure) in failures { ports.observer.tell(.notMoved(move.target, failure)) }
        let reasons = failures.map { reason($1, about: "\($0.target)") }
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
        let looks = await each(moves) { move in
            await Fact.asking { try await ports.registry.digest(of: move.target) }
        }
        for (move, look) in looks {
            switch look {
            case .unreadable(let failure):
                return .stopped(moved: [], reasons: [reason(failure, about: "\(move.target)")])
            case .seen, .absent:
                if look.value != move.before { return .targetMoved(move.target) }
            }
        }
        return nil
    }

    private func write(_ moves: [Plan.Move]) async -> [(Plan.Move, PortFailure?)] {
        await each(moves) { move -> PortFailure? in
            do throws(PortFailure) {
                try await ports.registry.put(
                    move.digest, from: move.image.source, at: move.target)
                ports.observer.tell(.moved(move.target, move.digest))
                return nil
            } catch {
                return error
            }
        }
    }

    /// A group that one image is refused for good goes back where it was: what was moved, and what
    /// may have been. Each target is looked at first, and one that is not at the plan's digest is
    /// not ours to put back.
    private func putBack(
        _ moved: [Plan.Move], _ doubtful: [Plan.Move]
    ) async -> (remaining: [Plan.Move], [Reason]) {
        let answers = await each(moved + doubtful) { move -> Reason? in
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
            try await ports.registry.put(before, from: move.image.target, at: move.target)
            ports.observer.tell(.putBack(move.target, before))
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

    private func reason(_ failure: PortFailure, about subject: String) -> Reason {
        let code: ReasonCode =
            switch failure.code {
            case .denied, .untrusted: .registryDenied
            case .immutable: .tagImmutable
            case .refused, .tooLarge, .unsupported: .unfinished
            default: .registryUnreadable
            }
        return Reason(
            code, subject, "\(subject) could not be moved: \(failure.detail).",
            advice: failure.advice)
    }

    /// All moves at once; answers in the plan's order.
    private func each<Answer: Sendable>(
        _ moves: [Plan.Move], _ work: @escaping @Sendable (Plan.Move) async -> Answer
    ) async -> [(Plan.Move, Answer)] {
        let answers = await withTaskGroup(of: (Int, Answer).self) { group in
            for (index, move) in moves.enumerated() {
                group.addTask { (index, await work(move)) }
            }
            var answers: [Int: Answer] = [:]
            for await (index, answer) in group { answers[index] = answer }
            return answers
        }
        return moves.enumerated().compactMap { index, move in
            answers[index].map { (move, $0) }
        }
    }
}
