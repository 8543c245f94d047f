import PawlCore
import PawlPorts
import Synchronization

// The reader of deliveries: every event that waits marks the channels that it concerns.

extension Keeper {
    /// Reads what waits, from the oldest on; then what comes. What waits is read again from time
    /// to time: a word that something came may be lost, a store may have been away.
    func readDeliveries() async {
        var mark: Int?
        var failures = 0
        var rereadAt = Due(after: pace.reread, now: clock.now())
        var forgetAt = Due(after: .zero, now: clock.now())
        while !isStopping, !Task.isCancelled {
            let isRecorded = await recordEnded()
            let now = clock.now()
            if rereadAt.isOver(at: now) {
                (mark, rereadAt) = (nil, Due(after: pace.reread, now: now))
            }
            if forgetAt.isOver(at: now) {
                let pause = await forgetOld(now) ? Duration.seconds(3600) : pace.retryMax
                forgetAt = Due(after: pause, now: now)
            }
            var page: [WaitingDelivery] = []
            if siteCount > 0, inHand.count < Limits.deliveriesInHandMax {
                do throws(PortFailure) {
                    page = try await deliveries.waiting(
                        after: mark, limit: Limits.deliveriesPageMax)
                    failures = 0
                    if isRecorded { note(deliveriesTrouble: nil) }
                } catch {
                    failures += 1
                    note(deliveriesTrouble: error)
                }
            }
            guard page.isEmpty else {
                mark = page.last?.mark
                for waiting in page where !inHand.has(waiting.delivery.id) {
                    receive(waiting.delivery)
                }
                continue
            }
            let pause = pace.pause(afterFailures: failures, chance: chance())
            timekeeper.ring(
                readerBell, at: failures > 0 ? clock.now() + pause : rereadAt.at)
            await readerBell.wait()
        }
    }

    /// Marks the channels that a delivery concerns.
    private func receive(_ delivery: Delivery) {
        let observation: Observation
        do throws(PortFailure) {
            observation = try door.observation(event: delivery.event, body: delivery.body)
        } catch {
            return pass(delivery, as: "garbled")
        }
        let concerned = lanes(of: observation, delivery).compactMap { lane in
            let ground = lane.ground
            let found = concern(
                of: observation, for: ground.channel, under: ground.site.policy)
            if case .none = found { return Optional<(Lane, Concern)>.none }
            return (lane, found)
        }
        guard !concerned.isEmpty else { return pass(delivery, as: Self.notConcerned) }
        tally.add(to: Metric.deliveries(["outcome": "concerned"]))
        // Every share is counted before any step can end.
        inHand.take(delivery.id, shares: concerned.count)
        let ticket = Lane.Ticket(id: delivery.id, received: delivery.received)
        for (lane, concern) in concerned where !lane.note(observation, concern, ticket) {
            // A channel that just stopped. At the end of the process the event is kept instead.
            if !isStopping { inHand.end([delivery.id], as: Self.notConcerned) }
        }
    }

    private func pass(_ delivery: Delivery, as word: String) {
        tally.add(to: Metric.deliveries(["outcome": word]))
        inHand.pass(delivery.id, as: word)
    }

    /// The channels that an event could concern: those of its repository, and all where it names
    /// none.
    private func lanes(of observation: Observation, _ delivery: Delivery) -> [Lane] {
        let repository: CodeRepository? =
            switch observation {
            case .runEnded(_, let repository), .runChanged(_, let repository),
                .dispatched(_, _, let repository):
                repository
            case .other: Self.repository(named: delivery.body)
            }
        return state.withLock { state in
            guard let repository else {
                return state.concerned.values.flatMap { $0 }.sorted { $0.address < $1.address }
            }
            return state.concerned[repository] ?? []
        }
    }

    /// `repository.full_name`, which most of GitHub's events have.
    private static func repository(named body: [UInt8]) -> CodeRepository? {
        guard let payload = try? JSONValue(parsing: body),
            let name = payload["repository"]?["full_name"]?.string
        else { return nil }
        return try? CodeRepository(name)
    }

    /// Records what ended. What cannot be recorded now is recorded later; a server that is killed
    /// before reads such deliveries again, which only makes it look.
    @discardableResult
    func recordEnded() async -> Bool {
        var isRecorded = true
        for (word, ids) in inHand.takeEnded() {
            do throws(PortFailure) {
                try await deliveries.finish(ids, as: word)
            } catch {
                inHand.giveBack(ids, as: word)
                note(deliveriesTrouble: error)
                isRecorded = false
            }
        }
        return isRecorded
    }

    /// Forgets what is old enough. False: it could not be done, and the store goes on growing.
    private func forgetOld(_ now: Instant) async -> Bool {
        var failure: PortFailure?
        do throws(PortFailure) {
            try await deliveries.forget(before: now.earlier(by: pace.deliveriesKept))
        } catch {
            failure = error
        }
        let trouble = failure.map { "Old ones could not be forgotten: \($0.detail)." }
        state.withLock { $0.forgettingTrouble = trouble }
        return failure == nil
    }

    private func note(deliveriesTrouble failure: PortFailure?) {
        state.withLock {
            $0.deliveriesTrouble = failure.map { "They could not be used: \($0.detail)." }
        }
    }
}
