import PawlCore

/// Rule 0 without a ledger, or with one that knows of no move: a group whose present tags are at
/// different commits is finished forward before anything else is judged.
enum Healing: Sendable {
    case notSplit
    /// Judging the candidate itself ends the split: it is the group's newest commit, or a person
    /// ordered it. What to say if it does not, and if it does.
    case endsWith(split: Reason, healed: Reason)
    /// The group was finished forward, or would be in a run that writes.
    case healed(Reason)
    /// A dry run: the group would be finished forward before the candidate is judged.
    case wouldHeal(Reason)
    /// The group's newest commit does not pass the rules: left alone.
    case left(Receipt)

    /// What is to be told beside the verdict.
    var notes: [Reason] {
        switch self {
        case .notSplit, .left: []
        case .endsWith(_, let note), .healed(let note), .wouldHeal(let note): [note]
        }
    }
}

extension Engine {
    func heal(_ candidate: Candidate, _ gathered: Gather.Gathered) async -> Healing {
        if gathered.entry?.plan != nil { return .notSplit }
        let lives = distinctLives(gathered.facts)
        guard lives.count > 1 else { return .notSplit }
        let newest = await newest(of: lives, gathered.graph)
        let split = splitReason(candidate.channel, gathered.facts.images, newest)
        let note = healedReason(candidate.channel, gathered.facts.images)
        if candidate.override != nil || newest == candidate.commit {
            return .endsWith(split: split, healed: note)
        }
        guard let newest else { return .left(left(candidate, [split])) }
        let healed = await promoteOnly(Candidate(channel: candidate.channel, commit: newest))
        switch healed.outcome {
        case .promote, .settled:
            return isDryRun ? .wouldHeal(note) : .healed(note)
        case .hold, .reject, .ignore, .error:
            return .left(left(candidate, stillSplit(split, healed, newest)))
        }
    }

    /// Why a group was left split: its newest commit does not pass the rules.
    func stillSplit(_ split: Reason, _ healed: Receipt, _ newest: CommitID) -> [Reason] {
        [split]
            + healed.reasons.filter { $0.code != .groupSplit }.map { about(newest, $0) }
    }

    private func distinctLives(_ facts: Facts) -> [CommitID] {
        facts.images.compactMap(\.live.value).reduce(into: []) { lives, live in
            if !lives.contains(live) { lives.append(live) }
        }
    }

    /// The one commit that is ahead of all others; `nil` if there is none or it cannot be told.
    func newest(of lives: [CommitID], _ graph: CommitGraph?) async -> CommitID? {
        let gather = Gather(ports: ports, policy: policy)
        for newest in lives {
            var isNewest = true
            for other in lives where other != newest {
                let ancestry = await gather.ancestry(of: newest, from: other, graph)
                isNewest = isNewest && ancestry == .seen(.ahead)
            }
            if isNewest { return newest }
        }
        return nil
    }

    private func places(_ images: [Facts.ImageFacts]) -> String {
        images.compactMap { image in
            image.live.value.map { "\(image.image.target) at \($0.short)" }
        }.joined(separator: ", ")
    }

    func splitReason(
        _ channel: Channel, _ images: [Facts.ImageFacts], _ newest: CommitID?
    ) -> Reason {
        Reason(
            .groupSplit, "\(channel.to)", "The group is split: \(places(images)).",
            advice: "To end it by order, run: pawl promote \(newest?.hex ?? "SHA") "
                + "--channel \(channel.name) --override \"end the split\".")
    }

    private func healedReason(_ channel: Channel, _ images: [Facts.ImageFacts]) -> Reason {
        Reason(
            .groupHealed, "\(channel.to)", "The group was found split: \(places(images)).")
    }

    private func left(_ candidate: Candidate, _ reasons: [Reason]) -> Receipt {
        Receipt(
            channel: candidate.channel.name, commit: candidate.commit, outcome: .error,
            reasons: reasons)
    }
}
