package import PawlCore
import PawlPorts

/// Gathers facts, has them judged, and carries the verdict out. Its state is the world and the
/// local variables of one call; there is nothing to keep between calls, and what a call has seen of
/// a ledger ends with it.
package struct Engine: Sendable {
    let ports: Ports
    let policy: Policy
    let isDryRun: Bool
    /// What the run under way has seen of ledgers; `nil` outside a run.
    private(set) var seen: SeenTips?

    /// An engine for one policy. A dry run asks and judges the same and writes nothing.
    package init(ports: Ports, policy: Policy, isDryRun: Bool = false) {
        self.ports = ports
        self.policy = policy
        self.isDryRun = isDryRun
    }

    /// What a person or an event asks for.
    package enum Order: Hashable, Sendable {
        /// This commit; by order of a person, if an override is given.
        case promote(CommitName, Override?)
        /// The newest commit that may be promoted.
        case look
        /// Back to this commit; what came after it is quarantined, and the channel is held.
        case rollback(CommitName, Override)
        /// Nothing moves by itself any more.
        case hold(Statement)
        /// The hold is lifted; this commit, or the branch's tip, and its descendants go by
        /// themselves.
        case resume(CommitName?, Statement)
        /// This commit does not go by itself.
        case quarantine(CommitName, Statement)
        /// The ledger takes the tags as they are.
        case adopt(Statement)
        /// The tags are put back to where the ledger says.
        case follow(Statement)
    }

    /// Carries one order out on one channel. Never throws: what could not be told or done is in the
    /// receipt.
    package func carryOut(_ order: Order, on channel: Channel) async -> Receipt {
        await run { await $0.carriedOut(order, on: channel) }
    }

    private func run(_ work: (Self) async -> Receipt) async -> Receipt {
        var engine = self
        engine.seen = SeenTips()
        return await work(engine)
    }

    private func carriedOut(_ order: Order, on channel: Channel) async -> Receipt {
        var receipt = await receipt(of: order, on: channel)
        receipt.isDryRun = isDryRun
        receipt.reasons += await announceNewest(of: channel)
        return receipt
    }

    private func receipt(of order: Order, on channel: Channel) async -> Receipt {
        switch order {
        case .look: return await look(on: channel)
        case .promote(let name, let override):
            return await withCommit(name, channel) { commit in
                await promote(Candidate(channel: channel, commit: commit, override: override))
            }
        case .rollback(let name, let override):
            return await withCommit(name, channel) { await rollback(channel, to: $0, override) }
        case .hold(let statement): return await hold(channel, statement)
        case .resume(let name?, let statement):
            return await withCommit(name, channel) {
                await resume(channel, from: $0, statement)
            }
        case .resume(nil, let statement): return await resume(channel, from: nil, statement)
        case .quarantine(let name, let statement):
            return await withCommit(name, channel) {
                await quarantine(channel, $0, statement)
            }
        case .adopt(let statement): return await adopt(channel, statement)
        case .follow(let statement): return await follow(channel, statement)
        }
    }

    /// Full ids are taken as they are; short ones are resolved at the host.
    private func withCommit(
        _ name: CommitName, _ channel: Channel, _ work: (CommitID) async -> Receipt
    ) async -> Receipt {
        if case .full(let commit) = name {
            let receipt = await work(commit)
            return await isUnknown(commit, receipt)
                ? unknownCommit("\(commit)", channel) : receipt
        }
        switch await Fact.asking({ try await ports.history.resolve(name) }) {
        case .seen(let commit): return await work(commit)
        case .absent: return unknownCommit("\(name)", channel)
        case .unreadable(let failure): return unresolved(name, channel, failure)
        }
    }

    /// Carries out what an event says about one channel: its own commit first, and if that is
    /// neither promoted nor settled, a look.
    package func carryOut(_ observation: Observation, on channel: Channel) async -> Receipt {
        await run { await $0.carriedOut(observation, on: channel) }
    }

    private func carriedOut(_ observation: Observation, on channel: Channel) async -> Receipt {
        var receipt: Receipt
        switch concern(of: observation, for: channel, under: policy) {
        case .none(let reason):
            receipt = Receipt(
                channel: channel.name, commit: nil, outcome: .ignore, reasons: [reason])
        case .look:
            receipt = await look(on: channel)
        case .candidate(let commit):
            receipt = await promote(
                Candidate(channel: channel, commit: commit, isFound: true), event: observation)
            if receipt.outcome == .hold || receipt.outcome == .reject {
                receipt.look = [await look(on: channel, except: commit)]
            }
        }
        receipt.isDryRun = isDryRun
        if receipt.outcome != .ignore { receipt.reasons += await announceNewest(of: channel) }
        return receipt
    }

    /// "Not on the branch" may mean "no such commit": the host is asked once, to say it plainly.
    private func isUnknown(_ commit: CommitID, _ receipt: Receipt) async -> Bool {
        guard
            receipt.reasons.contains(where: {
                $0.code == .otherBranch
                    || $0.code == .ancestryUnreadable && $0.subject == commit.hex
            })
        else { return false }
        return await Fact.asking { try await ports.history.resolve(.full(commit)) } == .absent
    }

    func unknownCommit(_ name: String, _ channel: Channel) -> Receipt {
        Receipt(
            channel: channel.name, commit: nil, outcome: .error,
            reasons: [
                Reason(.badCandidate, name, "\(policy.repository) has no commit \(name).")
            ])
    }

    private func unresolved(
        _ name: CommitName, _ channel: Channel, _ failure: PortFailure
    ) -> Receipt {
        let isAmbiguous = failure.code == .ambiguous
        return Receipt(
            channel: channel.name, commit: nil, outcome: .error,
            reasons: [
                isAmbiguous
                    ? Reason(
                        .badCandidate, "\(name)", "More than one commit begins with \(name).",
                        advice: "Give more digits.")
                    : Reason(
                        .ancestryUnreadable, "\(name)",
                        "The commit \(name) could not be resolved: \(failure.detail).",
                        advice: failure.advice)
            ])
    }
}
