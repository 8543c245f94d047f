import PawlCore
import PawlEngine
import PawlPorts

// One worker for each channel: one step after the other.

extension Keeper {
    /// Takes a channel's steps until it stops.
    func work(_ lane: Lane) async {
        working: while !Task.isCancelled {
            switch lane.next(at: clock.now()) {
            case .ended: break working
            case .waits(let moment):
                timekeeper.ring(lane.bell, at: moment)
                await lane.bell.wait()
            case .errand(let errand, let ground):
                await take(errand, on: lane, ground)
            }
        }
        _ = lane.end()
        remove(lane)
    }

    private func take(_ errand: Lane.Errand, on lane: Lane, _ ground: Lane.Ground) async {
        if case .patrol = errand { return await patrol(lane, ground) }
        board.update(lane.address) { $0.isAtWork = true }
        switch errand {
        case .patrol: break
        case .order(let order, let continuation):
            tally.add(to: Metric.looks(["cause": Lane.Cause.order.rawValue]))
            let receipt = await ground.site.engine.carryOut(order, on: ground.channel)
            count(receipt, lane)
            board.update(lane.address) { $0.last = receipt }
            continuation.resume(returning: receipt)
            await ground.site.served.show?(receipt)
            // What the order made possible goes at once, and the page is made from what is found.
            lane.isStale = true
            lane.look(.order)
        case .observation(let observation, let tickets):
            tally.add(to: Metric.looks(["cause": Lane.Cause.event.rawValue]))
            let receipt = await ground.site.engine.carryOut(observation, on: ground.channel)
            lane.isStale = true
            await end(receipt, on: lane, ground, tickets, isFull: false)
        case .look(let cause, let tickets, let isFull):
            tally.add(to: Metric.looks(["cause": cause.rawValue]))
            lane.begins(at: clock.now())
            let receipt = await ground.site.engine.carryOut(.look, on: ground.channel)
            let isNew = lane.found { found in
                defer { found.look = receipt }
                return found.look != receipt
            }
            if isNew || receipt.promoted { lane.isStale = true }
            await end(receipt, on: lane, ground, tickets, isFull: isFull)
        }
        board.update(lane.address) { $0.isAtWork = false }
    }

    /// What a look or an event came to: shown, counted, recorded with its events, and when to look
    /// again.
    private func end(
        _ receipt: Receipt, on lane: Lane, _ ground: Lane.Ground, _ tickets: [Lane.Ticket],
        isFull: Bool
    ) async {
        count(receipt, lane)
        let now = clock.now()
        if receipt.hasPromoted {
            tally.set(
                Double(now.millisecondsSinceEpoch) / 1000,
                Metric.lastPromotion(["channel": "\(lane.address)"]))
            lane.found { $0.tags = [] }
            if let came = tickets.map(\.received).min() {
                // A group that was there already has no move of this step.
                let moved = ground.site.movedAt(ground.channel) ?? now
                tally.observe(
                    (moved < came ? now : moved).since(came).seconds, in: Metric.eventToTag())
            }
        }
        let again = pause(after: receipt, lane, now)
        let next = lane.plan(again: again, full: isFull ? pace.full : nil, now: now)
        board.update(lane.address) { situation in
            if receipt.outcome != .ignore { situation.last = receipt }
            situation.lookedAt = now
            situation.nextLookAt = next
        }
        // A step that may have been cut short says nothing: its events are read again at the next
        // start.
        guard !Task.isCancelled, !isStopping || receipt.hasPromoted else { return }
        inHand.end(tickets.map(\.id), as: receipt.outcome.rawValue)
        if !tickets.isEmpty {
            await recordEnded()
            readerBell.ring()
        }
        await ground.site.served.show?(receipt)
        await refresh(lane, ground, isFull: isFull)
    }

    /// How long until the channel is looked at again: soon where something could not be read, at
    /// the instant where time alone lets a commit go.
    private func pause(after receipt: Receipt, _ lane: Lane, _ now: Instant) -> Duration? {
        guard !receipt.couldNotTell else {
            return pace.pause(afterFailures: lane.failed(), chance: chance())
        }
        lane.succeeded()
        let instants = receipt.whole.flatMap(\.reasons).compactMap(\.until)
        return instants.min().map { max($0.since(now), .milliseconds(1)) }
    }

    private func count(_ receipt: Receipt, _ lane: Lane) {
        for receipt in receipt.whole {
            tally.add(
                to: Metric.promotions([
                    "channel": "\(lane.address)", "verdict": receipt.outcome.rawValue,
                    "reason": receipt.foremost?.code.rawValue ?? "none",
                ]))
        }
    }
}

extension Receipt {
    /// The receipt and that of the look that followed.
    var whole: [Receipt] { [self] + look }

    /// Whether the step moved the group.
    var hasPromoted: Bool { whole.contains(where: \.promoted) }

    /// Whether something could not be read or finished, in the step or in the look that followed.
    var couldNotTell: Bool {
        whole.contains { receipt in
            receipt.reasons.contains(where: \.code.couldNotTell)
        }
    }
}
