import PawlCore

/// Rule 0 without a ledger: a group whose present tags are at different commits is finished forward
/// before anything else is judged.
enum Healing: Sendable {
    case notSplit
    /// Judging the candidate itself ends the split: it is the group's newest commit, or a person
    /// ordered it.
    case endsWith(Reason)
    /// The group was finished forward; everything must be asked again.
    case healed(Reason)
    /// A dry run: the group would be finished forward before the candidate is judged.
    case wouldHeal(Reason)
    /// The group's newest commit does not pass the rules: left alone.
    case left(Receipt)
}

extension Engine {
    func heal(_ candidate: Candidate, _ gathered: Gather.Gathered) async -> Healing {
        let lives = distinctLives(gathered.facts)
        guard lives.count > 1 else { return .notSplit }
        let newest = await newest(of: lives, gathered.graph)
        let note = splitReason(candidate.channel, gathered.facts, newest)
        if candidate.override != nil || newest == candidate.commit { return .endsWith(note) }
        guard let newest else {
            return .left(left(candidate, [note]))
        }
        let healed = await promoteOnly(Candidate(channel: candidate.channel, commit: newest))
        switch healed.outcome {
        case .promote, .settled:
            return isDryRun ? .wouldHeal(note) : .healed(note)
        case .hold, .reject, .ignore, .error:
            return .left(left(candidate, healed.reasons))
        }
    }

    private func distinctLives(_ facts: Facts) -> [CommitID] {
        facts.images.compactMap(\.live.value).reduce(into: []) { lives, live in
            if !lives.contains(live) { lives.append(live) }
        }
    }

    /// The one commit that is ahead of all others; `nil` if there is none or it cannot be told.
    private func newest(of lives: [CommitID], _ graph: CommitGraph?) async -> CommitID? {
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

    private func splitReason(
        _ channel: Channel, _ facts: Facts, _ newest: CommitID?
    ) -> Reason {
        let places = facts.images.compactMap { image in
            image.live.value.map { "\(image.image.target) at \($0.short)" }
        }
        let name = newest?.hex ?? "SHA"
        return Reason(
            .groupSplit, "\(channel.to)",
            "The group was found split: " + places.joined(separator: ", ") + ".",
            advice: "If it stays split, run: pawl promote \(name) --channel \(channel.name) "
                + "--override \"end the split\".")
    }

    private func left(_ candidate: Candidate, _ reasons: [Reason]) -> Receipt {
        Receipt(
            channel: candidate.channel.name, commit: candidate.commit, outcome: .error,
            reasons: reasons)
    }
}
