package import PawlCore
import PawlPorts

/// Where a channel is, and how far it is from where it could be.
package struct ChannelStatus: Hashable, Sendable {
    /// One image of the group.
    package struct Image: Hashable, Sendable {
        /// The moving tag.
        package let target: ImageReference
        /// Its digest.
        package let digest: Fact<Digest>
        /// The commit that it says it was built from.
        package let live: Fact<CommitID>

        /// An image in full.
        package init(target: ImageReference, digest: Fact<Digest>, live: Fact<CommitID>) {
            self.target = target
            self.digest = digest
            self.live = live
        }
    }

    /// The channel.
    package let channel: Channel.Name
    /// One for each image, in the policy's order.
    package let images: [Image]
    /// The newest commit, not yet live, that there is an image of; `nil` if there is none.
    package var newest: CommitID?
    /// Commits from what is live up to `newest`; `nil` if that could not be told.
    package var commitsBehind: Int?
    /// How long the oldest commit that there is an image of has been waiting; `nil` if none waits
    /// or the host gives no times.
    package var behindFor: Duration?
    /// What the ledger says; `nil` where none is kept or it has no entry.
    package var ledger: ChannelState?
    /// Why `newest` is not live, gates that turned red for what is live, and what could not be
    /// read.
    package var reasons: [Reason] = []

    /// A channel of which only the tags are known yet.
    package init(channel: Channel.Name, images: [Image]) {
        self.channel = channel
        self.images = images
    }

    /// Whether every image is at one and the same commit.
    package var agrees: Bool {
        guard case .seen(let first) = images.first?.live else { return false }
        return images.allSatisfy { $0.live == .seen(first) }
    }

    /// 3 if something could not be read, 1 when further behind than allowed, else 0.
    package func exitStatus(maxBehind: Duration?) -> Int32 {
        if reasons.contains(where: \.code.couldNotTell) { return 3 }
        guard let maxBehind, let behindFor else { return 0 }
        return behindFor > maxBehind ? 1 : 0
    }
}

extension Engine {
    /// Reads where a channel is. Writes nothing.
    package func status(of channel: Channel) async -> ChannelStatus {
        let reader = Engine(ports: ports, policy: policy, isDryRun: true)
        async let log = Fact.asking { try await ports.history.log(of: policy.branch) }
        let (images, tip) = await livesByLedger(of: channel)
        var status = ChannelStatus(
            channel: channel.name,
            images: images.map { image in
                ChannelStatus.Image(
                    target: ImageReference(image.image.target, channel.to), digest: image.target,
                    live: image.live)
            })
        status.ledger = tip?.value?.state
        status.reasons = unreadable(status.images) + ledgerReasons(tip, images, channel)
        switch await log {
        // How far behind cannot be told from what is not known.
        case .seen where status.reasons.contains(where: \.code.couldNotTell): break
        case .seen(let graph):
            await reader.compare(&status, with: graph, channel)
        case .absent:
            break
        case .unreadable(let failure):
            status.reasons.append(
                Reason(
                    .ancestryUnreadable, policy.branch.text,
                    "Branch \(policy.branch) could not be read: \(failure.detail).",
                    advice: failure.advice))
        }
        status.reasons += await redGates(at: status.images.compactMap(\.live.value), channel)
        return status
    }

    /// What is live by the ledger where it names the tag's digest, else by the image.
    private func livesByLedger(
        of channel: Channel
    ) async -> (images: [Facts.ImageFacts], tip: Fact<Tip>?) {
        guard let ledger = ledger(of: channel) else { return (await liveImages(of: channel), nil) }
        async let tipFact = Fact.asking { try await ledger.tip() }
        let images = await liveImages(of: channel)
        let tip = await tipFact
        guard let plan = tip.value?.plan else { return (images, tip) }
        return (
            images.map { image in
                let target = ImageReference(image.image.target, channel.to)
                guard let digest = plan.digest(of: target), image.target == .seen(digest) else {
                    return image
                }
                var image = image
                image.live = .seen(plan.commit)
                return image
            }, tip
        )
    }

    private func ledgerReasons(
        _ tip: Fact<Tip>?, _ images: [Facts.ImageFacts], _ channel: Channel
    ) -> [Reason] {
        switch tip {
        case nil, .absent?: return []
        case .unreadable(let failure)?: return [ledgerUnreadable(failure, channel)]
        case .seen(let tip)?:
            let hold = tip.state.hold.map { [held($0, "\(channel.name)")] } ?? []
            let how = standing(of: images, at: channel.to, under: tip.state)
            guard case .unreadable = how else {
                return hold + differences(images, tip.entry, channel)
            }
            return hold
        }
    }

    private func unreadable(_ images: [ChannelStatus.Image]) -> [Reason] {
        images.compactMap { image in
            let failure = image.digest.failure ?? image.live.failure
            return failure.map {
                Reason(
                    $0.code == .denied ? .registryDenied : .registryUnreadable, "\(image.target)",
                    "\(image.target) could not be read: \($0.detail).", advice: $0.advice)
            }
        }
    }

    private func compare(
        _ status: inout ChannelStatus, with graph: CommitGraph, _ channel: Channel
    ) async {
        let newer = newer(in: graph, past: status.images.compactMap(\.live.value))
        var waiting: [CommitID] = []
        for (commit, source) in await probe(newer.prefix(Limits.lookCandidatesMax), channel) {
            switch source {
            case .seen: waiting.append(commit)
            case .absent: continue
            case .unreadable(let failure):
                status.reasons.append(sourceUnreadable(commit, failure))
            }
        }
        status.newest = waiting.first
        guard let newest = waiting.first, let index = newer.firstIndex(of: newest) else {
            status.commitsBehind = 0
            return
        }
        status.commitsBehind = newer.count - index
        let oldest = graph.commits.first { $0.id == waiting.last }
        status.behindFor = oldest?.committedAt.map { ports.clock.now().since($0) }
        let receipt = await promoteOnly(
            Candidate(channel: channel, commit: newest), log: graph)
        status.reasons += receipt.reasons.filter { !status.reasons.contains($0) }
    }

    /// Gates whose newest run for a live commit is red now: a re-run or a nightly run may turn.
    private func redGates(at lives: [CommitID], _ channel: Channel) async -> [Reason] {
        var reasons: [Reason] = []
        let distinct = lives.reduce(into: [CommitID]()) { if !$0.contains($1) { $0.append($1) } }
        for live in distinct {
            var facts = Facts(now: ports.clock.now(), images: [])
            facts.runs = await Fact.asking { try await ports.runs.runs(at: live) }
            let candidate = Candidate(channel: channel, commit: live)
            for case .workflow(let gate) in channel.gates {
                switch newestRun(
                    of: gate.workflow, candidate, facts, policy, events: gate.events)
                {
                case .seen(let run) where isRed(run.state):
                    reasons.append(
                        Reason(
                            .liveRed, gate.workflow.text,
                            "\(gate.workflow) is \(run.state) for \(live.short), which is live."))
                case .seen, .absent: continue
                case .unreadable(let failure):
                    reasons.append(
                        Reason(
                            .gateUnreadable, gate.workflow.text,
                            "The runs of \(gate.workflow) for \(live.short) could not be read: "
                                + "\(failure.detail).", advice: failure.advice))
                }
            }
        }
        return reasons
    }
}
