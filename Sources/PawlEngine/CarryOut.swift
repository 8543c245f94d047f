import PawlCore
import PawlPorts

/// A candidate with what was seen and what the rules say of it.
struct Judged: Sendable {
    let candidate: Candidate
    let gathered: Gather.Gathered
    let decision: Decision

    init(_ candidate: Candidate, _ gathered: Gather.Gathered, _ decision: Decision) {
        self.candidate = candidate
        self.gathered = gathered
        self.decision = decision
    }

    /// Whether a person's order takes the group back.
    var isRollback: Bool {
        candidate.override != nil
            && gathered.facts.images.contains { $0.ancestry == .seen(.behind) }
    }
}

extension Engine {
    /// Rule 8 with a ledger: push rights first, then the entry, then the tags. `nil`: somebody else
    /// appended meanwhile, so it is to be decided again.
    func carryOut(
        _ plan: Plan, _ judged: Judged, _ verdict: Receipt, _ ledger: ChannelLedger
    ) async -> Receipt? {
        let candidate = judged.candidate
        let channel = candidate.channel
        var receipt = verdict
        do throws(PortFailure) {
            try await ports.registry.preparePush(
                to: plan.moves.filter(\.isNeeded).map(\.image.target))
        } catch {
            let target = plan.moves.first { $0.isNeeded }?.target
            receipt.outcome = .error
            receipt.reasons = [notMoved(error, target.map { "\($0)" } ?? "")] + receipt.reasons
            return receipt
        }
        let tip = judged.gathered.entry
        if judged.isRollback, judged.gathered.graph == nil {
            receipt.outcome = .hold
            receipt.reasons = [unknownAfter(candidate.commit)]
            return receipt
        }
        let movement = Movement(
            judged.isRollback ? .rollback : .promote, plan, to: candidate.commit,
            from: tip?.plan?.commit ?? receipt.previous, findings: judged.decision.findings,
            isOverride: candidate.override != nil)
        let after = judged.isRollback ? commits(after: candidate.commit, judged.gathered.graph) : []
        let appended: ChannelLedger.Answer
        do throws(PortFailure) {
            appended = try await ledger.append(
                .move(movement, rolledBack: after), reason: candidate.override?.reason,
                by: candidate.override?.actor, after: tip)
        } catch {
            receipt.outcome = .error
            receipt.reasons =
                [ledgerUnwritable(error, channel, "Nothing was moved, as it could not be recorded")]
                + receipt.reasons
            return receipt
        }
        let added: Tip
        switch appended {
        case .moved: return nil
        case .superseded(let own, let newer):
            receipt.entry = own.entry.number
            note(.superseded(newer, moved: []), in: &receipt)
            return receipt
        case .added(let tip): added = tip
        }
        receipt.entry = added.entry.number
        if judged.isRollback { receipt.reasons.append(heldAt(candidate.commit, channel)) }
        note(
            await settle(added, on: channel, ledger, judged.gathered.facts.images, isOwn: true),
            in: &receipt)
        return receipt
    }

    /// What following came to, in the receipt of the run that appended the move.
    func note(_ settling: Settling, in receipt: inout Receipt) {
        switch settling {
        case .followed(let tip, let moved):
            receipt.entry = receipt.entry ?? tip.plan?.entry
            receipt.outcome = .promote
            receipt.promoted = true
            receipt.mark(moved)
        case .superseded(let newer, _):
            receipt.outcome = .settled
            receipt.reasons = [
                Reason(
                    .superseded, "\(receipt.channel)",
                    "Another run moved \(receipt.channel) to "
                        + "\(newer.plan?.commit.short ?? "another commit") meanwhile.")
            ]
        case .stopped(let moved, let reasons):
            receipt.outcome = .error
            receipt.reasons = reasons + receipt.reasons
            receipt.mark(moved)
        }
    }

    /// What a rollback does beside moving.
    func heldAt(_ commit: CommitID, _ channel: Channel) -> Reason {
        Reason(
            .held, "\(channel.name)",
            "\(channel.name) is held, and every commit after \(commit.short) is quarantined.",
            advice: "pawl resume lifts the hold once a fix is on the branch.")
    }

    /// Without the branch's log nobody knows what a rollback has to quarantine.
    func unknownAfter(_ commit: CommitID) -> Reason {
        Reason(
            .ancestryUnreadable, policy.branch.text,
            "Which commits came after \(commit.short) could not be read, so that nothing would "
                + "keep them from going again.")
    }

    /// The commits of the branch's newest page that are neither the commit nor its ancestors.
    func commits(after commit: CommitID, _ graph: CommitGraph?) -> [CommitID] {
        guard let graph else { return [] }
        return graph.commits.map(\.id).filter { id in
            let ancestry = graph.ancestry(of: id, from: commit)
            return ancestry != .identical && ancestry != .behind
        }
    }
}
