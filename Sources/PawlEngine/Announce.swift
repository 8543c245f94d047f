import PawlCore
import PawlPorts

// Hooks are told of the newest move, after its tags were there: at least once, with the entry's id
// as the key by which they recognise a repetition.

extension Engine {
    /// Tells what is still to be told; also what an earlier run began and did not finish. A hook
    /// that fails undoes nothing and repeats nothing: it is a dead letter, and a reason to read.
    func announceNewest(of channel: Channel) async -> [Reason] {
        guard !isDryRun, !channel.hooks.isEmpty, let announcer = ports.announcer,
            let ledger = ledger(of: channel)
        else { return [] }
        do throws(PortFailure) {
            guard var tip = try await ledger.tip() else { return [] }
            guard let announcement = try await announcement(at: tip, channel, ledger) else {
                return []
            }
            var reasons: [Reason] = []
            for (name, hook) in channel.namedHooks {
                let told = try await tell(
                    name, hook, announcement, announcer, ledger, after: tip, channel)
                tip = told.tip
                reasons += told.reason.map { [$0] } ?? []
                guard tip.plan?.entry == announcement.number else { break }
            }
            return reasons
        } catch {
            return [
                ledgerUnwritable(
                    error, channel, "Whether hooks were told of the move could not be recorded")
            ]
        }
    }

    /// What there is to tell: the move in force, if its tags followed it and Pawl made it.
    private func announcement(
        at tip: Tip, _ channel: Channel, _ ledger: ChannelLedger
    ) async throws(PortFailure) -> Announcement? {
        guard let plan = tip.plan, tip.state.isFollowed, plan.kind != .adopt,
            channel.namedHooks.contains(where: { isPending($0.name, tip.state) })
        else { return nil }
        let since = tip.entry.number - plan.entry
        let move =
            since == 0
            ? tip
            : try await ledger.entries(before: tip, limit: since).first {
                $0.entry.number == plan.entry
            }
        return move.flatMap {
            Announcement($0.entry, tag: channel.to, branch: policy.branch)
        }
    }

    private func isPending(_ hook: String, _ state: ChannelState) -> Bool {
        guard let known = state.announcements.first(where: { $0.hook == hook }) else { return true }
        return known.outcome == nil
    }

    /// One hook, if it is still to be told.
    private func tell(
        _ name: String, _ hook: Hook, _ announcement: Announcement, _ announcer: Announcer,
        _ ledger: ChannelLedger, after start: Tip, _ channel: Channel
    ) async throws(PortFailure) -> (tip: Tip, reason: Reason?) {
        var tip = start
        var began: Instant?
        for _ in 0..<Limits.appendAttemptsMax {
            guard tip.plan?.entry == announcement.number, isPending(name, tip.state) else {
                return (tip, nil)
            }
            let known = tip.state.announcements.first { $0.hook == name }
            if let known, let left = timeLeft(to: known) {
                // Another run may be at it.
                do { try await ports.clock.sleep(left) } catch { return (tip, nil) }
                let newest = try await ledger.tip()
                guard let newest else { return (tip, nil) }
                guard newest == tip else {
                    tip = newest
                    continue
                }
            }
            let answer = try await ledger.append(
                .announcing(announcement.number, hook: name), after: tip)
            guard case .added(let added) = answer else {
                guard case .moved(let newer?) = answer else { return (tip, nil) }
                tip = newer
                continue
            }
            tip = added
            began = known?.began ?? ports.clock.now()
            break
        }
        guard let began else { return (tip, nil) }
        let outcome: Entry.Outcome
        do throws(PortFailure) {
            outcome = .delivered(try await announcer.tell(announcement, hook, began))
        } catch {
            outcome = .failed(error.detail)
        }
        ports.observer.tell(.announced(name, outcome))
        tip = try await recordTold(name, announcement.number, outcome, ledger, after: tip)
        guard case .failed(let why) = outcome else { return (tip, nil) }
        let reason = Reason(
            .hookFailed, name,
            "\(name) could not be told of entry \(announcement.number): \(why).")
        return (tip, reason)
    }

    private func timeLeft(to known: ChannelState.Announcement) -> Duration? {
        let left = Limits.announcingMax - ports.clock.now().since(known.began)
        // The other run's clock may be ahead of ours.
        return left > .zero ? min(left, Limits.announcingMax) : nil
    }

    private func recordTold(
        _ hook: String, _ plan: Int, _ outcome: Entry.Outcome, _ ledger: ChannelLedger,
        after start: Tip
    ) async throws(PortFailure) -> Tip {
        var tip = start
        for _ in 0..<Limits.appendAttemptsMax {
            switch try await ledger.append(.announced(plan, hook: hook, outcome), after: tip) {
            case .added(let added), .superseded(let added, _): return added
            case .moved(let newer?): tip = newer
            case .moved(nil): return tip
            }
        }
        return tip
    }
}
