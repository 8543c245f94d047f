import PawlCore
import PawlPorts

// A person ends drift: the ledger takes the tags as they are, or the tags go back.

extension Engine {
    /// The ledger takes what is found, where the whole group says one commit of the branch.
    func adopt(_ channel: Channel, _ statement: Statement) async -> Receipt {
        guard let ledger = ledger(of: channel) else { return noLedger(channel) }
        for _ in 0..<Limits.appendAttemptsMax {
            let images = await liveImages(of: channel)
            let tipFact = await Fact.asking { try await ledger.tip() }
            if let failure = tipFact.failure {
                return stopped(channel, nil, [ledgerUnreadable(failure, channel)])
            }
            let tip = tipFact.value
            let commit: CommitID
            switch adoptable(images, channel) {
            case .commit(let found): commit = found
            case .refused(let receipt): return receipt
            }
            var receipt = adopted(channel, commit, images, tip)
            if let tip, tip.plan != nil,
                standing(of: images, at: channel.to, under: tip.state) == .followed,
                tip.plan?.commit == commit
            {
                return receipt
            }
            let position = await Gather(ports: ports, policy: policy).position(of: commit, nil)
            guard position == .seen(.onBranch) else {
                return judged(
                    channel, commit, positionFinding(of: commit, on: policy.branch, position))
            }
            guard !isDryRun else { return receipt }
            let movement = Movement(
                kind: .adopt, commit: commit, previous: tip?.plan?.commit,
                images: images.compactMap { image in
                    image.target.value.map { digest in
                        let target = ImageReference(image.image.target, channel.to)
                        return Movement.Image(target: target, digest: digest, before: digest)
                    }
                }, isOverride: true)
            do throws(PortFailure) {
                switch try await ledger.append(
                    .move(movement), reason: statement.reason, by: statement.actor, after: tip)
                {
                case .moved, .superseded: continue
                case .added(let added):
                    receipt.entry = added.entry.number
                    receipt.reasons = [
                        Reason(
                            .adopted, "\(channel.to)",
                            "The ledger of \(channel.name) takes \(commit.short), as found.",
                            advice: "Nothing.")
                    ]
                    return receipt
                }
            } catch {
                return stopped(
                    channel, commit, [ledgerUnwritable(error, channel, "It could not be recorded")])
            }
        }
        return stopped(channel, nil, [busyLedger(channel)])
    }

    private enum Adoptable {
        case commit(CommitID)
        case refused(Receipt)
    }

    private func adoptable(_ images: [Facts.ImageFacts], _ channel: Channel) -> Adoptable {
        for image in images {
            let target = "\(ImageReference(image.image.target, channel.to))"
            if let failure = image.target.failure ?? image.live.failure {
                return .refused(stopped(channel, nil, [registryReason(failure, about: target)]))
            }
        }
        let present = images.filter { $0.target != .absent }
        guard case .seen(let commit)? = present.first?.live else {
            let subject =
                present.first.map { "\($0.image.target):\(channel.to)" } ?? "\(channel.to)"
            return .refused(
                refusedAdoption(
                    channel,
                    Reason(
                        .unlabelled, subject,
                        present.isEmpty
                            ? "No tag of the group is there."
                            : "\(subject) does not say its commit.",
                        advice: "Promote a commit with --override instead.")))
        }
        guard present.allSatisfy({ $0.live == .seen(commit) }) else {
            return .refused(
                refusedAdoption(
                    channel,
                    Reason(
                        .groupSplit, "\(channel.to)",
                        "The tags of the group say different commits: \(places(images)).",
                        advice: "Put them back with pawl follow, or move them all to one commit "
                            + "and adopt that.")))
        }
        return .commit(commit)
    }

    private func refusedAdoption(_ channel: Channel, _ reason: Reason) -> Receipt {
        Receipt(channel: channel.name, commit: nil, outcome: .reject, reasons: [reason])
    }

    private func adopted(
        _ channel: Channel, _ commit: CommitID, _ images: [Facts.ImageFacts], _ tip: Tip?
    ) -> Receipt {
        var receipt = Receipt(
            channel: channel.name, commit: commit, outcome: .settled, reasons: [])
        receipt.previous = tip?.plan?.commit
        receipt.images = receiptImages(images, channel, planned: nil)
        return receipt
    }

    /// The tags are put back to where the ledger says, whoever moved them.
    func follow(_ channel: Channel, _ statement: Statement) async -> Receipt {
        guard let ledger = ledger(of: channel) else { return noLedger(channel) }
        for _ in 0..<Limits.appendAttemptsMax {
            let images = await targetDigests(of: channel)
            let tipFact = await Fact.asking { try await ledger.tip() }
            if let failure = tipFact.failure {
                return stopped(channel, nil, [ledgerUnreadable(failure, channel)])
            }
            guard let tip = tipFact.value, let plan = tip.plan else {
                return stopped(channel, nil, [nothingToFollow(channel)])
            }
            var receipt = Receipt(
                channel: channel.name, commit: plan.commit, outcome: .settled, reasons: [])
            receipt.previous = plan.commit
            receipt.images = receiptImages(images, channel, planned: plan)
            let how = standing(of: images, at: channel.to, under: tip.state)
            if case .unreadable(let target, let failure) = how {
                return stopped(
                    channel, plan.commit, [registryReason(failure, about: "\(target)")])
            }
            let isWhole =
                how == .followed
                && deleted(of: images, at: channel.to, under: tip.state).isEmpty
            guard !isWhole, !isDryRun else { return receipt }
            if how == .unfinished {
                note(await settle(tip, on: channel, ledger, images, isOwn: false), in: &receipt)
                return receipt
            }
            switch await reassert(
                tip, channel, ledger, images, reason: statement.reason, by: statement.actor)
            {
            case .moved: continue
            case .failed(let reason): return stopped(channel, plan.commit, [reason])
            case .settled(let settling):
                note(settling, in: &receipt)
                return receipt
            }
        }
        return stopped(channel, nil, [busyLedger(channel)])
    }

    private func nothingToFollow(_ channel: Channel) -> Reason {
        Reason(
            .unfinished, "\(channel.name)",
            "The ledger of \(channel.name) knows of no move that the tags could follow.",
            advice: "Promote a commit, or take what is there with pawl adopt.")
    }

    private func receiptImages(
        _ images: [Facts.ImageFacts], _ channel: Channel, planned: ChannelState.RecordedPlan?
    ) -> [Receipt.Image] {
        images.map { image in
            let target = ImageReference(image.image.target, channel.to)
            let digest = planned.map { $0.digest(of: target) } ?? image.target.value
            return Receipt.Image(
                target: target, from: nil, source: digest.map { .seen($0) } ?? .absent,
                current: image.target, moved: false)
        }
    }

    private func places(_ images: [Facts.ImageFacts]) -> String {
        images.compactMap { image in
            image.live.value.map { "\(image.image.target) \($0.short)" }
        }.joined(separator: ", ")
    }
}
