import PawlCore
import PawlPorts

/// Rule 0: whether the tags are where they belong, before anything is judged.
enum Ground: Sendable {
    /// Judging may go on.
    case stands(Healing)
    /// Something was put in order: the facts are old now. What to tell people about it.
    case again([Reason])
    /// This run can do no more.
    case ends(Receipt)
}

extension Engine {
    /// Rule 0 for one candidate, with a ledger or without.
    func ground(_ candidate: Candidate, _ gathered: Gather.Gathered) async -> Ground {
        let channel = candidate.channel
        let facts = gathered.facts
        if let tip = gathered.tip {
            let ground = await ground(
                channel, candidate.commit, tip, gathered.standing, facts.images)
            guard case .stands = ground, tip.value?.plan == nil else { return ground }
        }
        switch await heal(candidate, gathered) {
        case .left(let receipt): return .ends(receipt)
        case .healed(let note): return .again([note])
        case let other: return .stands(other)
        }
    }

    /// Rule 0 with a ledger. `images` are the targets as read; their live commits where there is no
    /// entry yet.
    func ground(
        _ channel: Channel, _ commit: CommitID?, _ tip: Fact<Tip>, _ standing: Standing?,
        _ images: [Facts.ImageFacts]
    ) async -> Ground {
        guard let ledger = ledger(of: channel) else { return .stands(.notSplit) }
        switch tip {
        case .unreadable(let failure):
            return .ends(stopped(channel, commit, [ledgerUnreadable(failure, channel)]))
        case .absent:
            return await begin(channel, commit, ledger, images, after: nil)
        case .seen(let tip) where tip.plan == nil:
            return await begin(channel, commit, ledger, images, after: tip)
        case .seen(let tip):
            switch standing {
            case nil, .followed?: return .stands(.notSplit)
            case .unreadable(let target, let failure)?:
                var receipt = stopped(
                    channel, commit, [registryReason(failure, about: "\(target)")])
                receipt.outcome = .hold
                return .ends(receipt)
            case .unfinished? where isDryRun: return .stands(.wouldHeal(wouldFollow(channel, tip)))
            case .unfinished?: return await finish(tip, channel, commit, ledger, images)
            case .strange(let strange)?:
                return await drift(strange, tip, channel, commit, ledger)
            }
        }
    }

    private func finish(
        _ tip: Tip, _ channel: Channel, _ commit: CommitID?, _ ledger: ChannelLedger,
        _ images: [Facts.ImageFacts]
    ) async -> Ground {
        switch await settle(tip, on: channel, ledger, images, isOwn: false) {
        case .followed(_, let moved), .superseded(_, let moved):
            guard !moved.isEmpty else { return .again([]) }
            return .again([
                Reason(
                    .groupHealed, "\(channel.to)",
                    "An earlier run was cut short: \(moved.count) of \(channel.images.count) tags "
                        + "were made to follow the ledger.")
            ])
        case .stopped(_, let reasons):
            return .ends(stopped(channel, commit, reasons))
        }
    }

    /// A ledger without a move begins with what is found, where that can be said in one commit.
    func begin(
        _ channel: Channel, _ commit: CommitID?, _ ledger: ChannelLedger,
        _ images: [Facts.ImageFacts], after tip: Tip?
    ) async -> Ground {
        let present = images.filter { $0.target != .absent }
        guard case .seen(let live)? = present.first?.live,
            present.allSatisfy({ $0.live == .seen(live) && $0.target.value != nil })
        else { return .stands(.notSplit) }
        let note = Reason(
            .adopted, "\(channel.name)",
            "The ledger of \(channel.name) knew of no move; it begins with \(live.short), as "
                + "found. If a ledger was deleted, its history, holds, floor and quarantined "
                + "commits are lost.")
        guard !isDryRun else { return .stands(.wouldHeal(note)) }
        let movement = Movement(
            kind: .adopt, commit: live, previous: nil,
            images: present.compactMap { image in
                image.target.value.map { digest in
                    Movement.Image(
                        target: ImageReference(image.image.target, channel.to), digest: digest,
                        before: digest)
                }
            })
        do throws(PortFailure) {
            let answer = try await ledger.append(
                .move(movement), reason: "as found", after: tip)
            if case .added = answer { return .again([note]) }
            return .again([])
        } catch {
            return .ends(
                stopped(
                    channel, commit,
                    [ledgerUnwritable(error, channel, "The first entry could not be written")]))
        }
    }

    private func wouldFollow(_ channel: Channel, _ tip: Tip) -> Reason {
        Reason(
            .groupHealed, "\(channel.to)",
            "An earlier run was cut short: the tags would be made to follow "
                + "\(tip.plan?.commit.short ?? "the ledger") first.")
    }

    /// A run that cannot go on.
    func stopped(_ channel: Channel, _ commit: CommitID?, _ reasons: [Reason]) -> Receipt {
        Receipt(channel: channel.name, commit: commit, outcome: .error, reasons: reasons)
    }
}
