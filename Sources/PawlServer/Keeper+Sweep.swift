import PawlCore
import PawlEngine
import PawlPorts
import Synchronization

// What finds what no event announced: sweeps of the host, and a patrol of the tags.

extension Keeper {
    /// Asks one repository's host what changed, again and again: one cheap question each time.
    func sweep(_ site: Site) async {
        await findMissed(site)
        var failures = 0
        while !site.isClosed, !isStopping, !Task.isCancelled {
            let asked = clock.now()
            let repository = "\(site.policy.repository)"
            var pause = pace.period(pace.sweep, of: siteCount, perSecond: pace.sweepsPerSecond)
            do throws(PortFailure) {
                let fingerprint = try await site.served.fingerprint?()
                failures = 0
                if site.served.fingerprint != nil { site.history.note(nil) }
                let isChanged = site.swept(fingerprint, at: clock.now())
                tally.add(
                    to: Metric.sweeps([
                        "repository": repository, "result": isChanged ? "changed" : "unchanged",
                    ]))
                if isChanged { look(at: site, unlessSince: asked) }
            } catch {
                failures += 1
                site.history.note(error)
                tally.add(
                    to: Metric.sweeps(["repository": repository, "result": "unreadable"]))
                pause = min(pause, pace.pause(afterFailures: failures, chance: chance()))
            }
            if let budget = site.served.budget() {
                tally.set(Double(budget), Metric.hostBudget(["repository": repository]))
            }
            timekeeper.ring(site.bell, at: clock.now() + pause)
            await site.bell.wait()
        }
        timekeeper.forget(site.bell)
    }

    /// Asks for a look at every channel of a policy whose newest look is older than the question.
    private func look(at site: Site, unlessSince moment: Instant) {
        let lanes = state.withLock { state in
            site.policy.channels.compactMap { state.lanes[site.address(of: $0)] }
        }
        for lane in lanes where !lane.looked(since: moment) { lane.look(.sweep) }
    }

    /// Deliveries that were sent while nobody was there to take them, where the host tells.
    private func findMissed(_ site: Site) async {
        guard let missed = site.served.missed else { return }
        do throws(PortFailure) {
            var found = 0
            for delivery in try await missed() {
                if case .added = try await deliveries.keep(delivery) { found += 1 }
            }
            if found > 0 {
                tally.add(Double(found), to: Metric.deliveries(["outcome": "missed"]))
                readerBell.ring()
            }
        } catch {
            // The sweep finds what they were about.
            tally.add(to: Metric.deliveries(["outcome": "list-unreadable"]))
        }
    }

    /// Reads a channel's target tags and holds them against its ledger.
    func patrol(_ lane: Lane, _ ground: Lane.Ground) async {
        let period = pace.period(
            pace.patrol, of: channelCount, perSecond: pace.patrolsPerSecond)
        lane.plan(patrol: Due(after: period, now: clock.now()))
        let images = await targets(of: ground)
        let standing = await standing(of: images, ground)
        let before = lane.found { found in
            defer { (found.standing, found.tags) = (standing, images.map(\.target)) }
            return found
        }
        tally.add(to: Metric.patrols(["result": standing.word]))
        let label = ["channel": "\(lane.address)"] as KeyValuePairs
        switch standing {
        case .unreadable: return
        case .followed:
            tally.set(0, Metric.movedByOthers(label))
            // Without a ledger it can only be told that a tag is not where it was.
            guard ground.site.ledger == nil, !before.tags.isEmpty,
                before.tags != images.map(\.target)
            else { return }
        case .strange:
            tally.set(1, Metric.movedByOthers(label))
            if before.standing == standing { return }
        case .unfinished:
            if before.standing == standing { return }
        }
        // Said at once; the look does what the policy wants, and takes its time to be sure.
        lane.isStale = true
        await refresh(lane, ground, isFull: false)
        lane.look(.patrol)
    }

    private func targets(of ground: Lane.Ground) async -> [Facts.ImageFacts] {
        let registry = ground.site.served.ports.registry
        let targets = ground.channel.images.map { ImageReference($0.target, ground.channel.to) }
        let digests = await withTaskGroup(of: (Int, Fact<Digest>).self) { group in
            for (index, target) in targets.enumerated() {
                group.addTask {
                    do throws(PortFailure) {
                        let digest = try await registry.digest(of: target)
                        return (index, digest.map(Fact.seen) ?? .absent)
                    } catch {
                        return (index, .unreadable(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return ground.channel.images.enumerated().map { index, image in
            var facts = Facts.ImageFacts(image)
            facts.target = digests[index] ?? .notAsked
            return facts
        }
    }

    private func standing(
        of images: [Facts.ImageFacts], _ ground: Lane.Ground
    ) async -> Standing {
        for image in images {
            if let failure = image.target.failure {
                return .unreadable(
                    ImageReference(image.image.target, ground.channel.to), failure)
            }
        }
        guard let ledger = ground.site.ledger, let key = ground.site.key(of: ground.channel)
        else { return .followed }
        do {
            guard let line = try await ledger.tip(of: key) else { return .followed }
            return PawlCore.standing(
                of: images, at: ground.channel.to, under: try Entry(text: line.text).state)
        } catch {
            // A ledger that cannot be read is what the next look reports.
            let failure = (error as? PortFailure) ?? .notAsked
            return .unreadable(
                ImageReference(ground.channel.images[0].target, ground.channel.to), failure)
        }
    }
}

extension Standing {
    /// The case in a word.
    fileprivate var word: String {
        switch self {
        case .followed: "followed"
        case .unfinished: "unfinished"
        case .strange: "moved-by-others"
        case .unreadable: "unreadable"
        }
    }
}
