package import PawlCore
package import PawlPorts
import Synchronization

/// Deliveries in one file of SQLite's, apart from the ledger: that one is small and precious, this
/// one is neither.
///
/// One process has it, and holds `PATH.lock` for as long. Calls of `keep` that come while a write
/// is on its way to the disk share the next one, so that the disk's speed bounds bytes, not calls.
/// What `keep` said was kept is on the disk.
package final class SQLiteDeliveries: Deliveries {
    private enum State {
        case open(Connection, WriterLock)
        /// A disk that failed once is not believed again: what a repeated fsync says is not true.
        case failed(PortFailure)
        case closed
    }

    private let file: LedgerFile
    private let state: Mutex<State>
    private let queue: Mutex<KeepQueue>
    /// Bytes written since the log was last copied into the file.
    private let logged = Mutex(0)

    /// Opens the store at a path, and makes it if it is not there.
    ///
    /// - Parameters:
    ///   - path: From the working directory, or absolute. Its folder must be there.
    ///   - patience: How long another process that is in the way is waited for.
    ///   - clock: By which that is waited for.
    /// - Throws: `busy` if another process has it, `denied`, `full`; `garbled` for a damaged file;
    ///   `unsupported` for one of another program or of a later version.
    package init(
        at path: String, patience: Duration = SQLiteLedger.patience, clock: PawlPorts.Clock
    ) async throws(PortFailure) {
        file = try LedgerFile.find(path, as: .deliveries)
        let lock = try await WriterLock.take(of: file, patience: patience, clock: clock)
        do {
            if case .absent = try file.look() { try Connection.create(file, patience: patience) }
            guard case .present(let identity, bytes: _) = try file.look() else {
                throw file.failure(.missing, "the file was removed as soon as it was made")
            }
            let connection = try Connection.writing(file, identity, patience: patience)
            let newest = try await connection.read { database in
                try database.field("SELECT max(mark) FROM delivery")?.integer
            }.get()
            queue = Mutex(KeepQueue(newest: Int(newest ?? 0)))
            state = Mutex(.open(connection, lock))
        } catch {
            throw file.failure(error)
        }
    }

    /// Ends the use of the file; must be called. Whatever is asked afterwards fails.
    package func close() { end(.closed) }

    package func keep(_ delivery: Delivery) async throws(PortFailure) -> Kept {
        let connection = try connection()
        let outcome = await withCheckedContinuation { continuation in
            switch queue.withLock({ $0.enter(delivery, continuation) }) {
            case .waits: break
            case .begins: write(to: connection)
            case .isFull:
                continuation.resume(
                    returning: .failure(
                        file.failure(
                            .throttled, "more deliveries came than the disk takes",
                            advice: "Send it again in a moment.")))
            }
        }
        return try outcome.get()
    }

    package func waiting(
        after mark: Int?, limit: Int
    ) async throws(PortFailure) -> [WaitingDelivery] {
        guard limit > 0 else { return [] }
        return try settle(
            await connection().read { database in
                try database.rows(
                    "SELECT mark, id, event, received, body FROM delivery "
                        + "WHERE outcome IS NULL AND mark > ? ORDER BY mark LIMIT ?",
                    [.integer(Int64(mark ?? 0)), .integer(Int64(limit))]
                ).map(Self.delivery)
            })
    }

    package func finish(_ ids: [String], as word: String) async throws(PortFailure) {
        guard !ids.isEmpty else { return }
        try settle(
            await connection().write { database in
                for id in ids {
                    // The payload has no further use, and makes room for others.
                    try database.rows(
                        "UPDATE delivery SET outcome = ?, body = x'' "
                            + "WHERE id = ? AND outcome IS NULL", [.text(word), .text(id)])
                }
            })
    }

    package func forget(before moment: Instant) async throws(PortFailure) {
        while true {
            // In steps, so that what comes meanwhile is kept in between.
            let dropped = try settle(
                await connection().write { database in
                    try database.rows(
                        "DELETE FROM delivery WHERE mark IN (SELECT mark FROM delivery "
                            + "WHERE outcome IS NOT NULL AND received < ? LIMIT ?)",
                        [
                            .integer(moment.millisecondsSinceEpoch),
                            .integer(Int64(Limits.deliveriesForgottenAtOnce)),
                        ])
                    return database.changes
                })
            guard dropped == Limits.deliveriesForgottenAtOnce else { return }
        }
    }

    private static func delivery(_ row: [Field]) throws -> WaitingDelivery {
        guard let mark = row[0].integer, let id = row[1].text, let event = row[2].text,
            let received = row[3].integer, let body = row[4].bytes
        else { throw Damage(detail: "a delivery is not one that Pawl kept") }
        return WaitingDelivery(
            mark: Int(mark),
            delivery: Delivery(
                id: id, event: event, body: body,
                received: Instant(millisecondsSinceEpoch: received)))
    }
}

// The one write that many calls share.

extension SQLiteDeliveries {
    /// Writes what waits now, then what came meanwhile, until nothing waits.
    private func write(to connection: Connection) {
        connection.perform { database in
            let batch = self.queue.withLock { $0.take() }
            switch Result(catching: { try Self.insert(batch, into: database) }) {
            case .success(let kept):
                for (entry, kept) in zip(batch, kept) {
                    entry.answer.resume(returning: .success(kept))
                }
            case .failure(let error):
                let failure = self.judge(error)
                for entry in batch { entry.answer.resume(returning: .failure(failure)) }
            }
            self.checkpoint(database, after: batch)
            if self.queue.withLock({ $0.goesOn() }) { self.write(to: connection) }
        }
    }

    /// What became of each of the batch, in its order: none is missing.
    private static func insert(
        _ batch: [KeepQueue.Entry], into database: Database
    ) throws -> [Kept] {
        try database.transaction(.immediate) {
            try batch.map { entry in
                let delivery = entry.delivery
                try database.rows(
                    "INSERT INTO delivery (mark, id, event, received, body) "
                        + "VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                    [
                        .integer(Int64(entry.mark)), .text(delivery.id), .text(delivery.event),
                        .integer(delivery.received.millisecondsSinceEpoch), .bytes(delivery.body),
                    ])
                return database.changes > 0 ? .added(mark: entry.mark) : .known
            }
        }
    }

    /// The log is copied into the file now and then, by its one writer, so that neither grows
    /// without bound. A disk that fails at it is met by the next write.
    private func checkpoint(_ database: Database, after batch: [KeepQueue.Entry]) {
        let bytes = batch.reduce(0) { $0 + $1.delivery.body.count }
        let isDue = logged.withLock { logged in
            logged += bytes
            guard logged >= Limits.deliveryLogBytesMax else { return false }
            logged = 0
            return true
        }
        if isDue { try? database.checkpoint(.passive) }
    }
}

extension SQLiteDeliveries {
    /// The connection, as long as the file that it writes to is the one that has the name.
    private func connection() throws(PortFailure) -> Connection {
        let result = state.withLock { state in
            Result<Connection, any Error> {
                switch state {
                case .closed: throw file.failure(.refused, "it was closed before")
                case .failed(let failure): throw failure
                case .open(let connection, let lock):
                    guard case .present(connection.identity, bytes: _) = try file.look(),
                        lock.isInPlace
                    else {
                        throw file.failure(
                            .missing, "the file or its lock was removed while it was open",
                            advice: "Start again, and leave both alone while pawl serve runs.")
                    }
                    return connection
                }
            }
        }
        do { return try result.get() } catch { throw file.failure(error) }
    }

    /// The connection ends before the lock is let go. A write that is on its way ends first, and
    /// may have to say that it failed, so the state is not held meanwhile.
    private func end(_ next: State) {
        let last = state.withLock { state in
            defer { state = next }
            return state
        }
        if case .open(let connection, let lock) = last {
            withExtendedLifetime(lock) { connection.close() }
        }
    }

    /// The value, or what its lack means.
    private func settle<Value>(_ outcome: Result<Value, any Error>) throws(PortFailure) -> Value {
        do { return try outcome.get() } catch { throw judge(error) }
    }

    /// What an error means. A writer whose disk failed is at its end; its connection closes with
    /// the store, for this may run on it.
    private func judge(_ error: any Error) -> PortFailure {
        let failure = file.failure(error)
        guard failure.code == .serverFailed else { return failure }
        state.withLock { state in if case .open = state { state = .failed(failure) } }
        return failure
    }
}
