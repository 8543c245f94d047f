import PawlCore
import PawlPorts

// A person's orders that move the group back, or say that it is right where it is.

extension Engine {
    /// The whole group to the digests that the ledger recorded for the commit, else to its source
    /// tags. Every commit after it is quarantined and the channel is held, so that no event moves
    /// it forward again.
    func rollback(_ channel: Channel, to commit: CommitID, _ order: Override) async -> Receipt {
        guard let ledger = ledger(of: channel) else { return noLedger(channel) }
        for _ in 0..<Limits.appendAttemptsMax {
            let gather = Gather(ports: ports, policy: policy)
            async let log = Fact.asking { try await ports.history.log(of: policy.branch) }
            async let images = targetDigests(of: channel)
            let tipFact = await Fact.asking { try await ledger.tip() }
            if let failure = tipFact.failure {
                return stopped(channel, commit, [ledgerUnreadable(failure, channel)])
            }
            let tip = tipFact.value
            if tip?.plan == nil, !isDryRun {
                // The first entry says what the group is taken back from.
                let lives = await liveImages(of: channel)
                switch await begin(channel, commit, ledger, lives, after: tip) {
                case .again: continue
                case .ends(let receipt): return receipt
                case .stands: break
                }
            }
            guard let graph = await log.value else {
                return refused(channel, commit, order, [unknownAfter(commit)])
            }
            let position = await gather.position(of: commit, graph)
            guard position == .seen(.onBranch) else {
                return judged(
                    channel, commit, positionFinding(of: commit, on: policy.branch, position))
            }
            if let live = tip?.plan?.commit, let refusal = await notBehind(commit, live, graph) {
                return refused(channel, commit, order, [refusal])
            }
            let found = await images
            let planned: [Movement.Image]
            switch await digests(of: commit, channel, ledger, found) {
            case .found(let images): planned = images
            case .refused(var receipt):
                receipt.override = order
                return receipt
            }
            let movement = Movement(
                kind: .rollback, commit: commit, previous: tip?.plan?.commit, images: planned,
                isOverride: true)
            let receipt = rollbackReceipt(channel, movement, order)
            guard !isDryRun else { return receipt }
            let after = commits(after: commit, graph)
            let taken = await takeBack(
                .move(movement, rolledBack: after), receipt, order, channel, ledger, found,
                after: tip)
            if let taken { return taken }
        }
        return stopped(channel, commit, [busyLedger(channel)])
    }

    /// Rule 8 of a rollback; `nil`: somebody else appended meanwhile.
    private func takeBack(
        _ event: Entry.Event, _ planned: Receipt, _ order: Override, _ channel: Channel,
        _ ledger: ChannelLedger, _ images: [Facts.ImageFacts], after tip: Tip?
    ) async -> Receipt? {
        var receipt = planned
        do throws(PortFailure) {
            try await ports.registry.preparePush(to: channel.images.map(\.target))
        } catch {
            receipt.outcome = .error
            receipt.reasons = [notMoved(error, "\(channel.to)")]
            return receipt
        }
        do throws(PortFailure) {
            switch try await ledger.append(
                event, reason: order.reason, by: order.actor, after: tip)
            {
            case .moved: return nil
            case .superseded(let own, let newer):
                receipt.entry = own.entry.number
                note(.superseded(newer, moved: []), in: &receipt)
                return receipt
            case .added(let added):
                receipt.entry = added.entry.number
                note(
                    await settle(added, on: channel, ledger, images, isOwn: true), in: &receipt)
                return receipt
            }
        } catch {
            receipt.outcome = .error
            receipt.reasons = [
                ledgerUnwritable(error, channel, "Nothing was moved, as it could not be recorded")
            ]
            return receipt
        }
    }

    private enum Digests {
        case found([Movement.Image])
        case refused(Receipt)
    }

    private func digests(
        of commit: CommitID, _ channel: Channel, _ ledger: ChannelLedger,
        _ targets: [Facts.ImageFacts]
    ) async -> Digests {
        do throws(PortFailure) {
            if let recorded = try await recorded(commit, channel, ledger),
                try await isThere(recorded, channel)
            {
                return .found(images(of: channel, targets) { recorded.digest(of: $0) })
            }
        } catch {
            return .refused(stopped(channel, commit, [ledgerUnreadable(error, channel)]))
        }
        let candidate = Candidate(channel: channel, commit: commit)
        let gather = Gather(ports: ports, policy: policy)
        var facts = Facts(now: ports.clock.now(), images: channel.images)
        facts.images = await gather.revisions(candidate, await gather.pinned(candidate), nil)
        facts.runs = await Fact.asking { try await ports.runs.runs(at: commit) }
        let findings = facts.images.map { sourceFinding($0, candidate, facts, policy) }
        if let against = findings.first(where: { $0.judgement.reason != nil }) {
            return .refused(judged(channel, commit, against))
        }
        let sources = facts.images
        return .found(
            images(of: channel, targets) { target in
                sources.first { ImageReference($0.image.target, channel.to) == target }?.source
                    .value
            })
    }

    private func images(
        of channel: Channel, _ targets: [Facts.ImageFacts],
        _ digest: (ImageReference) -> Digest?
    ) -> [Movement.Image] {
        targets.compactMap { image in
            let target = ImageReference(image.image.target, channel.to)
            return digest(target).map {
                Movement.Image(target: target, digest: $0, before: image.target.value)
            }
        }
    }

    /// The newest move to the commit that names every image of the channel.
    private func recorded(
        _ commit: CommitID, _ channel: Channel, _ ledger: ChannelLedger
    ) async throws(PortFailure) -> ChannelState.RecordedPlan? {
        let targets = channel.images.map { ImageReference($0.target, channel.to) }
        var last: Tip?
        var read = 0
        repeat {
            let page = try await ledger.entries(before: last, limit: Limits.entryPageMax)
            for tip in page where tip.entry.movement?.commit == commit {
                guard let plan = tip.plan, targets.allSatisfy({ plan.digest(of: $0) != nil })
                else { continue }
                return plan
            }
            read += page.count
            last = page.count == Limits.entryPageMax ? page.last : nil
        } while last != nil && read < Limits.entriesReadMax
        return nil
    }

    private func notBehind(
        _ commit: CommitID, _ live: CommitID, _ graph: CommitGraph?
    ) async -> Reason? {
        let gather = Gather(ports: ports, policy: policy)
        switch await gather.ancestry(of: commit, from: live, graph) {
        case .seen(.ahead):
            return Reason(
                .notBehind, commit.hex,
                "\(commit.short) is newer than \(live.short), which is live.")
        case .seen(.behind), .seen(.identical), .seen(.diverged), .absent: return nil
        case .unreadable(let failure):
            return Reason(
                .ancestryUnreadable, commit.hex,
                "How \(commit.short) stands to \(live.short), which is live, could not be read: "
                    + "\(failure.detail).", advice: failure.advice)
        }
    }

    private func rollbackReceipt(
        _ channel: Channel, _ movement: Movement, _ order: Override
    ) -> Receipt {
        var receipt = Receipt(
            channel: channel.name, commit: movement.commit, outcome: .promote,
            reasons: [heldAt(movement.commit, channel)])
        receipt.previous = movement.previous
        receipt.override = order
        receipt.images = movement.images.map { image in
            Receipt.Image(
                target: image.target, from: nil, source: .seen(image.digest),
                current: image.before.map { .seen($0) } ?? .absent, moved: false)
        }
        return receipt
    }

    private func refused(
        _ channel: Channel, _ commit: CommitID, _ order: Override, _ reasons: [Reason]
    ) -> Receipt {
        var receipt = Receipt(
            channel: channel.name, commit: commit, outcome: .reject, reasons: reasons)
        if reasons.contains(where: \.code.couldNotTell) { receipt.outcome = .error }
        receipt.override = order
        return receipt
    }
}
