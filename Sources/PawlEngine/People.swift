import PawlCore
import PawlPorts

// What people say about a channel: entries that move nothing.

extension Engine {
    func hold(_ channel: Channel, _ statement: Statement) async -> Receipt {
        await record(channel, statement) { state in
            state.hold == nil ? .hold : nil
        } receipt: { state in
            var receipt = Receipt(
                channel: channel.name, commit: nil, outcome: .hold,
                reasons: state.hold.map { [held($0, "\(channel.name)")] } ?? [])
            receipt.previous = state.plan?.commit
            return receipt
        }
    }

    func quarantine(
        _ channel: Channel, _ commit: CommitID, _ statement: Statement
    ) async -> Receipt {
        guard await isKnown(commit) else { return unknownCommit("\(commit)", channel) }
        return await record(channel, statement) { state in
            state.quarantined.contains(commit) ? nil : .quarantine(commit)
        } receipt: { state in
            var receipt = Receipt(
                channel: channel.name, commit: commit, outcome: .settled, reasons: [])
            receipt.previous = state.plan?.commit
            if state.plan?.commit == commit {
                receipt.reasons = [
                    Reason(
                        .quarantined, commit.hex,
                        "\(commit.short) is quarantined, and it is live: it stays there.",
                        advice: "Take the group back with pawl rollback --to SHA --reason TEXT.")
                ]
            }
            return receipt
        }
    }

    /// Lifts the hold. The floor is the commit named, or the branch's tip. A person who names a
    /// commit lets it go, with all that a rollback had quarantined; without a name the tip itself
    /// stays quarantined if it was.
    func resume(
        _ channel: Channel, from named: CommitID?, _ statement: Statement
    ) async -> Receipt {
        let log = await Fact.asking { try await ports.history.log(of: policy.branch) }
        let floor: CommitID
        if let named {
            let gather = Gather(ports: ports, policy: policy)
            let position = await gather.position(of: named, log.value)
            guard position == .seen(.onBranch) else {
                return judged(
                    channel, named, positionFinding(of: named, on: policy.branch, position))
            }
            floor = named
        } else if let tip = log.value?.tip {
            floor = tip
        } else {
            return nothingToSee(
                channel,
                "The tip of \(policy.branch) could not be read: "
                    + "\(log.failure?.detail ?? "it has no commits").",
                advice: log.failure?.advice)
        }
        var receipt = await record(channel, statement) { state in
            .resume(
                floor: floor,
                released: named == nil
                    ? state.rolledBack.filter { $0 != floor }
                    : state.rolledBack.filter { $0 != floor } + [floor])
        } obstacle: { first, now in
            guard first.hold != now.hold || first.rolledBack != now.rolledBack else { return nil }
            return Reason(
                .superseded, "\(channel.name)",
                "Somebody else held \(channel.name) or took it back meanwhile; nothing was "
                    + "resumed.",
                advice: "Look at pawl history, and resume again if it is right.")
        } receipt: { state in
            var receipt = Receipt(
                channel: channel.name, commit: floor, outcome: .settled, reasons: [])
            receipt.previous = state.plan?.commit
            return receipt
        }
        guard receipt.outcome == .settled else { return receipt }
        let reader = Engine(ports: ports, policy: policy, isDryRun: true)
        var next = await reader.look(on: channel)
        next.isDryRun = true
        receipt.look = [next]
        return receipt
    }

    /// Appends what `event` makes of the newest state, however often others are faster. `nil`: it
    /// is so already.
    private func record(
        _ channel: Channel, _ statement: Statement,
        _ event: (ChannelState) -> Entry.Event?,
        obstacle: (_ first: ChannelState, _ now: ChannelState) -> Reason? = { _, _ in nil },
        receipt: (ChannelState) -> Receipt
    ) async -> Receipt {
        guard let ledger = ledger(of: channel) else { return noLedger(channel) }
        do throws(PortFailure) {
            var tip = try await ledger.tip()
            let first = tip.state
            for _ in 0..<Limits.appendAttemptsMax {
                guard !isDryRun, let event = event(tip.state) else { return receipt(tip.state) }
                switch try await ledger.append(
                    event, reason: statement.reason, by: statement.actor, after: tip)
                {
                case .added(let added), .superseded(let added, _):
                    var receipt = receipt(added.state)
                    receipt.entry = added.entry.number
                    return receipt
                case .moved(let newer):
                    tip = newer
                    if let reason = obstacle(first, tip.state) {
                        return stopped(channel, nil, [reason])
                    }
                }
            }
            return stopped(channel, nil, [busyLedger(channel)])
        } catch {
            return stopped(
                channel, nil, [ledgerUnwritable(error, channel, "It could not be recorded")])
        }
    }

    func busyLedger(_ channel: Channel) -> Reason {
        Reason(
            .ledgerUnwritable, "\(channel.name)",
            "Others appended \(Limits.appendAttemptsMax) entries meanwhile.",
            advice: "Run again.")
    }

    /// Surfaces refuse such orders before; this says it where one does not.
    func noLedger(_ channel: Channel) -> Receipt {
        stopped(
            channel, nil,
            [
                Reason(
                    .wrongUse, "\(channel.name)", "There is no ledger to keep this in.",
                    advice: "Name one with ledger: in the policy file, or with --ledger.")
            ])
    }

    /// A receipt of one finding that ends the judging.
    func judged(_ channel: Channel, _ commit: CommitID, _ finding: Finding) -> Receipt {
        let isReject = if case .reject = finding.judgement { true } else { false }
        var receipt = Receipt(
            channel: channel.name, commit: commit, outcome: isReject ? .reject : .hold,
            reasons: finding.judgement.reason.map { [$0] } ?? [])
        receipt.findings = [finding]
        return receipt
    }

    /// Whether the host knows the commit; one that could not be asked about is taken as it is.
    private func isKnown(_ commit: CommitID) async -> Bool {
        await Fact.asking { try await ports.history.resolve(.full(commit)) } != .absent
    }
}
