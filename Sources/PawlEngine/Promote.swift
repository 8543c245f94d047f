import PawlCore
import PawlPorts

extension Engine {
    /// One candidate to its end: facts, verdict, and on promote the move. Judged again when a target
    /// moved meanwhile, at most `Limits.decisionsMax` times. After a promotion by the rules one more
    /// look finds what became promotable while this one was under way.
    func promote(_ candidate: Candidate, event: Observation? = nil) async -> Receipt {
        let receipt = await promoteOnly(candidate, event: event)
        guard receipt.promoted, candidate.override == nil else { return receipt }
        var whole = receipt
        whole.look = await lookPast(candidate).map { [$0] } ?? []
        return whole
    }

    func promoteOnly(_ candidate: Candidate, event: Observation? = nil) async -> Receipt {
        var notes: [Reason] = []
        for _ in 0..<Limits.decisionsMax {
            let gathered = await Gather(ports: ports, policy: policy, event: event)
                .facts(for: candidate)
            let healing = await heal(candidate, gathered)
            switch healing {
            case .left(let receipt): return receipt
            case .healed(let note):
                notes = [note]
                continue
            case .notSplit: break
            case .endsWith(let note), .wouldHeal(let note): notes = [note]
            }

            let decision = decide(candidate, given: gathered.facts, under: policy)
            ports.observer.tell(.judged(candidate, decision.verdict))
            var receipt = Receipt(candidate, decision, gathered.facts)
            receipt.reasons = notes + receipt.reasons
            guard case .promote(let plan, _) = decision.verdict else {
                return isLeftSplit(healing, candidate) ? leftSplit(receipt) : receipt
            }
            guard !isDryRun else { return receipt }

            switch await Move(ports: ports)(plan) {
            case .targetMoved: continue
            case .done(let moved):
                receipt.promoted = true
                receipt.mark(moved)
                return receipt
            case .stopped(let moved, let reasons):
                receipt.outcome = .error
                receipt.reasons = reasons + receipt.reasons
                receipt.mark(moved)
                return receipt
            }
        }
        return targetKeepsMoving(candidate)
    }

    /// Only the group's own newest commit, judged by the rules, is what rule 0 is about.
    private func isLeftSplit(_ healing: Healing, _ candidate: Candidate) -> Bool {
        if case .endsWith = healing, candidate.override == nil { true } else { false }
    }

    private func leftSplit(_ receipt: Receipt) -> Receipt {
        var receipt = receipt
        receipt.outcome = .error
        return receipt
    }

    private func targetKeepsMoving(_ candidate: Candidate) -> Receipt {
        var receipt = Receipt(
            channel: candidate.channel.name, commit: candidate.commit, outcome: .error,
            reasons: [
                Reason(
                    .targetMoved, "\(candidate.channel.to)",
                    "A target tag was moved by somebody else \(Limits.decisionsMax) times while "
                        + "Pawl was deciding.")
            ])
        receipt.override = candidate.override
        return receipt
    }
}

extension Receipt {
    /// Notes which tags this run wrote.
    mutating func mark(_ moved: Set<ImageReference>) {
        for index in images.indices where moved.contains(images[index].target) {
            images[index].moved = true
        }
    }
}
