/// What an entry that moves says: the digest that every target tag shall have, and whence.
package struct Movement: Hashable, Sendable {
    /// Why the ledger's plan changed. The raw values are the words of the entries.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The rules let the commit go, or a person ordered it.
        case promote
        /// A person took the group back.
        case rollback
        /// The tags are put back to an earlier move: one image could not follow, or somebody else
        /// had moved them.
        case restore
        /// The tags are where somebody else put them, and the ledger takes that as it is.
        case adopt
    }

    /// One tag of the group.
    package struct Image: Hashable, Sendable {
        /// The tag that shall have the digest.
        package let target: ImageReference
        /// The digest.
        package let digest: Digest
        /// The digest that was seen at the tag when this was decided; `nil` if it was not there.
        package let before: Digest?

        /// One tag's part.
        package init(target: ImageReference, digest: Digest, before: Digest?) {
            self.target = target
            self.digest = digest
            self.before = before
        }
    }

    /// Why.
    package let kind: Kind
    /// The commit that the channel is at by this entry.
    package let commit: CommitID
    /// The commit that it was at before; `nil` for the first one.
    package let previous: CommitID?
    /// In the order of the policy; a target is there once.
    package let images: [Image]
    /// What was seen of every rule, one sentence each; empty where no rule was asked.
    package let evidence: [String]
    /// Whether a person's order passed a rule.
    package let isOverride: Bool

    /// A movement in full.
    package init(
        kind: Kind, commit: CommitID, previous: CommitID?, images: [Image],
        evidence: [String] = [], isOverride: Bool = false
    ) {
        self.kind = kind
        self.commit = commit
        self.previous = previous
        self.images = images
        self.evidence = evidence
        self.isOverride = isOverride
    }
}

extension Movement {
    /// What `decide` let go.
    package init(
        _ kind: Kind, _ plan: Plan, to commit: CommitID, from previous: CommitID?,
        findings: [Finding], isOverride: Bool
    ) {
        self.init(
            kind: kind, commit: commit, previous: previous,
            images: plan.moves.map {
                Image(target: $0.target, digest: $0.digest, before: $0.before)
            },
            evidence: findings.filter { !$0.evidence.isEmpty }
                .prefix(Limits.entryEvidenceMax).map { finding in
                    let passed = finding.isOverridden ? " (passed by order)" : ""
                    let sentence = "\(finding.rule.rawValue): \(finding.evidence)\(passed)"
                    let cut = sentence.unicodeScalars.prefix(Limits.entrySentenceCharactersMax)
                    return String(String.UnicodeScalarView(cut))
                },
            isOverride: isOverride)
    }
}
