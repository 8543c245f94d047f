import PawlCore
import PawlPorts

extension Engine {
    /// One candidate to its end: facts, verdict, and on promote the move. Judged again when a
    /// target moved meanwhile, at most `Limits.decisionsMax` times. After a promotion by the rules
    /// one more look finds what became promotable while this one was under way.
    func promote(_ candidate: Candidate, event: Observation? = nil) async -> Receipt {
        let receipt = await promoteOnly(candidate, event: event)
        guard receipt.promoted, candidate.override == nil else { return receipt }
        var whole = receipt
        whole.look = await lookPast(candidate).map { [$0] } ?? []
        return whole
    }

    /// `log` and `tip` are the branch's log and the ledger's newest entry where the caller has just
    /// read them; they serve the first judging.
    func promoteOnly(
        _ candidate: Candidate, event: Observation? = nil, log: CommitGraph? = nil,
        tip: Fact<Tip>? = nil
    ) async -> Receipt {
        var healed: [Reason] = []
        var movedTargets = 0
        var isForward = false
        for attempt in 0..<Limits.appendAttemptsMax {
            let gather = Gather(
                ports: ports, policy: policy, event: event, log: attempt == 0 ? log : nil,
                ledger: ledger(of: candidate.channel), tip: attempt == 0 ? tip : nil,
                isDryRun: isDryRun)
            let gathered = await gather.facts(for: candidate)
            let healing: Healing
            switch await ground(candidate, gathered) {
            case .ends(var receipt):
                receipt.reasons = healed + receipt.reasons
                receipt.override = candidate.override
                return receipt
            case .again(let notes):
                healed += notes
                continue
            case .stands(let found): healing = found
            }
            let notes = healed + healing.notes

            let decision = decide(candidate, given: gathered.facts, under: policy)
            ports.observer.tell(.judged(candidate, decision.verdict))
            var receipt = Receipt(candidate, decision, gathered.facts)
            guard case .promote(let plan, _) = decision.verdict else {
                return staying(receipt, healing, notes)
            }
            receipt.reasons = notes + receipt.reasons
            guard !isDryRun else { return receipt }
            let judged = Judged(candidate, gathered, decision)
            if isForward, judged.isRollback { return overtaken(candidate, receipt) }
            isForward = !judged.isRollback

            if let ledger = ledger(of: candidate.channel) {
                let carried = await carryOut(plan, judged, receipt, ledger)
                if let carried { return carried }
                continue
            }
            switch await Move(ports: ports)(plan) {
            case .targetMoved:
                movedTargets += 1
                if movedTargets == Limits.decisionsMax { return targetKeepsMoving(candidate) }
            case .done(let moved):
                receipt.promoted = true
                receipt.mark(moved)
                return receipt
            case .stopped(let moved, let reasons):
                receipt.outcome = .error
                receipt.reasons = reasons + stillSplit(healing, notes) + decision.verdict.reasons
                receipt.mark(moved)
                return receipt
            }
        }
        return targetKeepsMoving(candidate)
    }

    /// A person ordered a move forward, and another run was faster: to take the group back is
    /// another order, which nobody gave.
    private func overtaken(_ candidate: Candidate, _ verdict: Receipt) -> Receipt {
        var receipt = verdict
        receipt.outcome = .error
        receipt.reasons = [
            Reason(
                .superseded, "\(candidate.channel.name)",
                "\(candidate.channel.name) was moved to "
                    + "\(verdict.previous?.short ?? "a newer commit") meanwhile, and "
                    + "\(candidate.commit.short) is older. Nothing was moved.",
                advice: "To take the group back, give the order again.")
        ]
        return receipt
    }

    /// A group whose last write failed is not called healed.
    private func stillSplit(_ healing: Healing, _ notes: [Reason]) -> [Reason] {
        if case .endsWith(let split, _) = healing { [split] } else { notes }
    }

    /// A candidate that does not go. Where it was to end a split by the rules, the group is left
    /// split, and that comes first.
    private func staying(
        _ receipt: Receipt, _ healing: Healing, _ notes: [Reason]
    ) -> Receipt {
        var receipt = receipt
        guard case .endsWith(let split, _) = healing else {
            receipt.reasons = notes + receipt.reasons
            return receipt
        }
        if receipt.override == nil { receipt.outcome = .error }
        receipt.reasons = [split] + receipt.reasons
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
