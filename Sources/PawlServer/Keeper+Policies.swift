import PawlCore
import PawlPorts
import Synchronization

// The generation of policies in force.

extension Keeper {
    /// Takes policies over, in place of those before. Steps under way keep what they began with;
    /// a channel that is gone stops after its step. A file with a complaint that is not among
    /// `served` keeps its last good policy.
    package func serve(_ served: [Served], complaints: [Board.Complaint] = []) {
        let now = clock.now()
        let change = state.withLock { state -> Change in
            guard !state.isStopping else { return Change() }
            return take(served, complaints, &state, now)
        }
        for site in change.closedSites { site.close() }
        for lane in change.closedLanes {
            inHand.end(lane.close().map(\.id), as: Self.notConcerned)
            forget(lane.address)
        }
        for lane in change.kept { lane.bell.ring() }
        board.show(change.situations, complaints: change.complaints)
        for bell in [sitesBell, lanesBell, readerBell] { bell.ring() }
    }

    /// What taking policies over came to.
    private struct Change {
        var closedSites: [Site] = []
        var closedLanes: [Lane] = []
        var kept: [Lane] = []
        var situations: [Situation] = []
        var complaints: [Board.Complaint] = []
    }

    private func take(
        _ served: [Served], _ complaints: [Board.Complaint], _ state: inout State, _ now: Instant
    ) -> Change {
        var change = Change(complaints: complaints)
        let files = Set(served.map(\.file))
        let stays = state.sites.filter { site in
            !files.contains(site.served.file)
                && complaints.contains { $0.file == site.served.file }
        }
        change.closedSites = state.sites.filter { site in !stays.contains { $0 === site } }
        let fresh = served.map { served in
            Site(served, tally: tally, isStopping: { [weak self] in self?.isStopping ?? true })
        }
        state.newSites = state.newSites.filter { site in stays.contains { $0 === site } } + fresh
        state.sites = stays + fresh

        var grounds: [ChannelAddress: Lane.Ground] = [:]
        var order: [ChannelAddress] = []
        for site in state.sites {
            for channel in site.policy.channels {
                let address = site.address(of: channel)
                guard grounds[address] == nil else {
                    change.complaints.append(
                        Board.Complaint(
                            file: site.served.file,
                            text: "\(address) is in another file too; this one is passed over."))
                    continue
                }
                grounds[address] = Lane.Ground(site: site, channel: channel)
                order.append(address)
            }
        }
        // In a stable order, so that each channel keeps its place among all.
        order.sort()
        change.closedLanes = state.lanes.filter { grounds[$0.key] == nil }.map(\.value)
        state.concerned = [:]
        for (index, address) in order.enumerated() {
            guard let ground = grounds[address] else { continue }
            let lane: Lane
            if let old = state.lanes[address], old.take(ground) {
                lane = old
                change.kept.append(old)
            } else {
                lane = newLane(ground, index: index, of: order.count, now)
                state.lanes[address] = lane
                state.newLanes.append(lane)
            }
            state.concerned[address.repository, default: []].append(lane)
            change.situations.append(
                Situation(
                    address: address, branch: ground.site.policy.branch, channel: ground.channel))
        }
        state.complaints = change.complaints
        return change
    }

    /// The first looks follow each other closely, and what is done again and again is spread over
    /// its period.
    private func newLane(
        _ ground: Lane.Ground, index: Int, of count: Int, _ now: Instant
    ) -> Lane {
        let phase = Double(index + 1) / Double(count)
        let patrol = pace.period(pace.patrol, of: count, perSecond: pace.patrolsPerSecond)
        return Lane(
            ground, phase: phase,
            fullAt: Due(after: min(pace.start, pace.full / count) * index, now: now),
            patrolAt: Due(
                after: .milliseconds(Int64(Double(patrol.milliseconds) * phase)), now: now))
    }

    /// A lane whose worker is gone, and with it what its last step told.
    func remove(_ lane: Lane) {
        timekeeper.forget(lane.bell)
        let isGone = state.withLock { state in
            guard state.lanes[lane.address] === lane else { return false }
            state.lanes[lane.address] = nil
            return true
        }
        if isGone { forget(lane.address) }
    }

    /// How many channels share what a second may cost.
    var channelCount: Int { state.withLock { $0.lanes.count } }

    /// How many policies do.
    var siteCount: Int { state.withLock { $0.sites.count } }

    static var notConcerned: String { "not-concerned" }
}
