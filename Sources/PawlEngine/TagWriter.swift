import PawlCore
import PawlPorts

/// The only code that writes tags. A plan's moves are all it takes.
struct TagWriter: Sendable {
    let ports: Ports

    /// Writes every move at once; a failure for each that was not confirmed.
    func write(_ moves: [Plan.Move]) async -> [(Plan.Move, PortFailure?)] {
        await each(moves) { move -> PortFailure? in
            do throws(PortFailure) {
                try await ports.registry.put(
                    move.digest, from: await origin(of: move), at: move.target)
                ports.observer.tell(.moved(move.target, move.digest))
                return nil
            } catch {
                return error
            }
        }
    }

    /// Where the manifest is taken from: what was live once is still beside the tag, also where the
    /// repository of the sources has dropped it.
    private func origin(of move: Plan.Move) async -> Repository {
        guard move.image.source != move.image.target else { return move.image.source }
        let pinned = ImageReference(move.image.target, move.digest)
        let look = await Fact.asking { try await ports.registry.digest(of: pinned) }
        return look.value == nil ? move.image.source : move.image.target
    }

    /// A tag back to where it was.
    func putBack(_ move: Plan.Move, to before: Digest) async throws(PortFailure) {
        try await ports.registry.put(before, from: move.image.target, at: move.target)
        ports.observer.tell(.putBack(move.target, before))
    }

    /// What each target is at now.
    func look(at moves: [Plan.Move]) async -> [(Plan.Move, Fact<Digest>)] {
        await each(moves) { move in
            await Fact.asking { try await ports.registry.digest(of: move.target) }
        }
    }

    /// All moves at once; answers in the plan's order.
    func each<Answer: Sendable>(
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

/// The reason for a tag that could not be moved, in the word that fits the failure.
func notMoved(_ failure: PortFailure, _ subject: String) -> Reason {
    let code: ReasonCode =
        switch failure.code {
        case .denied, .untrusted: .registryDenied
        case .immutable: .tagImmutable
        case .refused, .tooLarge, .unsupported, .missing: .unfinished
        default: .registryUnreadable
        }
    return Reason(
        code, subject, "\(subject) could not be moved: \(failure.detail).",
        advice: failure.advice)
}
