import PawlCore
import PawlPorts

// The candidates of a look, newest first.

extension Engine {
    /// Judges what is newer than `live`, newest first, and promotes the first that may go.
    func look(
        on channel: Channel, _ graph: CommitGraph, past live: [CommitID], isWhole: Bool,
        except: CommitID?, tip: Fact<Tip>? = nil
    ) async -> Receipt {
        var passedOver: [Reason] = []
        var ahead: RunsAhead?
        let candidates = newer(in: graph, past: live, isWhole: isWhole).filter { $0 != except }
        for window in candidates.prefix(Limits.lookCandidatesMax).chunks(Limits.lookProbesAtOnce) {
            for (commit, source) in await probe(window, channel) {
                let candidate = Candidate(channel: channel, commit: commit, isFound: true)
                let barred =
                    tip.map {
                        bars(
                            to: candidate, $0.value.state, graph, now: ports.clock.now())
                    } ?? []
                guard barred.isEmpty else {
                    passedOver += barred.map { about(commit, $0) }
                    continue
                }
                switch source {
                case .absent:
                    passedOver.append(noSource(commit))
                    continue
                case .unreadable(let failure):
                    passedOver.append(sourceUnreadable(commit, failure))
                    continue
                case .seen:
                    break
                }
                // A split group is healed where a candidate is judged in full.
                if candidates.count > 1, Set(live).count <= 1, ahead == nil {
                    ahead = await RunsAhead(of: channel, over: candidates, graph, ports)
                }
                let obstacles = ahead?.obstacles(for: candidate, under: policy) ?? []
                guard obstacles.isEmpty else {
                    passedOver += obstacles.map { about(commit, $0) }
                    continue
                }
                var receipt = await promoteOnly(candidate, log: graph, tip: tip)
                switch receipt.outcome {
                case .settled where receipt.reasons.contains { $0.code == .behind }:
                    // By policy a late event; a look goes on.
                    passedOver += receipt.reasons.map { about(commit, $0) }
                case .promote, .settled, .error:
                    receipt.reasons += passedOver
                    return receipt
                case .hold where receipt.reasons.contains { $0.code == .movedByOthers }:
                    receipt.reasons += passedOver
                    return receipt
                case .hold, .reject, .ignore:
                    passedOver += receipt.reasons.map { reason in
                        reason.code == .groupHealed ? reason : about(commit, reason)
                    }
                }
            }
        }
        return nothingNewer(channel, live: live, isWhole: isWhole, passedOver)
    }

    /// Commits of the page that are neither live nor older than all that is live, newest first.
    /// Where a member of the group is at no commit, the live commit itself may complete it.
    func newer(
        in graph: CommitGraph, past live: [CommitID], isWhole: Bool = true
    ) -> [CommitID] {
        graph.commits.map(\.id).filter { commit in
            live.isEmpty
                || !live.allSatisfy { live in
                    let ancestry = graph.ancestry(of: commit, from: live)
                    return ancestry == .behind || isWhole && ancestry == .identical
                }
        }
    }

    /// Whether the first image of each commit is there: most commits of a merge never were built.
    func probe(
        _ commits: some Collection<CommitID>, _ channel: Channel
    ) async -> [(CommitID, Fact<Digest>)] {
        let registry = ports.registry
        let commits = Array(commits)
        let answers = await withTaskGroup(of: (Int, Fact<Digest>).self) { group in
            for (index, commit) in commits.enumerated() {
                guard let image = channel.images.first,
                    let tag = try? channel.from.tag(for: commit)
                else { continue }
                let reference = ImageReference(image.source, tag)
                group.addTask {
                    (index, await Fact.asking { try await registry.digest(of: reference) })
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return commits.enumerated().map { ($1, answers[$0] ?? .notAsked) }
    }

    func sourceUnreadable(_ commit: CommitID, _ failure: PortFailure) -> Reason {
        Reason(
            .registryUnreadable, commit.hex,
            "Whether there is an image of \(commit.short) could not be read: \(failure.detail).",
            advice: failure.advice)
    }

    private func noSource(_ commit: CommitID) -> Reason {
        Reason(
            .buildAbsent, commit.hex, "There is no image of \(commit.short).",
            advice: "Wait for its build, or run it.")
    }

    func about(_ commit: CommitID, _ reason: Reason) -> Reason {
        var passed = Reason(
            reason.code, commit.hex, "\(commit.short) may not go: \(reason.text)",
            advice: reason.advice)
        passed.until = reason.until
        return passed
    }

    private func nothingNewer(
        _ channel: Channel, live: [CommitID], isWhole: Bool, _ passedOver: [Reason]
    ) -> Receipt {
        let isUnreadable = passedOver.contains { $0.code.couldNotTell }
        // "Settled" is said of a whole group at one commit, and of nothing else.
        let isSettled = isWhole && Set(live).count == 1 && !isUnreadable
        var receipt = Receipt(
            channel: channel.name, commit: isSettled ? live.first : nil,
            outcome: isSettled ? .settled : .hold,
            reasons: isSettled || !passedOver.isEmpty ? passedOver : [nothingElse(channel)])
        receipt.previous = live.first
        return receipt
    }

    private func nothingElse(_ channel: Channel) -> Reason {
        Reason(
            .nothingNewer, "\(channel.name)",
            "\(policy.branch) has no other commit that \(channel.name) could go to.")
    }

    func nothingToSee(
        _ channel: Channel, _ text: String, code: ReasonCode = .ancestryUnreadable,
        advice: String? = nil
    ) -> Receipt {
        Receipt(
            channel: channel.name, commit: nil, outcome: .error,
            reasons: [Reason(code, policy.branch.text, text, advice: advice)])
    }
}

extension Collection {
    /// Consecutive parts of at most `size` elements.
    fileprivate func chunks(_ size: Int) -> [SubSequence] {
        var parts: [SubSequence] = []
        var start = startIndex
        while start != endIndex {
            let end = index(start, offsetBy: size, limitedBy: endIndex) ?? endIndex
            parts.append(self[start..<end])
            start = end
        }
        return parts
    }
}
