import PawlCore
import PawlPorts

extension Gather {
    /// Pins the source and the target of every image, all at once.
    func pinned(_ candidate: Candidate) async -> [Facts.ImageFacts] {
        let images = candidate.channel.images.map(Facts.ImageFacts.init)
        return await each(images) { image in
            async let source = pin { try sourceReference(image.image, candidate) }
            async let target = pin { ImageReference(image.image.target, candidate.channel.to) }
            var image = image
            image.source = await source
            image.target = await target
            return image
        }
    }

    /// Rule 4: a source that is missing soon after its build ended well may only be late.
    func waitForSources(_ candidate: Candidate, _ facts: inout Facts) async {
        guard let build = candidate.channel.build,
            case .seen(let run) = newestRun(of: build, candidate, facts, policy),
            run.state == .success,
            ports.clock.now().since(run.updatedAt) <= Limits.sourceLagWindow
        else { return }
        var waited = Duration.zero
        var pause = Limits.sourceLagPause
        while facts.images.contains(where: { $0.source == .absent }) {
            guard waited < Limits.sourceLagWait else { return }
            pause = min(pause, Limits.sourceLagWait - waited)
            if let missing = facts.images.first(where: { $0.source == .absent }),
                let reference = try? sourceReference(missing.image, candidate)
            {
                ports.observer.tell(.waitingForSource(reference, pause))
            }
            do { try await ports.clock.sleep(pause) } catch { return }
            waited += pause
            pause *= 2
            facts.images = await each(facts.images) { image in
                guard image.source == .absent else { return image }
                var image = image
                image.source = await pin { try sourceReference(image.image, candidate) }
                return image
            }
        }
    }

    /// Reads the commits that sources and targets say they were built from, all at once.
    func revisions(
        _ candidate: Candidate, _ images: [Facts.ImageFacts],
        _ recorded: ChannelState.RecordedPlan?
    ) async -> [Facts.ImageFacts] {
        let label = candidate.channel.forward.label
        return await each(images) { image in
            async let source = revision(
                of: image.source, in: image.image.source, label: label, platforms: .every)
            var revised = image
            let target = ImageReference(image.image.target, candidate.channel.to)
            if recorded?.digest(of: target) != nil {
                revised.sourceRevision = await source
            } else if image.target == image.source, image.image.target == image.image.source {
                revised.sourceRevision = await source
                revised.targetRevision = revised.sourceRevision
            } else {
                async let current = revision(
                    of: image.target, in: image.image.target, label: label, platforms: .first)
                revised.sourceRevision = await source
                revised.targetRevision = await current
            }
            return revised
        }
    }

    /// Resolves what is live to full ids and compares the candidate with each of them once. Where
    /// the ledger names a tag, live is the ledger's commit; else it is what the image says.
    func compared(
        _ images: [Facts.ImageFacts], with candidate: Candidate,
        _ recorded: ChannelState.RecordedPlan?, _ graph: CommitGraph?
    ) async -> [Facts.ImageFacts] {
        let commit = candidate.commit
        let resolved = await each(images) { image in
            var image = image
            let target = ImageReference(image.image.target, candidate.channel.to)
            if let recorded, recorded.digest(of: target) != nil || image.target == .absent {
                image.live = .seen(recorded.commit)
            } else {
                image.live = await liveCommit(image.targetRevision)
            }
            return image
        }
        var ancestries: [CommitID: Fact<Ancestry>] = [:]
        for image in resolved {
            guard case .seen(let live) = image.live, ancestries[live] == nil else { continue }
            ancestries[live] = await ancestry(of: commit, from: live, graph)
        }
        return resolved.map { image in
            var image = image
            if case .seen(let live) = image.live {
                image.ancestry = ancestries[live] ?? .notAsked
            }
            return image
        }
    }

    /// The page answers where it can prove the answer; else the host is asked.
    func ancestry(
        of commit: CommitID, from base: CommitID, _ graph: CommitGraph?
    ) async -> Fact<Ancestry> {
        if let known = graph?.ancestry(of: commit, from: base) { return .seen(known) }
        return await Fact.asking { try await ports.history.ancestry(of: commit, from: base) }
    }

    /// A label is a hint: it becomes a commit only as a full id, or where the host knows exactly
    /// one commit of that short name. `absent`: it is no commit id at all.
    func liveCommit(_ revision: Fact<Revision>) async -> Fact<CommitID> {
        switch revision {
        case .unreadable(let failure): return .unreadable(failure)
        case .absent, .seen(.unlabelled), .seen(.disagrees): return .absent
        case .seen(.says(let text)):
            guard let name = try? CommitName(text) else { return .absent }
            if case .full(let commit) = name { return .seen(commit) }
            return await Fact.asking {
                if let commit = try await ports.history.resolve(name) { return commit }
                throw PortFailure(
                    code: .missing, subject: text, detail: "the host knows no commit \(text)")
            }
        }
    }

    private func sourceReference(
        _ image: Channel.Image, _ candidate: Candidate
    ) throws(PortFailure) -> ImageReference {
        do {
            return ImageReference(
                image.source, try candidate.channel.from.tag(for: candidate.commit))
        } catch {
            throw PortFailure(
                code: .unsupported, subject: "\(image.source)",
                detail: "the pattern \(candidate.channel.from) gives no tag")
        }
    }

    private func pin(_ reference: () throws -> ImageReference) async -> Fact<Digest> {
        await Fact.asking { try await ports.registry.pin(try reference()) }
    }

    func revision(
        of digest: Fact<Digest>, in repository: Repository, label: String, platforms: Platforms
    ) async -> Fact<Revision> {
        switch digest {
        case .absent: .absent
        case .unreadable(let failure): .unreadable(failure)
        case .seen(let digest):
            await Fact.asking {
                try await ports.registry.revision(
                    of: digest, in: repository, label: label, platforms: platforms)
            }
        }
    }

    /// Works on every image at once and keeps their order.
    func each(
        _ images: [Facts.ImageFacts],
        _ work: @escaping @Sendable (Facts.ImageFacts) async -> Facts.ImageFacts
    ) async -> [Facts.ImageFacts] {
        await withTaskGroup(of: (Int, Facts.ImageFacts).self) { group in
            for (index, image) in images.enumerated() {
                group.addTask { (index, await work(image)) }
            }
            var done = images
            for await (index, image) in group { done[index] = image }
            return done
        }
    }
}
