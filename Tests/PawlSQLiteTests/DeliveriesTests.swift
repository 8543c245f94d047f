import FoundationEssentials
import PawlCore
import PawlPorts
import PawlSQLite
import PawlTesting
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Deliveries in a file")
struct DeliveriesTests {
    private static let moment = Instant(millisecondsSinceEpoch: 1_777_550_400_000)

    private func opened(_ path: String) async throws -> SQLiteDeliveries {
        try await SQLiteDeliveries(at: path, patience: .zero, clock: Sleeps().clock)
    }

    private func delivery(_ id: String, bytes: Int = 2) -> Delivery {
        Delivery(
            id: id, event: "workflow_run", body: [UInt8](repeating: 0x20, count: bytes),
            received: Self.moment)
    }

    private func refusal(of path: String) async -> PortFailure? {
        do throws(PortFailure) {
            try await SQLiteDeliveries(at: path, patience: .zero, clock: Sleeps().clock).close()
            return nil
        } catch {
            return error
        }
    }

    @Test("the contract of deliveries is kept")
    func contract() async throws {
        let folder = try Folder()
        let deliveries = try await opened(folder.path + "/d.db")
        #expect(await DeliveriesContract(deliveries).breaches() == [])
        #expect(await DeliveriesContract(deliveries).raceBreaches(senders: 24, each: 40) == [])
        deliveries.close()
    }

    @Test("what was kept waits after a restart, and a mark is never given twice")
    func restart() async throws {
        let folder = try Folder()
        let path = folder.path + "/d.db"
        var deliveries = try await opened(path)
        for id in ["a", "b", "c"] { _ = try await deliveries.keep(delivery(id)) }
        try await deliveries.finish(["a", "c"], as: "settled")
        try await deliveries.forget(before: Self.moment + .seconds(1))
        let kept = try await deliveries.keep(delivery("d"))
        deliveries.close()

        deliveries = try await opened(path)
        let waiting = try await deliveries.waiting(after: nil, limit: 10)
        #expect(waiting.map(\.delivery) == [delivery("b"), delivery("d")])
        #expect(kept == .added(mark: waiting.last?.mark ?? 0))
        #expect(waiting.last?.mark == 4)
        #expect(try await deliveries.keep(delivery("d")) == .known)
        deliveries.close()
    }

    @Test("many calls at once share writes, and each is told what became of its own")
    func group() async throws {
        let folder = try Folder()
        let deliveries = try await opened(folder.path + "/d.db")
        let kept = try await withThrowingTaskGroup(of: Kept.self) { group in
            for number in 0..<1000 {
                group.addTask { try await deliveries.keep(delivery("\(number % 700)", bytes: 900)) }
            }
            return try await group.reduce(into: [Kept]()) { $0.append($1) }
        }
        #expect(kept.count { $0 == .known } == 300)
        #expect(try await deliveries.waiting(after: nil, limit: 2000).count == 700)
        deliveries.close()
    }

    @Test("more than the disk takes is told to come again, and what was taken is kept")
    func backpressure() async throws {
        let folder = try Folder()
        let deliveries = try await SQLiteDeliveries(
            at: folder.path + "/d.db", patience: .seconds(60), clock: Sleeps().clock)
        // Another program holds the file, so nothing gets through for a while.
        let other = try OtherProgram(at: folder.path + "/d.db")
        let outcomes = try await withThrowingTaskGroup(of: PortFailure.Code?.self) { group in
            try other.run("BEGIN IMMEDIATE")
            for number in 0..<6000 {
                group.addTask {
                    do throws(PortFailure) {
                        _ = try await deliveries.keep(delivery("\(number)"))
                        return nil
                    } catch {
                        return error.code
                    }
                }
            }
            var outcomes: [PortFailure.Code?] = []
            while let outcome = try await group.next() {
                outcomes.append(outcome)
                if outcomes.count == 1000 {
                    // By now a thousand were refused; the others wait.
                    try other.run("ROLLBACK")
                }
            }
            return outcomes
        }
        let kept = outcomes.count { $0 == nil }
        #expect(outcomes.count == 6000)
        #expect(kept >= 4096)
        #expect(outcomes.count { $0 == .throttled } == 6000 - kept)
        var found = 0
        var mark: Int?
        while true {
            let page = try await deliveries.waiting(after: mark, limit: 1000)
            found += page.count
            guard let last = page.last else { break }
            mark = last.mark
        }
        #expect(found == kept)
        deliveries.close()
    }

    @Test("a write that fails is told to all who share it, and to none that it was there already")
    func failedWrite() async throws {
        let folder = try Folder()
        let deliveries = try await opened(folder.path + "/d.db")
        let other = try OtherProgram(at: folder.path + "/d.db")
        try other.run("BEGIN IMMEDIATE")
        let codes = await withTaskGroup(of: PortFailure.Code?.self) { group in
            for number in 0..<50 {
                group.addTask {
                    do throws(PortFailure) {
                        _ = try await deliveries.keep(delivery("\(number)"))
                        return nil
                    } catch {
                        return error.code
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == Array(repeating: .busy, count: 50))
        try other.run("ROLLBACK")
        // Nothing was kept, so each of them is new.
        for number in 0..<50 {
            let kept = try await deliveries.keep(delivery("\(number)"))
            #expect(kept != .known)
        }
        deliveries.close()
    }

    @Test("a second server on the same file is refused, and says who has it")
    func oneProcess() async throws {
        let folder = try Folder()
        let deliveries = try await opened(folder.path + "/d.db")
        let failure = await refusal(of: folder.path + "/d.db")
        #expect(failure?.code == .busy)
        #expect(failure?.subject.hasPrefix("deliveries sqlite:") == true)
        deliveries.close()
        #expect(await refusal(of: folder.path + "/d.db") == nil)
    }

    @Test("a newer schema, a ledger and a broken file are refused, and nothing in them changes")
    func strangers() async throws {
        let folder = try Folder()
        let path = folder.path + "/d.db"
        try await opened(path).close()
        try folder.sql("PRAGMA user_version = 2", at: path)
        #expect(await refusal(of: path)?.code == .unsupported)
        #expect(await refusal(of: path)?.detail.contains("schema version 2") == true)

        let ledger = try await SQLiteLedger.opened(folder.ledger)
        ledger.close()
        #expect(await refusal(of: folder.ledger)?.code == .unsupported)

        let broken = folder.path + "/broken.db"
        try Data(repeating: 7, count: 4096).write(to: URL(filePath: broken))
        #expect(await refusal(of: broken)?.code == .garbled)
        #expect(await refusal(of: folder.path + "/nowhere/d.db")?.code == .missing)
    }

    @Test("payloads are for this user alone")
    func mode() async throws {
        let folder = try Folder()
        try await opened(folder.path + "/d.db").close()
        #expect(entry(folder.path + "/d.db").st_mode & 0o777 == 0o600)
    }

    @Test("a file that was removed while it was open is not written to")
    func removed() async throws {
        let folder = try Folder()
        let deliveries = try await opened(folder.path + "/d.db")
        try FileManager.default.removeItem(atPath: folder.path + "/d.db")
        let failure = try await failure { _ = try await deliveries.keep(delivery("a")) }
        #expect(failure?.code == .missing)
        deliveries.close()
        let closed = try await self.failure { _ = try await deliveries.keep(delivery("a")) }
        #expect(closed?.code == .refused)
    }

    private func entry(_ path: String) -> stat {
        var entry = stat()
        stat(path, &entry)
        return entry
    }

    private func failure(_ ask: () async throws -> Void) async throws -> PortFailure? {
        do {
            try await ask()
            return nil
        } catch let failure as PortFailure {
            return failure
        }
    }

    @Test("what is finished takes no room, and the log stays within its bound")
    func size() async throws {
        let folder = try Folder()
        let path = folder.path + "/d.db"
        let deliveries = try await opened(path)
        for round in 0..<12 {
            let ids = (0..<40).map { "\(round)-\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in ids {
                    group.addTask {
                        _ = try await deliveries.keep(delivery(id, bytes: 100_000))
                    }
                }
                try await group.waitForAll()
            }
            try await deliveries.finish(ids, as: "settled")
        }
        // 48 MB came in rounds of 4 MB.
        for name in ["d.db", "d.db-wal"] {
            let bytes = entry(folder.path + "/" + name).st_size
            #expect(bytes < 32_000_000, "\(name) has \(bytes) bytes")
        }
        deliveries.close()
    }
}
