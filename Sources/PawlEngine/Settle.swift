import PawlCore
import PawlPorts

/// What came of making the tags follow the ledger and recording that they did.
enum Settling: Sendable {
    /// The plan of that entry was followed, and that is in the ledger.
    case followed(Tip, moved: Set<ImageReference>)
    /// Somebody appended a newer plan meanwhile; that one was followed.
    case superseded(Tip, moved: Set<ImageReference>)
    /// The tags could not be made to follow, or that they do could not be recorded.
    case stopped(moved: Set<ImageReference>, [Reason])
}

extension Engine {
    /// Follows the plan in force and appends `followed`, which is the last look: as it is
    /// conditional, no stale read can fool it. Where a newer plan came between, that one is
    /// followed, without believing what is read, for this run may have written after it.
    ///
    /// `isOwn`: this run obtained the rights to push and appended the move itself. A run that only
    /// finishes another's asks for the rights here, and where it lacks them it undoes nothing.
    func settle(
        _ start: Tip, on channel: Channel, _ ledger: ChannelLedger, _ images: [Facts.ImageFacts],
        isOwn: Bool
    ) async -> Settling {
        var tip = start
        var moved: Set<ImageReference> = []
        var refusals: [Reason] = []
        if !isOwn {
            do throws(PortFailure) {
                try await ports.registry.preparePush(to: channel.images.map(\.target))
            } catch {
                return .stopped(moved: [], [notMoved(error, "\(channel.to)")])
            }
        }
        for _ in 0..<Limits.appendAttemptsMax {
            let isLate = tip.plan != start.plan
            switch await Follow(ports: ports, channel: channel)(tip.state, images, isLate: isLate) {
            case .done(let now): moved.formUnion(now)
            case .stopped(let now, let reasons, let obstacle):
                moved.formUnion(now)
                guard let obstacle, mayGiveWay(tip, obstacle, isOwn: isOwn) else {
                    guard let newer = await newerPlan(than: tip, ledger) else {
                        return .stopped(moved: moved, reasons)
                    }
                    tip = newer
                    continue
                }
                refusals = reasons
                switch await restore(after: tip, on: channel, ledger, images, obstacle) {
                case .back(let notes): return .stopped(moved: [], reasons + notes)
                case .left(let notes):
                    guard let newer = await newerPlan(than: tip, ledger) else {
                        return .stopped(moved: moved, reasons + notes)
                    }
                    tip = newer
                    continue
                case .overtaken(let newer?):
                    tip = newer
                    continue
                case .overtaken(nil): return .stopped(moved: moved, [vanished(channel)])
                }
            }
            switch await recordFollowed(tip, ledger, channel) {
            case .recorded(let recorded):
                // Others appended between giving way and the record of it.
                if !refusals.isEmpty, recorded.plan?.kind == .restore {
                    return .stopped(moved: [], refusals)
                }
                return isLate
                    ? .superseded(recorded, moved: moved) : .followed(recorded, moved: moved)
            case .newer(let newer): tip = newer
            case .failed(let reason): return .stopped(moved: moved, [reason])
            }
        }
        return .stopped(moved: moved, [overtakenTooOften(channel)])
    }

    private func overtakenTooOften(_ channel: Channel) -> Reason {
        Reason(
            .unfinished, "\(channel.name)",
            "Other runs appended \(Limits.appendAttemptsMax) newer moves meanwhile.")
    }

    /// Whether an earlier move may take the place of one that cannot be followed. Not for want of
    /// this run's own rights to what another run decided, not for a person's rollback, which names
    /// its commit, and not for a move that gave way itself.
    private func mayGiveWay(_ tip: Tip, _ obstacle: Follow.Obstacle, isOwn: Bool) -> Bool {
        guard isOwn || !obstacle.isDenied else { return false }
        return tip.plan?.kind == .promote || tip.plan?.kind == .adopt
    }

    /// What was written by a follow that stopped may have come after a newer plan's writes.
    private func newerPlan(than tip: Tip, _ ledger: ChannelLedger) async -> Tip? {
        let newest = try? await ledger.tip()
        guard let newest, newest.plan != tip.plan, newest.entry.number > tip.entry.number else {
            return nil
        }
        return newest
    }

    private enum Recorded {
        case recorded(Tip)
        /// A newer plan is in force.
        case newer(Tip)
        case failed(Reason)
    }

    private func recordFollowed(
        _ tip: Tip, _ ledger: ChannelLedger, _ channel: Channel
    ) async -> Recorded {
        guard let plan = tip.plan else { return .recorded(tip) }
        var tip = tip
        for _ in 0..<Limits.appendAttemptsMax {
            if tip.plan?.entry == plan.entry, tip.state.isFollowed { return .recorded(tip) }
            do throws(PortFailure) {
                switch try await ledger.append(.followed(plan.entry), after: tip) {
                case .added(let recorded): return .recorded(recorded)
                case .superseded(_, let newer): return .newer(newer)
                case .moved(let newer?):
                    guard newer.plan?.entry == plan.entry else { return .newer(newer) }
                    tip = newer
                case .moved(nil):
                    return .failed(vanished(channel))
                }
            } catch {
                return .failed(
                    ledgerUnwritable(
                        error, channel, "The tags are moved; that they are could not be recorded"))
            }
        }
        return .failed(
            Reason(
                .ledgerUnwritable, "\(channel.name)",
                "Others appended \(Limits.appendAttemptsMax) entries meanwhile."))
    }

    private func vanished(_ channel: Channel) -> Reason {
        Reason(
            .ledgerUnreadable, "\(channel.name)",
            "The ledger of \(channel.name) was deleted while Pawl was writing it.")
    }
}
