import PawlCore
import PawlPorts

// The look: the newest commit between live and the branch's tip that may be promoted.

extension Engine {
    /// Looks at the branch and promotes what may go. `except` was judged a moment ago.
    func look(on channel: Channel, except: CommitID? = nil) async -> Receipt {
        var healed: [Reason] = []
        for _ in 0..<Limits.appendAttemptsMax {
            async let log = Fact.asking { try await ports.history.log(of: policy.branch) }
            let found = await found(on: channel)
            switch found.ground {
            case .again(let notes): healed += notes
            case .ends(var receipt):
                receipt.reasons = healed + receipt.reasons
                return receipt
            case .stands(let healing):
                var receipt = await look(on: channel, found, await log, except: except)
                receipt.reasons = healed + healing.notes + receipt.reasons
                return receipt
            }
        }
        return nothingToSee(
            channel, "Other runs kept moving \(channel.name).", code: .unfinished)
    }

    /// Where the channel is before a look.
    private struct Found {
        var ground: Ground
        var images: [Facts.ImageFacts]
        /// The ledger's newest entry; `nil` where no ledger is kept.
        var tip: Fact<Tip>?
        /// The ledger's state; `nil` where no ledger is kept.
        var state: ChannelState? { tip.map { $0.value.state } }
    }

    private func found(on channel: Channel) async -> Found {
        async let targets = targetDigests(of: channel)
        guard let ledger = ledger(of: channel) else {
            return Found(ground: .stands(.notSplit), images: await targets)
        }
        let tip = await Fact.asking { try await ledger.tip() }
        var images = await targets
        if tip.failure == nil, tip.value?.plan == nil { images = await liveImages(of: channel) }
        let how = tip.value.map { standing(of: images, at: channel.to, under: $0.state) }
        return Found(
            ground: await ground(channel, nil, tip, how, images), images: images, tip: tip)
    }

    private func look(
        on channel: Channel, _ found: Found, _ log: Fact<CommitGraph>, except: CommitID?
    ) async -> Receipt {
        if let hold = found.state?.hold {
            var receipt = Receipt(
                channel: channel.name, commit: nil, outcome: .hold,
                reasons: [held(hold, "\(channel.name)")])
            receipt.previous = found.state?.plan?.commit
            return receipt
        }
        switch log {
        case .absent: return nothingToSee(channel, "Branch \(policy.branch) has no commits.")
        case .unreadable(let failure):
            return nothingToSee(
                channel, "Branch \(policy.branch) could not be read: \(failure.detail).",
                advice: failure.advice)
        case .seen(let graph):
            guard let tip = graph.tip else {
                return nothingToSee(channel, "Branch \(policy.branch) has no commits.")
            }
            let candidate = Candidate(channel: channel, commit: tip)
            let sources = await sourceDigests(of: candidate)
            if let settled = settledAtTip(candidate, found, sources) { return settled }
            if let plan = found.state?.plan {
                let isWhole = found.images.allSatisfy { image in
                    let target = ImageReference(image.image.target, channel.to)
                    return image.target.value != nil && plan.digest(of: target) != nil
                }
                return await look(
                    on: channel, graph, past: [plan.commit], isWhole: isWhole, except: except,
                    tip: found.tip)
            }
            return await lookPastRegistry(channel, graph, except, found.tip)
        }
    }

    /// Where no ledger says what is live, the images do.
    private func lookPastRegistry(
        _ channel: Channel, _ graph: CommitGraph, _ except: CommitID?, _ tip: Fact<Tip>?
    ) async -> Receipt {
        let images = await liveImages(of: channel)
        let live = images.map(\.live)
        if let failure = live.compactMap(\.failure).first {
            return nothingToSee(
                channel, "What is live could not be read: \(failure.detail).",
                code: failure.code == .denied ? .registryDenied : .registryUnreadable,
                advice: failure.advice)
        }
        let lives = live.compactMap(\.value)
        let isWhole = !live.contains(.absent)
        guard let newest = await newestOfSplit(lives, graph) else {
            return await look(
                on: channel, graph, past: lives, isWhole: isWhole, except: except, tip: tip)
        }
        return await lookFromSplit(
            newest, splitReason(channel, images, newest), on: channel, graph, isWhole: isWhole,
            except)
    }

    /// Rule 0 before a look: the group is finished forward, and the look goes on from there. If
    /// nothing newer may go, the healing is what the look came to.
    private func lookFromSplit(
        _ newest: CommitID, _ split: Reason, on channel: Channel, _ graph: CommitGraph,
        isWhole: Bool, _ except: CommitID?
    ) async -> Receipt {
        var healed = await promoteOnly(Candidate(channel: channel, commit: newest), log: graph)
        guard healed.outcome == .promote || healed.outcome == .settled else {
            if !healed.reasons.contains(where: { $0.code == .groupSplit }) {
                healed.reasons = stillSplit(split, healed, newest)
                healed.outcome = .error
            }
            return healed
        }
        let receipt = await look(
            on: channel, graph, past: [newest], isWhole: isWhole, except: except)
        guard receipt.outcome == .settled else { return receipt }
        healed.reasons += receipt.reasons
        return healed
    }

    /// The newest of several commits that the group is live at; `nil` if it is not split, or if
    /// none of them is ahead of all others.
    private func newestOfSplit(_ lives: [CommitID], _ graph: CommitGraph) async -> CommitID? {
        Set(lives).count > 1 ? await newest(of: lives, graph) : nil
    }

    /// Rule 8: what became promotable while the candidate was being promoted; `nil` if the branch
    /// has nothing newer.
    func lookPast(_ candidate: Candidate) async -> Receipt? {
        let log = await Fact.asking { try await ports.history.log(of: policy.branch) }
        if case .unreadable(let failure) = log {
            return nothingToSee(
                candidate.channel,
                "Whether \(policy.branch) has newer commits could not be read: \(failure.detail).",
                advice: failure.advice)
        }
        guard let graph = log.value else { return nil }
        guard !newer(in: graph, past: [candidate.commit]).isEmpty else { return nil }
        return await look(
            on: candidate.channel, graph, past: [candidate.commit], isWhole: true,
            except: candidate.commit)
    }

    func targetDigests(of channel: Channel) async -> [Facts.ImageFacts] {
        await Gather(ports: ports, policy: policy).each(
            channel.images.map(Facts.ImageFacts.init)
        ) { image in
            var image = image
            let target = ImageReference(image.image.target, channel.to)
            image.target = await Fact.asking { try await ports.registry.digest(of: target) }
            return image
        }
    }

    private func sourceDigests(of candidate: Candidate) async -> [Facts.ImageFacts] {
        let tag = try? candidate.channel.from.tag(for: candidate.commit)
        return await Gather(ports: ports, policy: policy).each(
            candidate.channel.images.map(Facts.ImageFacts.init)
        ) { image in
            guard let tag else { return image }
            var image = image
            let source = ImageReference(image.image.source, tag)
            image.source = await Fact.asking { try await ports.registry.digest(of: source) }
            return image
        }
    }

    /// The common case of a scheduled look costs two HEADs an image and nothing else.
    private func settledAtTip(
        _ candidate: Candidate, _ found: Found, _ sources: [Facts.ImageFacts]
    ) -> Receipt? {
        var facts = Facts(now: ports.clock.now(), images: candidate.channel.images)
        facts.ledger = found.state.map(LedgerFacts.init)
        facts.images = zip(found.images, sources).map { target, source in
            var image = target
            image.source = source.source
            return image
        }
        guard isSettled(candidate, facts) else { return nil }
        facts.position = .seen(.onBranch)
        let decision = decide(candidate, given: facts, under: policy)
        ports.observer.tell(.judged(candidate, decision.verdict))
        return Receipt(candidate, decision, facts)
    }

    /// What every image of the channel is live at; absent tags and unusable revisions are `absent`.
    func liveImages(of channel: Channel) async -> [Facts.ImageFacts] {
        let gather = Gather(ports: ports, policy: policy)
        return await gather.each(channel.images.map(Facts.ImageFacts.init)) { image in
            var image = image
            let target = ImageReference(image.image.target, channel.to)
            image.target = await Fact.asking { try await ports.registry.pin(target) }
            image.targetRevision = await gather.revision(
                of: image.target, in: image.image.target, label: channel.forward.label,
                platforms: .first)
            image.live = await gather.liveCommit(image.targetRevision)
            return image
        }
    }
}
