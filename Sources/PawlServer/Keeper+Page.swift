import PawlCore
import PawlEngine
import PawlPorts

// What people see of a channel. It is made between steps, never before one that waits: nobody's
// tag is late because of a page.

extension Keeper {
    /// Makes a channel's page anew, if something changed or the look was a full one. A page left
    /// half made is finished after a later step.
    func refresh(_ lane: Lane, _ ground: Lane.Ground, isFull: Bool) async {
        guard let old = board.situation(of: lane.address) else { return }
        let graph = ground.site.history.newest
        let isMoved = graph?.tip != nil && graph?.tip != old.strip.first?.commit
        guard isFull || isMoved || lane.isStale || old.status == nil else { return }
        guard !lane.isWanted, !Task.isCancelled else { return lane.isStale = true }

        let status = await ground.site.judge.status(of: ground.channel)
        board.update(lane.address) { $0.status = status }
        set(status, lane)
        guard !lane.isWanted, !Task.isCancelled else { return lane.isStale = true }

        let hasHistory = await showHistory(lane, ground)
        let isWhole = await makeStrip(lane, ground, status, old.strip)
        lane.isStale = !isWhole || !hasHistory
    }

    /// Shows the ledger's newest entries. False: it could not be read; what is shown stays as it
    /// was, and the status says so.
    private func showHistory(_ lane: Lane, _ ground: Lane.Ground) async -> Bool {
        guard ground.site.ledger != nil else { return true }
        do {
            let history = try await ground.site.judge.history(
                of: ground.channel, limit: Limits.historyShownMax)
            board.update(lane.address) { $0.history = history }
            return true
        } catch {
            return false
        }
    }

    /// Judges what is newer than what is live. A full look that found what the look before it had
    /// found judges only commits that are new. False: it was left half made.
    private func makeStrip(
        _ lane: Lane, _ ground: Lane.Ground, _ status: ChannelStatus, _ old: [Situation.Step]
    ) async -> Bool {
        guard let graph = ground.site.history.newest else { return true }
        let live = status.liveCommit
        let wasLive = old.first(where: \.isLive)?.commit
        let mayKeep = !lane.isStale && wasLive == live
        var strip: [Situation.Step] = []
        var isWhole = true
        for commit in shown(of: graph, from: live) {
            let before = old.first { $0.commit == commit.id }?.judged
            var judged: Receipt?
            if commit.id != live {
                if lane.isWanted || Task.isCancelled {
                    (judged, isWhole) = (before, false)
                } else if mayKeep, let before {
                    judged = before
                } else {
                    judged = await ground.site.judge.carryOut(
                        .promote(.full(commit.id), nil), on: ground.channel)
                }
            }
            strip.append(
                Situation.Step(
                    commit: commit.id, committedAt: commit.committedAt,
                    isLive: commit.id == live, judged: judged))
        }
        board.update(lane.address) { $0.strip = strip }
        tally.set(
            Double(strip.count { $0.judged?.outcome == .promote }),
            Metric.promotable(["channel": "\(lane.address)"]))
        return isWhole
    }

    /// From the tip back to what is live, as far as a strip is long. What is live is shown even
    /// where the way to it is longer.
    private func shown(of graph: CommitGraph, from live: CommitID?) -> [CommitGraph.Commit] {
        var shown: [CommitGraph.Commit] = []
        let own = live.flatMap { live in graph.commits.first { $0.id == live } }
        // A channel at the branch's tip, which most are, costs no walk through the graph.
        for commit in graph.commits where live == nil || graph.tip != live {
            guard shown.count < Limits.stripCommitsMax - (own == nil ? 0 : 1) else { break }
            guard let live else {
                shown.append(commit)
                continue
            }
            let ancestry = graph.ancestry(of: commit.id, from: live)
            if ancestry != .behind, ancestry != .identical { shown.append(commit) }
        }
        return shown + (own.map { [$0] } ?? [])
    }

    /// A gauge says what is known: what could not be read leaves it as it was.
    private func set(_ status: ChannelStatus, _ lane: Lane) {
        let label = ["channel": "\(lane.address)"] as KeyValuePairs
        let lives = Set(status.images.compactMap(\.live.value))
        let codes = Set(status.reasons.map(\.code))
        let isKnown = !codes.contains(where: \.couldNotTell)
        if let behind = status.commitsBehind {
            tally.set(Double(behind), Metric.behindCommits(label))
            if let time = behind == 0 ? .zero : status.behindFor {
                tally.set(time.seconds, Metric.behindSeconds(label))
            }
        }
        let flags: [(Metric, Bool)] = [
            (.split, lives.count > 1), (.held, status.ledger?.hold != nil),
            (.liveRed, codes.contains(.liveRed)), (.movedByOthers, codes.contains(.movedByOthers)),
        ]
        for (metric, isSo) in flags where isSo || isKnown { tally.set(isSo ? 1 : 0, metric(label)) }
    }
}

extension ChannelStatus {
    /// The commit that the channel is at, by its ledger where it has one.
    fileprivate var liveCommit: CommitID? {
        ledger?.plan?.commit ?? images.compactMap(\.live.value).first
    }
}
