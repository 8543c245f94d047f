import PawlCore
package import PawlPorts

/// What every `Deliveries` must do, whatever keeps them.
package struct DeliveriesContract: Sendable {
    private let deliveries: any Deliveries
    private let others: [any Deliveries]

    /// A subject without a delivery, and further doors to the same store, as other connections
    /// have.
    package init(_ deliveries: any Deliveries, others: [any Deliveries] = []) {
        self.deliveries = deliveries
        self.others = others
    }

    /// Every answer that is not the one expected, as a sentence; empty if the contract is kept. It
    /// leaves the subject with nothing in it.
    package func breaches() async -> [String] {
        do throws(PortFailure) {
            var breaches = try await emptyBreaches()
            breaches += try await keptBreaches()
            breaches += try await pageBreaches()
            breaches += try await finishBreaches()
            breaches += try await forgetBreaches()
            return breaches
        } catch {
            return ["the subject failed: \(error.detail)"]
        }
    }

    /// So many senders at once, each with deliveries of its own and one that all of them send:
    /// every one is kept, once. The subject must have none before, and is left with them.
    package func raceBreaches(senders: Int, each count: Int) async -> [String] {
        let doors = [deliveries] + others
        let answers = await withTaskGroup(of: Result<[Kept], PortFailure>.self) { group in
            for sender in 0..<senders {
                let door = doors[sender % doors.count]
                group.addTask { await Self.send(from: sender, count, through: door) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var shared: [Kept] = []
        var marks: [Int] = []
        for answer in answers {
            switch answer {
            case .failure(let failure): return ["a sender failed: \(failure.detail)"]
            case .success(let kept):
                shared += kept.prefix(1)
                for case .added(let mark) in kept { marks.append(mark) }
            }
        }
        var breaches: [String] = []
        let added = shared.count { $0 != .known }
        if added != 1 { breaches.append("one delivery of \(senders) senders was added \(added)x") }
        if Set(marks).count != marks.count { breaches.append("two deliveries share a place") }
        do throws(PortFailure) {
            let waiting = try await all()
            if Set(waiting.map(\.delivery.id)).count != senders * count + 1 {
                breaches.append("\(waiting.count) wait, not \(senders * count + 1)")
            }
            if waiting.map(\.mark).sorted() != marks.sorted() {
                breaches.append("the places are not those that were told")
            }
        } catch {
            breaches.append("what waits could not be read: \(error.detail)")
        }
        return breaches
    }

    private static func send(
        from sender: Int, _ count: Int, through door: any Deliveries
    ) async -> Result<[Kept], PortFailure> {
        do throws(PortFailure) {
            var kept = [try await door.keep(delivery("shared"))]
            for index in 0..<count {
                kept.append(try await door.keep(delivery("\(sender)-\(index)")))
            }
            return .success(kept)
        } catch {
            return .failure(error)
        }
    }

    /// Everything that waits, read in small pages.
    private func all() async throws(PortFailure) -> [WaitingDelivery] {
        var found: [WaitingDelivery] = []
        while true {
            let page = try await deliveries.waiting(after: found.last?.mark, limit: 7)
            found += page
            guard page.count == 7 else { return found }
        }
    }

    private func emptyBreaches() async throws(PortFailure) -> [String] {
        var breaches: [String] = []
        if try await !deliveries.waiting(after: nil, limit: 10).isEmpty {
            breaches.append("an empty one has deliveries")
        }
        try await deliveries.finish(["nobody"], as: "settled")
        try await deliveries.finish([], as: "settled")
        try await deliveries.forget(before: Self.moment + .seconds(3600))
        return breaches
    }

    private func keptBreaches() async throws(PortFailure) -> [String] {
        var breaches: [String] = []
        let bytes = (0...255).map { UInt8($0) } + Array("\r\n{\"ü\": \"\\u0000\"}".utf8)
        let first = Delivery(
            id: "1", event: "workflow_run", body: bytes, received: Self.moment + .milliseconds(7))
        guard case .added(let mark) = try await deliveries.keep(first) else {
            return ["the first delivery was not added"]
        }
        let again = Delivery(
            id: "1", event: "push", body: [1], received: Self.moment + .seconds(9))
        if try await deliveries.keep(again) != .known {
            breaches.append("the same id was kept twice")
        }
        for door in [deliveries] + others {
            let waiting = try await door.waiting(after: nil, limit: 10)
            if waiting != [WaitingDelivery(mark: mark, delivery: first)] {
                breaches.append("a delivery did not come back as it was kept first")
            }
        }
        let empty = Delivery(id: "é 2", event: "", body: [], received: Self.moment)
        guard case .added(let later) = try await deliveries.keep(empty) else {
            return breaches + ["a delivery without a body was not added"]
        }
        if later <= mark { breaches.append("a later delivery has an earlier place") }
        if try await deliveries.waiting(after: mark, limit: 10).map(\.delivery) != [empty] {
            breaches.append("a delivery without a body did not come back")
        }
        return breaches
    }

    private func pageBreaches() async throws(PortFailure) -> [String] {
        for id in ["3", "4", "5"] { _ = try await deliveries.keep(Self.delivery(id)) }
        var breaches: [String] = []
        let first = try await deliveries.waiting(after: nil, limit: 2)
        if first.map(\.delivery.id) != ["1", "é 2"] { breaches.append("the oldest are not first") }
        let rest = try await deliveries.waiting(after: first.last?.mark, limit: 2)
        if rest.map(\.delivery.id) != ["3", "4"] { breaches.append("the next page is another") }
        let last = try await deliveries.waiting(after: rest.last?.mark, limit: 2)
        if last.map(\.delivery.id) != ["5"] { breaches.append("the last page is another") }
        let none = try await deliveries.waiting(after: last.last?.mark, limit: 2)
        return none.isEmpty ? breaches : breaches + ["something comes after the newest"]
    }

    private func finishBreaches() async throws(PortFailure) -> [String] {
        var breaches: [String] = []
        try await deliveries.finish(["1", "4", "nobody"], as: "promote")
        try await deliveries.finish(["1"], as: "hold")
        for door in [deliveries] + others {
            let waiting = try await door.waiting(after: nil, limit: 10).map(\.delivery.id)
            if waiting != ["é 2", "3", "5"] {
                breaches.append("after two are finished, these wait: \(waiting)")
            }
        }
        if try await deliveries.keep(Self.delivery("4")) != .known {
            breaches.append("a finished delivery was taken again")
        }
        // As many as a busy server may finish at once.
        let many = (0..<2000).map { "nobody \($0)" } + ["3"]
        try await deliveries.finish(many, as: "settled")
        if try await all().map(\.delivery.id) != ["é 2", "5"] {
            breaches.append("one of many ids was not finished")
        }
        return breaches
    }

    private func forgetBreaches() async throws(PortFailure) -> [String] {
        var breaches: [String] = []
        try await deliveries.forget(before: Self.moment)
        if try await deliveries.keep(Self.delivery("4")) != .known {
            breaches.append("a delivery that came at the moment was forgotten as if before it")
        }
        try await deliveries.forget(before: Self.moment + .seconds(1))
        if try await all().map(\.delivery.id) != ["é 2", "5"] {
            breaches.append("a delivery that waits was forgotten")
        }
        guard case .added = try await deliveries.keep(Self.delivery("4")) else {
            return breaches + ["a forgotten delivery is still known"]
        }
        try await deliveries.finish(["é 2", "4", "5"], as: "settled")
        try await deliveries.forget(before: Self.moment + .seconds(1))
        let left = try await deliveries.waiting(after: nil, limit: 10)
        return left.isEmpty ? breaches : breaches + ["\(left.count) are left at the end"]
    }

    private static let moment = Instant(millisecondsSinceEpoch: 1_777_550_400_000)

    private static func delivery(_ id: String) -> Delivery {
        Delivery(id: id, event: "workflow_run", body: Array("{}".utf8), received: moment)
    }
}
