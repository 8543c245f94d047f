package import PawlCore

/// What one order came to, for people and programs: the verdict, what led to it and what was moved.
package struct Receipt: Hashable, Sendable {
    /// The contract's words for a verdict; `error` where the run could not finish.
    package enum Outcome: String, Hashable, Sendable, CaseIterable {
        case promote, settled, hold, reject, ignore, error
    }

    /// What came of one image.
    package struct Image: Hashable, Sendable {
        /// Where the tag is.
        package let target: ImageReference
        /// The source tag; `nil` where no commit was judged.
        package let from: Tag?
        /// The source's digest, as it was judged.
        package let source: Fact<Digest>
        /// The target's digest before this run.
        package let current: Fact<Digest>
        /// Whether this run wrote it.
        package var moved: Bool

        /// The digest judged; `nil` if the source was not seen.
        package var digest: Digest? { source.value }
        /// The digest that the target had; `nil` if it was not there or not seen.
        package var before: Digest? { current.value }
    }

    /// The channel.
    package let channel: Channel.Name
    /// The commit judged; `nil` if there was none.
    package var commit: CommitID?
    /// What it came to.
    package var outcome: Outcome
    /// Why, in rule order.
    package var reasons: [Reason]
    /// Every finding, in rule order; empty where nothing was judged.
    package var findings: [Finding] = []
    /// One for each image of the channel, in its order.
    package var images: [Image] = []
    /// The commit that was live before, where it is known.
    package var previous: CommitID?
    /// The person's order that the run carried out.
    package var override: Override?
    /// Whether nothing could be written by design.
    package var isDryRun = false
    /// Whether the group is at `commit` by the work of this run.
    package var promoted = false
    /// The place of the ledger's entry that recorded the move; `nil` if nothing was recorded.
    package var entry: Int?
    /// What the look that followed came to; at most one.
    package var look: [Receipt] = []

    /// A receipt of which only the outcome is known yet.
    package init(
        channel: Channel.Name, commit: CommitID?, outcome: Outcome, reasons: [Reason]
    ) {
        self.channel = channel
        self.commit = commit
        self.outcome = outcome
        self.reasons = reasons
    }

    /// The contract's exit status: 0 promoted, settled, hold, ignore; 1 reject; 2 wrong use; 3
    /// could not tell or could not finish.
    package var exitStatus: Int32 {
        let own: Int32 =
            switch outcome {
            case .promote, .settled, .ignore: 0
            case .hold: reasons.contains { $0.code.couldNotTell } ? 3 : 0
            case .reject: 1
            case .error:
                reasons.contains { $0.code == .badCandidate || $0.code == .wrongUse } ? 2 : 3
            }
        guard let look = look.first, !(outcome == .promote || outcome == .settled) else {
            return own
        }
        if look.promoted { return 0 }
        return look.exitStatus == 3 ? 3 : own
    }
}

extension Receipt {
    /// The reason to tell first: of a rejection what rejects, else the first one about the commit
    /// itself. A promotion that only passed over newer commits has none.
    package var foremost: Reason? {
        let against = findings.filter { !$0.isOverridden }.compactMap { finding -> Reason? in
            switch finding.judgement {
            case .reject(let reason): reason
            case .hold(let reason): outcome == .hold ? reason : nil
            case .pass, .warn, .settle: nil
            }
        }
        if let first = reasons.first(where: against.contains) { return first }
        return outcome == .promote
            ? reasons.first { !isAboutAnother($0) }
            : reasons.first { !$0.code.isNote } ?? reasons.first
    }

    /// Whether a look gave the reason for passing over another commit.
    package func isAboutAnother(_ reason: Reason) -> Bool {
        (try? CommitID(reason.subject)).map { $0 != commit } ?? false
    }
}

extension Receipt {
    /// A candidate judged and nothing written.
    init(_ candidate: Candidate, _ decision: Decision, _ facts: Facts) {
        let outcome: Outcome =
            switch decision.verdict {
            case .promote: .promote
            case .settled: .settled
            case .hold: .hold
            case .reject: .reject
            case .ignore: .ignore
            }
        self.init(
            channel: candidate.channel.name, commit: candidate.commit, outcome: outcome,
            reasons: decision.verdict.reasons)
        findings = decision.findings
        override = candidate.override
        let from = try? candidate.channel.from.tag(for: candidate.commit)
        images = facts.images.map { image in
            Image(
                target: ImageReference(image.image.target, candidate.channel.to), from: from,
                source: image.source, current: image.target, moved: false)
        }
        let lives = facts.images.compactMap(\.live.value)
        previous =
            isSettled(candidate, facts)
            ? candidate.commit : lives.first { $0 != candidate.commit } ?? lives.first
    }
}
