// Rules 2 and 3: on the branch, and settled.

/// Rule 2: whether the commit is on the branch; no order passes it.
package func positionFinding(
    of commit: CommitID, on branch: BranchName, _ position: Fact<Facts.Position>
) -> Finding {
    switch position {
    case .seen(.onBranch):
        Finding(
            .branch, commit.short, .pass, evidence: "\(commit.short) is on \(branch).")
    case .seen(.elsewhere), .absent:
        Finding(
            .branch,
            .reject(
                Reason(
                    .otherBranch, commit.hex, "\(commit.short) is not on branch \(branch).",
                    advice: "Merge the commit into \(branch) first.")))
    case .unreadable(let failure):
        Finding(
            .branch,
            .hold(
                Reason(
                    .ancestryUnreadable, commit.hex,
                    "Whether \(commit.short) is on branch \(branch) could not be read: "
                        + "\(failure.detail).",
                    advice: failure.advice)))
    }
}

/// Rule 3: every target tag has its source's digest, and the ledger, if any, agrees.
package func isSettled(_ candidate: Candidate, _ facts: Facts) -> Bool {
    if let ledger = facts.ledger, !ledger.isAt(candidate.commit) { return false }
    return facts.images.allSatisfy { image in
        guard case .seen(let source) = image.source, case .seen(let target) = image.target else {
            return false
        }
        return source == target
    }
}

func settledFindings(_ candidate: Candidate, _ facts: Facts) -> [Finding] {
    facts.images.map { image in
        let tag = ImageReference(image.image.target, candidate.channel.to)
        switch image.target {
        case .seen(let target) where image.source == .seen(target):
            return Finding(
                .settled, "\(tag)", .pass, evidence: "\(tag) has its source's digest.")
        case .seen(let target):
            return Finding(.settled, "\(tag)", .pass, evidence: "\(tag) is at \(target.short).")
        case .absent:
            return Finding(
                .settled, "\(tag)", .pass,
                evidence: "\(tag) is not there yet: this is its first promotion.")
        case .unreadable(let failure):
            return Finding(
                .settled, .hold(registryReason(failure, about: "\(tag)")))
        }
    }
}

/// The reason for an unreadable registry, in the word that fits the failure.
package func registryReason(_ failure: PortFailure, about subject: String) -> Reason {
    let code: ReasonCode =
        switch failure.code {
        case .denied, .untrusted: .registryDenied
        case .immutable: .tagImmutable
        default: .registryUnreadable
        }
    return Reason(
        code, subject, "\(subject) could not be read: \(failure.detail).", advice: failure.advice)
}
