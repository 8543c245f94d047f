import PawlCore
import PawlPorts
import PawlSQLite

/// What a ledger in a file costs: lines added with each one on the disk before the next, and the
/// newest line read from ledgers of different lengths.
struct LedgerFigures: Sendable {
    /// On the disk that is measured.
    let folder: String

    private static let rounds = 5
    private static let appendsCount = 500
    private static let readsCount = 1000
    private static let opensCount = 20
    private static let lengths = [10, 1000, 100_000]
    /// As long as the entry of a promotion of three images with its evidence.
    private static let text = JSONValue.object([
        "evidence": .string(String(repeating: "0123456789", count: 200))
    ]).text
    private static let clock = PawlPorts.Clock(
        now: { Instant(millisecondsSinceEpoch: 0) }, sleep: { _ in })

    func all() async throws -> [Figure] {
        let key = ChannelKey(
            host: "github.com", repository: try CodeRepository(Rig.repository),
            channel: try Channel.Name("latest"))
        return [try await appends(key)] + (try await reads(key))
    }

    private func appends(_ key: ChannelKey) async throws -> Figure {
        let ledger = try await open("\(folder)/appends.db", for: .writing)
        var values: [Double] = []
        for _ in 0..<Self.rounds {
            let begin = ContinuousClock.now
            try await fill(ledger, key, count: Self.appendsCount)
            let spent = ContinuousClock.now - begin
            values.append(Double(Self.appendsCount) / (spent / .seconds(1)))
        }
        ledger.close()
        return Figure(
            name: "entries", subject: "SQLite ledger, full sync, \(Self.text.utf8.count) bytes",
            unit: "1/s", values: values)
    }

    private func reads(_ key: ChannelKey) async throws -> [Figure] {
        // Filled in memory, where a sync costs nothing, if there is such a folder.
        let shared = "/dev/shm/pawl-bench-\(UInt64.random(in: .min ... .max)).db"
        let draft = Files.isThere("/dev/shm") ? shared : "\(folder)/draft.db"
        defer { for ending in ["", ".lock", "-wal", "-shm"] { Files.remove(draft + ending) } }
        let ledger = try await open(draft, for: .writing)
        var (length, figures) = (0, [Figure]())
        for next in Self.lengths {
            try await fill(ledger, key, count: next - length)
            length = next
            // After each append, all of it is in the file.
            let path = "\(folder)/\(length).db"
            try Files.copy(draft, to: path)
            figures += try await reads(path, key, length: length)
        }
        ledger.close()
        return figures
    }

    private func reads(
        _ path: String, _ key: ChannelKey, length: Int
    ) async throws -> [Figure] {
        var (tips, opens) = ([Double](), [Double]())
        for _ in 0..<Self.rounds {
            var begin = ContinuousClock.now
            for _ in 0..<Self.opensCount {
                let ledger = try await open(path, for: .reading)
                try await read(ledger, key, length: length)
                ledger.close()
            }
            opens.append(microseconds(since: begin) / Double(Self.opensCount))
            let ledger = try await open(path, for: .reading)
            begin = ContinuousClock.now
            for _ in 0..<Self.readsCount { try await read(ledger, key, length: length) }
            tips.append(microseconds(since: begin) / Double(Self.readsCount))
            ledger.close()
        }
        let subject = "SQLite ledger of \(length)"
        return [
            Figure(name: "tip", subject: subject, unit: "us", values: tips),
            Figure(name: "open and tip", subject: subject, unit: "us", values: opens),
        ]
    }

    private func open(_ path: String, for use: SQLiteLedger.Use) async throws -> SQLiteLedger {
        try await SQLiteLedger(at: path, for: use, clock: Self.clock)
    }

    private func read(_ ledger: SQLiteLedger, _ key: ChannelKey, length: Int) async throws {
        guard try await ledger.tip(of: key)?.mark == "\(length)" else {
            throw Bench.Failed("the ledger of \(length) lines has another tip")
        }
    }

    private func fill(_ ledger: SQLiteLedger, _ key: ChannelKey, count: Int) async throws {
        var tip = try await ledger.tip(of: key)
        for _ in 0..<count {
            guard
                case .added(let line) = try await ledger.append(
                    title: "a line", text: Self.text, to: key, after: tip)
            else { throw Bench.Failed("a line was not added to the ledger") }
            tip = line
        }
    }

    private func microseconds(since begin: ContinuousClock.Instant) -> Double {
        (ContinuousClock.now - begin).inMilliseconds * 1000
    }
}
