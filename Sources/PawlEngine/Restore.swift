import PawlCore
import PawlPorts

// A plan that cannot be followed gives way to the newest earlier move that can.

/// What came of giving way.
enum Restoration: Sendable {
    /// The group is whole again, at an earlier move.
    case back([Reason])
    /// There is nothing to go back to, or it could not be recorded; the tags are left alone.
    case left([Reason])
    /// Somebody appended meanwhile: this run may have written after them.
    case overtaken(Tip?)
}

extension Engine {
    /// Appends `restore` and follows it.
    func restore(
        after tip: Tip, on channel: Channel, _ ledger: ChannelLedger,
        _ images: [Facts.ImageFacts], _ obstacle: Follow.Obstacle
    ) async -> Restoration {
        do throws(PortFailure) {
            guard let failing = tip.plan,
                let earlier = try await restorable(
                    before: failing, tip, channel, ledger, obstacle)
            else { return .left([nothingToRestore(channel)]) }
            let movement = Movement(
                kind: .restore, commit: earlier.commit, previous: failing.commit,
                images: restored(to: earlier, from: failing, images, channel))
            let why = "the move to \(failing.commit.short) could not be finished"
            switch try await ledger.append(.move(movement), reason: why, after: tip) {
            case .moved(let newer): return .overtaken(newer)
            case .superseded(_, let newer): return .overtaken(newer)
            case .added(let restored):
                switch await Follow(ports: ports, channel: channel)(
                    restored.state, images, isLate: false)
                {
                case .stopped(_, let reasons, _): return .left(reasons)
                case .done: break
                }
                let number = restored.entry.number
                switch try await ledger.append(.followed(number), after: restored) {
                case .moved(let newer): return .overtaken(newer)
                case .superseded(_, let newer): return .overtaken(newer)
                case .added: return .back([putBack(channel, to: earlier)])
                }
            }
        } catch {
            return .left([
                ledgerUnwritable(error, channel, "The group could not be put back by the ledger")
            ])
        }
    }

    /// The earlier plan's digests; a tag that it does not name goes back to where it was found.
    private func restored(
        to earlier: ChannelState.RecordedPlan, from failing: ChannelState.RecordedPlan,
        _ images: [Facts.ImageFacts], _ channel: Channel
    ) -> [Movement.Image] {
        images.compactMap { image in
            let target = ImageReference(image.image.target, channel.to)
            return (earlier.digest(of: target) ?? image.target.value).map { digest in
                Movement.Image(
                    target: target, digest: digest, before: failing.digest(of: target))
            }
        }
    }

    private func putBack(_ channel: Channel, to earlier: ChannelState.RecordedPlan) -> Reason {
        Reason(
            .restored, "\(channel.to)",
            "The group was put back to \(earlier.commit.short), as in entry \(earlier.entry).")
    }

    /// The newest earlier move whose commit is not quarantined and was not taken back later, whose
    /// digests are all there, and which asks nothing of the tags that may not be written.
    private func restorable(
        before failing: ChannelState.RecordedPlan, _ tip: Tip, _ channel: Channel,
        _ ledger: ChannelLedger, _ obstacle: Follow.Obstacle
    ) async throws(PortFailure) -> ChannelState.RecordedPlan? {
        var oldest: Tip? = tip
        var undone: Set<CommitID> = []
        var read = 0
        while read < Limits.entriesReadMax, let last = oldest {
            let page = try await ledger.entries(before: last, limit: Limits.entryPageMax)
            for earlier in page {
                guard let movement = earlier.entry.movement else { continue }
                if movement.kind == .rollback || movement.kind == .restore,
                    let previous = movement.previous, previous != movement.commit
                {
                    undone.insert(previous)
                }
                guard let plan = earlier.plan, plan.entry < failing.entry,
                    plan.images != failing.images, !tip.state.isQuarantined(plan.commit),
                    !undone.contains(plan.commit),
                    !tip.state.plans.dropFirst().contains(where: { $0.entry == plan.entry }),
                    obstacle.lets(plan)
                else { continue }
                if try await isThere(plan, channel) { return plan }
            }
            read += page.count
            oldest = page.last
        }
        return nil
    }

    /// Whether every tag of the group is named by the plan with a digest that the registry has.
    func isThere(
        _ plan: ChannelState.RecordedPlan, _ channel: Channel
    ) async throws(PortFailure) -> Bool {
        for image in channel.images {
            let target = ImageReference(image.target, channel.to)
            guard let digest = plan.digest(of: target) else { continue }
            let pinned = ImageReference(image.target, digest)
            guard try await ports.registry.digest(of: pinned) != nil else { return false }
        }
        return true
    }

    private func nothingToRestore(_ channel: Channel) -> Reason {
        Reason(
            .unfinished, "\(channel.to)",
            "The ledger has no earlier move that the group could be put back to; its tags were "
                + "left where they are.")
    }
}

extension Follow.Obstacle {
    /// Whether every tag that may not be written is where the plan wants it.
    func lets(_ plan: ChannelState.RecordedPlan) -> Bool {
        stuck.allSatisfy { target, digest in
            plan.digest(of: target).map { digest == .seen($0) } ?? true
        }
    }
}
