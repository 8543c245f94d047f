// Rule 6: for every image, the candidate compared with what is live.

func forwardFinding(
    _ image: Facts.ImageFacts, _ candidate: Candidate, _ facts: Facts
) -> Finding {
    let subject = "\(ImageReference(image.image.target, candidate.channel.to))"
    let commit = candidate.commit
    switch image.target {
    case .absent:
        // A tag that was taken away is still where the ledger says.
        guard case .seen(let live) = image.live else {
            return Finding(
                .forward, subject, .pass,
                evidence: "\(subject) is not there yet: nothing to pass.")
        }
        return ancestryFinding(image.ancestry, of: commit, from: live, subject, candidate)
    case .unreadable(let failure):
        return Finding(.forward, .hold(registryReason(failure, about: subject)))
    case .seen:
        break
    }
    switch image.live {
    case .absent:
        return unlabelledFinding(image, subject, candidate)
    case .unreadable(let failure):
        return Finding(.forward, .hold(liveUnreadable(image, subject, failure)))
    case .seen(let live):
        return ancestryFinding(image.ancestry, of: commit, from: live, subject, candidate)
    }
}

private func ancestryFinding(
    _ ancestry: Fact<Ancestry>, of commit: CommitID, from live: CommitID, _ subject: String,
    _ candidate: Candidate
) -> Finding {
    switch ancestry {
    case .seen(.ahead):
        return Finding(
            .forward, subject, .pass,
            evidence: "\(subject) is at \(live.short); \(commit.short) is ahead of it.")
    case .seen(.identical):
        return Finding(
            .forward, subject, .pass,
            evidence: "\(subject) is at \(live.short), with another digest.")
    case .seen(.behind):
        let reason = Reason(
            .behind, subject,
            "\(commit.short) is older than \(live.short), which \(subject) is at.")
        return Finding(
            .forward,
            candidate.channel.forward.behind == .settle ? .settle(reason) : .reject(reason))
    case .seen(.diverged):
        return Finding(
            .forward,
            .reject(
                Reason(
                    .diverged, subject,
                    "\(commit.short) and \(live.short), which \(subject) is at, have diverged.")))
    case .absent:
        return Finding(
            .forward,
            .hold(
                Reason(
                    .ancestryUnreadable, subject,
                    "The host does not know \(live.short), which \(subject) is at.")))
    case .unreadable(let failure):
        return Finding(
            .forward,
            .hold(
                Reason(
                    .ancestryUnreadable, subject,
                    "How \(commit.short) stands to \(live.short), which \(subject) is at, could "
                        + "not be read: \(failure.detail).",
                    advice: failure.advice)))
    }
}

private func unlabelledFinding(
    _ image: Facts.ImageFacts, _ subject: String, _ candidate: Candidate
) -> Finding {
    let seen: String =
        switch image.targetRevision {
        case .seen(.says(let text)): "says \"\(text)\", which is no commit id"
        case .seen(.disagrees): "says different commits for its platforms"
        default: "does not say which commit it was built from"
        }
    let reason = Reason(
        .unlabelled, subject, "\(subject) \(seen), so \"forward\" cannot be told.")
    return Finding(
        .forward,
        candidate.channel.forward.unlabelled == .accept ? .warn(reason) : .reject(reason))
}

/// The revision itself unreadable is the registry's matter; resolving it is the host's.
private func liveUnreadable(
    _ image: Facts.ImageFacts, _ subject: String, _ failure: PortFailure
) -> Reason {
    if let registry = image.targetRevision.failure, registry.code != .notAsked {
        return registryReason(registry, about: subject)
    }
    return Reason(
        .ancestryUnreadable, subject,
        "The commit that \(subject) is at could not be resolved: \(failure.detail).",
        advice: failure.advice)
}
