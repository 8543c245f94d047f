import PawlCore
import PawlPorts

// A tag that the ledger does not know: read too early, or moved by somebody else.

extension Engine {
    /// Reads once more after a pause, since registries show old tags for a while. What is still
    /// strange then was moved by somebody else.
    func drift(
        _ strange: [Standing.Strange], _ tip: Tip, _ channel: Channel, _ commit: CommitID?,
        _ ledger: ChannelLedger
    ) async -> Ground {
        guard !isDryRun else { return .ends(movedByOthers(strange, channel, commit, [])) }
        do {
            try await ports.clock.sleep(Limits.driftPause)
        } catch {
            return .ends(movedByOthers(strange, channel, commit, []))
        }
        let images = await targetDigests(of: channel)
        let newest = await Fact.asking { try await ledger.tip() }
        guard newest == .seen(tip) else { return .again([]) }
        guard
            case .strange(let still) = standing(of: images, at: channel.to, under: tip.state),
            still == strange
        else { return .again([]) }

        let adoption = await adoptAhead(tip, channel, ledger)
        switch adoption {
        case .adopted(let note): return .again([note])
        case .overtaken: return .again([])
        case .failed(let reason): return .ends(stopped(channel, commit, [reason]))
        case .refused(let why):
            guard channel.forward.movedByOthers == .restore else {
                return .ends(movedByOthers(strange, channel, commit, why))
            }
            return await putBack(strange, tip, channel, commit, ledger, images)
        }
    }

    private enum Adoption {
        case adopted(Reason)
        case overtaken
        case refused([Reason])
        case failed(Reason)
    }

    /// The whole group at one commit ahead of the ledger's that passes the rules: the ledger takes
    /// it as if Pawl had moved it.
    private func adoptAhead(
        _ tip: Tip, _ channel: Channel, _ ledger: ChannelLedger
    ) async -> Adoption {
        let lives = await liveImages(of: channel).map(\.live)
        guard case .seen(let found)? = lives.first, lives.allSatisfy({ $0 == .seen(found) }),
            found != tip.plan?.commit
        else { return .refused([]) }
        let candidate = Candidate(channel: channel, commit: found)
        let gathered = await Gather(
            ports: ports, policy: policy, ledger: ledger, isAdopting: true
        ).facts(for: candidate)
        guard gathered.tip == .seen(tip) else { return .overtaken }
        let decision = decide(candidate, given: gathered.facts, under: policy)
        guard case .promote(let plan, _) = decision.verdict,
            !plan.moves.contains(where: \.isNeeded)
        else { return .refused(decision.verdict.reasons) }
        let movement = Movement(
            .adopt, plan, to: found, from: tip.plan?.commit, findings: decision.findings,
            isOverride: false)
        do throws(PortFailure) {
            let answer = try await ledger.append(
                .move(movement), reason: "moved by somebody else, and passes the rules",
                after: tip)
            guard case .added = answer else { return .overtaken }
        } catch {
            return .failed(
                ledgerUnwritable(error, channel, "What was found could not be recorded"))
        }
        return .adopted(
            Reason(
                .adopted, "\(channel.to)",
                "Somebody else moved the group to \(found.short), which passes the rules: the "
                    + "ledger took it."))
    }

    /// `moved-by-others: restore`.
    private func putBack(
        _ strange: [Standing.Strange], _ tip: Tip, _ channel: Channel, _ commit: CommitID?,
        _ ledger: ChannelLedger, _ images: [Facts.ImageFacts]
    ) async -> Ground {
        switch await reassert(
            tip, channel, ledger, images, reason: sentence(strange), by: nil)
        {
        case .moved: return .again([])
        case .settled(.followed), .settled(.superseded):
            return .again([
                Reason(.restored, "\(channel.to)", "\(sentence(strange)) They were put back.")
            ])
        case .settled(.stopped(_, let reasons)): return .ends(stopped(channel, commit, reasons))
        case .failed(let reason): return .ends(stopped(channel, commit, [reason]))
        }
    }

    /// What came of saying again that the plan in force stands.
    enum Reassertion: Sendable {
        case settled(Settling)
        case moved
        case failed(Reason)
    }

    /// Appends `restore` of the plan in force, and follows it.
    func reassert(
        _ tip: Tip, _ channel: Channel, _ ledger: ChannelLedger, _ images: [Facts.ImageFacts],
        reason: String?, by actor: String?
    ) async -> Reassertion {
        guard let plan = tip.plan else { return .moved }
        let movement = Movement(
            kind: .restore, commit: plan.commit, previous: plan.commit,
            images: plan.images.map { image in
                let seen = images.first {
                    ImageReference($0.image.target, channel.to) == image.target
                }
                return Movement.Image(
                    target: image.target, digest: image.digest, before: seen?.target.value)
            })
        do throws(PortFailure) {
            try await ports.registry.preparePush(to: channel.images.map(\.target))
        } catch {
            return .failed(notMoved(error, "\(channel.to)"))
        }
        do throws(PortFailure) {
            let answer = try await ledger.append(
                .move(movement), reason: reason, by: actor, after: tip)
            switch answer {
            case .moved: return .moved
            case .superseded(_, let newer): return .settled(.superseded(newer, moved: []))
            case .added(let restored):
                return .settled(
                    await settle(restored, on: channel, ledger, images, isOwn: true))
            }
        } catch {
            return .failed(
                ledgerUnwritable(
                    error, channel, "Nothing was put back, as it could not be recorded")
            )
        }
    }

    private func sentence(_ strange: [Standing.Strange]) -> String {
        let places = strange.map { "\($0.target) at \($0.digest.short)" }.joined(separator: ", ")
        return "Somebody else moved \(places)."
    }

    func movedByOthers(
        _ strange: [Standing.Strange], _ channel: Channel, _ commit: CommitID?, _ why: [Reason]
    ) -> Receipt {
        let reasons = strange.map { tag in
            Reason(
                .movedByOthers, "\(tag.target)",
                "\(tag.target) is at \(tag.digest.short), where the ledger has "
                    + "\(tag.planned.short): somebody else moved it.")
        }
        return Receipt(
            channel: channel.name, commit: commit, outcome: .hold, reasons: reasons + why)
    }
}
