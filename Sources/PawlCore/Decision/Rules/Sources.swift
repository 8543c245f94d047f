// Rule 4: every image of the group has its source, and the source is the commit's own.

/// Rule 4 for one image.
package func sourceFinding(
    _ image: Facts.ImageFacts, _ candidate: Candidate, _ facts: Facts, _ policy: Policy
) -> Finding {
    let subject = sourceName(image.image, candidate)
    switch image.source {
    case .seen(let digest):
        return revisionFinding(image, digest, subject, candidate, facts)
    case .absent:
        return missingSource(subject, candidate, facts, policy)
    case .unreadable(let failure):
        return Finding(.sources, .hold(registryReason(failure, about: subject)))
    }
}

func sourceName(_ image: Channel.Image, _ candidate: Candidate) -> String {
    guard let tag = try? candidate.channel.from.tag(for: candidate.commit) else {
        return "\(image.source)"
    }
    return "\(ImageReference(image.source, tag))"
}

/// Whether every image of the group says that it was built from the candidate.
func sourcesCarryRevision(_ candidate: Candidate, _ facts: Facts) -> Bool {
    facts.images.allSatisfy { image in
        guard case .seen = image.source else { return false }
        return image.sourceRevision == .seen(.says(candidate.commit.hex))
    }
}

/// Whether a plan since the last followed one gave the image this digest for this commit.
private func isRecorded(
    _ image: Facts.ImageFacts, _ digest: Digest, _ candidate: Candidate, _ facts: Facts
) -> Bool {
    let target = ImageReference(image.image.target, candidate.channel.to)
    return facts.ledger?.state.plans.contains { plan in
        plan.commit == candidate.commit && plan.digest(of: target) == digest
    } ?? false
}

private func revisionFinding(
    _ image: Facts.ImageFacts, _ digest: Digest, _ subject: String, _ candidate: Candidate,
    _ facts: Facts
) -> Finding {
    let commit = candidate.commit
    switch image.sourceRevision {
    case .seen(.says(commit.hex)):
        return Finding(
            .sources, subject, .pass,
            evidence: "\(subject) is \(digest.short), built from \(commit.short).")
    case .seen(.says(let other)):
        return Finding(
            .sources,
            .reject(
                Reason(
                    .sourceMismatch, subject,
                    "\(subject) says that it was built from \(other), not from \(commit.hex).")))
    case .seen(.disagrees(let revisions)):
        return Finding(
            .sources,
            .reject(
                Reason(
                    .sourceMismatch, subject,
                    "The platforms of \(subject) say that they were built from different commits: "
                        + revisions.joined(separator: ", ") + ".")))
    case .seen(.unlabelled) where isRecorded(image, digest, candidate, facts),
        .absent where isRecorded(image, digest, candidate, facts):
        return Finding(
            .sources, subject, .pass,
            evidence: "\(subject) is \(digest.short), which the ledger recorded for "
                + "\(commit.short).")
    case .seen(.unlabelled), .absent:
        return Finding(
            .sources,
            .reject(
                Reason(
                    .sourceUnlabelled, subject,
                    "\(subject) does not say which commit it was built from.",
                    advice: "Let the build set the annotation or label "
                        + "\(candidate.channel.forward.label) to the full commit id.")))
    case .unreadable(let failure):
        return Finding(.sources, .hold(registryReason(failure, about: subject)))
    }
}

/// A source that is not there means what the build's run says.
private func missingSource(
    _ subject: String, _ candidate: Candidate, _ facts: Facts, _ policy: Policy
) -> Finding {
    guard let build = candidate.channel.build else {
        return Finding(
            .sources,
            .reject(Reason(.sourceMissing, subject, "\(subject) is not in the registry.")))
    }
    switch newestRun(of: build, candidate, facts, policy) {
    case .seen(let run) where run.state == .success:
        return Finding(
            .sources,
            .reject(
                Reason(
                    .sourceMissing, subject,
                    "\(subject) is not in the registry although \(build) succeeded.")),
            link: run.link)
    case .seen(let run) where isRed(run.state):
        return Finding(
            .sources,
            .reject(
                Reason(
                    .buildFailed, build.text,
                    "\(subject) is not in the registry: \(build) ended in \(run.state).")),
            link: run.link)
    case .seen(let run) where isUnfinished(run.state):
        return Finding(
            .sources,
            .hold(
                Reason(
                    .buildRunning, build.text,
                    "\(subject) is not in the registry yet: \(build) is \(run.state).")),
            link: run.link)
    case .seen(let run):
        return Finding(
            .sources,
            .hold(
                Reason(
                    .buildAbsent, build.text,
                    "\(subject) is not in the registry: \(build) ended in \(run.state).")),
            link: run.link)
    case .absent:
        return Finding(
            .sources,
            .hold(
                Reason(
                    .buildAbsent, build.text,
                    "\(subject) is not in the registry, and \(build) has no run for "
                        + "\(candidate.commit.short).")))
    case .unreadable(let failure):
        return Finding(.sources, .hold(unreadableRuns(build.text, failure)))
    }
}
