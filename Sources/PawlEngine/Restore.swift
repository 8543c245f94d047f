import PawlCore
import PawlPorts

// A plan that cannot be followed gives way to the newest earlier move that can.

extension Engine {
    /// Appends `restore` and follows it. `isBack`: the group is whole again.
    func restore(
        after tip: Tip, on channel: Channel, _ ledger: ChannelLedger,
        _ images: [Facts.ImageFacts], _ obstacle: Follow.Obstacle
    ) async -> (isBack: Bool, reasons: [Reason]) {
        do throws(PortFailure) {
            guard let failing = tip.plan,
                let earlier = try await restorable(
                    before: failing, tip, channel, ledger, obstacle)
            else { return (false, [nothingToRestore(channel)]) }
            let movement = Movement(
                kind: .restore, commit: earlier.commit, previous: failing.commit,
                images: earlier.images.map { image in
                    Movement.Image(
                        target: image.target, digest: image.digest,
                        before: failing.digest(of: image.target))
                })
            let why = "the move to \(failing.commit.short) could not be finished"
            guard
                case .added(let restored) = try await ledger.append(
                    .move(movement), reason: why, after: tip)
            else { return (false, [overtaken(channel)]) }
            switch await Follow(ports: ports, channel: channel)(
                restored.state, images, isLate: false)
            {
            case .stopped(_, let reasons, _): return (false, reasons)
            case .done: break
            }
            guard
                case .added = try await ledger.append(
                    .followed(restored.entry.number), after: restored)
            else { return (false, [overtaken(channel)]) }
            return (
                true,
                [
                    Reason(
                        .restored, "\(channel.to)",
                        "The group was put back to \(earlier.commit.short), as in entry "
                            + "\(earlier.entry).")
                ]
            )
        } catch {
            return (
                false,
                [ledgerUnwritable(error, channel, "The group could not be put back by the ledger")]
            )
        }
    }

    /// The newest earlier move whose commit is not quarantined, whose digests are all there, and
    /// which asks nothing of the tags that may not be written.
    private func restorable(
        before failing: ChannelState.RecordedPlan, _ tip: Tip, _ channel: Channel,
        _ ledger: ChannelLedger, _ obstacle: Follow.Obstacle
    ) async throws(PortFailure) -> ChannelState.RecordedPlan? {
        var oldest: Tip? = tip
        var read = 0
        while read < Limits.entriesReadMax, let last = oldest {
            let page = try await ledger.entries(before: last, limit: Limits.entryPageMax)
            for earlier in page where earlier.entry.movement != nil {
                guard let plan = earlier.plan, plan.entry < failing.entry,
                    plan.images != failing.images, !tip.state.isQuarantined(plan.commit),
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
    private func isThere(
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

    private func overtaken(_ channel: Channel) -> Reason {
        Reason(
            .unfinished, "\(channel.to)",
            "Another run moved \(channel.name) further while the group was being put back.")
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
