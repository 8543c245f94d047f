/// Judges one candidate. Pure and total: everything it knows is in its arguments.
///
/// Rules 2 and 3 end the judging; all others are all evaluated. Any reject wins over any hold, any
/// hold over promote. An override lets rules 5 to 7 pass and leaves them in the findings.
package func decide(
    _ candidate: Candidate, given facts: Facts, under policy: Policy
) -> Decision {
    let position = positionFinding(of: candidate.commit, on: policy.branch, facts.position)
    guard case .pass = position.judgement else {
        return fold([position], plan: nil)
    }
    let targets = settledFindings(candidate, facts)
    if isSettled(candidate, facts) {
        return Decision(
            verdict: .settled([]),
            findings: [position] + targets)
    }

    let build = buildFinding(candidate, facts, policy)
    var judged = build.map { [$0] } ?? []
    judged += candidate.channel.gates.map { gateFinding($0, candidate, facts, policy) }
    judged += facts.images.map { forwardFinding($0, candidate, facts) }
    judged += holdFindings(candidate, facts)
    if candidate.override != nil {
        for index in judged.indices { judged[index].isOverridden = true }
    }
    let sources = facts.images.map { sourceFinding($0, candidate, facts, policy) }
    return fold(
        [position] + targets + sources + judged,
        plan: plan(candidate, facts))
}

/// Folds findings in rule order; the plan is there if every source and target digest was seen.
private func fold(_ findings: [Finding], plan: Plan?) -> Decision {
    var against: [Reason] = []
    var isRejected = false
    var settled: [Reason] = []
    var warnings: [Reason] = []
    for finding in findings {
        switch finding.judgement {
        case .pass: break
        case _ where finding.isOverridden: break
        case .warn(let reason): note(reason, in: &warnings)
        case .settle(let reason): note(reason, in: &settled)
        case .hold(let reason): note(reason, in: &against)
        case .reject(let reason):
            note(reason, in: &against)
            isRejected = true
        }
    }
    let verdict: Verdict =
        if isRejected {
            .reject(against)
        } else if !against.isEmpty {
            .hold(against)
        } else if !settled.isEmpty {
            .settled(settled)
        } else if let plan {
            .promote(plan, warnings)
        } else {
            .hold([
                Reason(.registryUnreadable, "", "Not every digest of the group could be read.")
            ])
        }
    return Decision(verdict: verdict, findings: findings)
}

/// The same word about the same subject is said once.
private func note(_ reason: Reason, in reasons: inout [Reason]) {
    if !reasons.contains(where: { $0.code == reason.code && $0.subject == reason.subject }) {
        reasons.append(reason)
    }
}

/// Digests are pinned here; only these are ever moved.
private func plan(_ candidate: Candidate, _ facts: Facts) -> Plan? {
    var moves: [Plan.Move] = []
    for image in facts.images {
        guard case .seen(let digest) = image.source else { return nil }
        let before: Digest?
        switch image.target {
        case .seen(let target): before = target
        case .absent: before = nil
        case .unreadable: return nil
        }
        moves.append(
            Plan.Move(
                image: image.image, tag: candidate.channel.to, digest: digest, before: before))
    }
    return Plan(moves: moves)
}
