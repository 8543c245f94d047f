// Rule 7: what people said about the channel and the commit.

func holdFindings(_ candidate: Candidate, _ facts: Facts) -> [Finding] {
    guard let ledger = facts.ledger else { return [] }
    var findings: [Finding] = []
    let channel = "\(candidate.channel.name)"
    if let hold = ledger.state.hold { findings.append(Finding(.holds, .hold(held(hold, channel)))) }
    if ledger.state.isQuarantined(candidate.commit) {
        let isNamed = ledger.state.quarantined.contains(candidate.commit)
        let why = isNamed ? "" : ": the channel was taken back to before it"
        findings.append(
            Finding(
                .holds,
                .reject(
                    Reason(
                        .quarantined, candidate.commit.hex,
                        "\(candidate.commit.short) is quarantined\(why)."))))
    }
    if let floor = ledger.state.floor {
        findings.append(floorFinding(candidate, floor, ledger.floor))
    }
    if let gaveWay = ledger.state.gaveWay, candidate.isFound,
        isWithin(Limits.gaveWayPause, facts.now.since(gaveWay.since))
    {
        findings.append(Finding(.holds, .hold(restored(gaveWay, channel))))
    }
    return findings
}

/// The other machine's clock may be a little ahead of ours.
private func isWithin(_ pause: Duration, _ passed: Duration) -> Bool {
    passed < pause && passed > .seconds(-60)
}

/// A move that a registry refused for good would be refused again: without a pause every look would
/// move the rest of the group forth and back.
private func restored(_ gaveWay: ChannelState.GaveWay, _ channel: String) -> Reason {
    let end = gaveWay.since + Limits.gaveWayPause
    var reason = Reason(
        .restored, channel,
        "The move to \(gaveWay.commit.short) could not be finished and was put back at "
            + "\(gaveWay.since.timestamp); looks leave \(channel) alone until "
            + "\(end.timestamp).",
        advice: "Remove what kept it from going, then promote the commit by name.")
    reason.until = end
    return reason
}

/// What people said against the commit, as far as a page of the branch's log can tell: a look asks
/// no further questions about such a commit.
package func bars(
    to candidate: Candidate, _ state: ChannelState, _ graph: CommitGraph, now: Instant
) -> [Reason] {
    var facts = Facts(now: now, images: [])
    facts.ledger = LedgerFacts(state: state)
    if let floor = state.floor {
        // What the page cannot tell is asked in full later: as if it were passed here.
        facts.ledger?.floor = .seen(graph.ancestry(of: candidate.commit, from: floor) ?? .ahead)
    }
    return holdFindings(candidate, facts).compactMap(\.judgement.reason)
}

/// A person's hold in a sentence.
package func held(_ hold: ChannelState.Hold, _ channel: String) -> Reason {
    let why = hold.reason.map { ": \($0)" } ?? ""
    return Reason(
        .held, channel, "\(channel) is held by \(hold.actor) since \(hold.since.timestamp)\(why).")
}

private func floorFinding(
    _ candidate: Candidate, _ floor: CommitID, _ ancestry: Fact<Ancestry>
) -> Finding {
    let commit = candidate.commit
    switch ancestry {
    case .seen(.ahead), .seen(.identical):
        return Finding(
            .holds, commit.short, .pass,
            evidence: "\(commit.short) is not below the floor \(floor.short).")
    case .seen(.behind), .seen(.diverged), .absent:
        return Finding(
            .holds,
            .reject(
                Reason(
                    .belowFloor, commit.hex,
                    "\(commit.short) does not descend from \(floor.short), the floor of "
                        + "\(candidate.channel.name).")))
    case .unreadable(let failure):
        return Finding(
            .holds,
            .hold(
                Reason(
                    .ancestryUnreadable, commit.hex,
                    "How \(commit.short) stands to the floor \(floor.short) could not be read: "
                        + "\(failure.detail).",
                    advice: failure.advice)))
    }
}
