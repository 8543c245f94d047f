package import PawlCore
package import PawlPorts
import Synchronization

/// A ledger in one file of SQLite's, for one server or one machine. A line's mark is its number,
/// counted from 1 for each channel.
///
/// One process writes, and it alone: it holds `PATH.lock` for as long as the ledger is open. Others
/// read beside it. Each line is on the disk, and in the file itself, when `append` returns; what
/// SQLite keeps beside the file is needed only after a process was killed in the middle of a write.
package final class SQLiteLedger: Ledger {
    /// What a ledger is opened for.
    package enum Use: Hashable, Sendable, CaseIterable {
        /// A file that is not there has no entry, and is not made.
        case reading
        /// A file that is not there is made.
        case writing
    }

    /// Own choice: how long another process or program that is in the way is waited for.
    package static let patience = Duration.seconds(5)

    private enum State {
        case writing(Connection, WriterLock)
        /// `nil`: no file was there when it was last looked for.
        case reading(Connection?)
        /// A disk that failed once is not believed again: what a repeated fsync says is not true.
        case failed(PortFailure)
        case closed
    }

    private let file: LedgerFile
    private let patience: Duration
    private let state: Mutex<State>

    /// Opens the ledger at a path.
    ///
    /// - Parameters:
    ///   - path: From the working directory, or absolute. Its folder must be there.
    ///   - use: Whether lines will be added.
    ///   - patience: How long another process or program that is in the way is waited for.
    ///   - clock: By which that is waited for.
    /// - Throws: `busy` if another process writes, `denied`, `full`; `garbled` for a damaged file;
    ///   `unsupported` for one of another program or of a later version.
    package init(
        at path: String, for use: Use, patience: Duration = SQLiteLedger.patience, clock: Clock
    ) async throws(PortFailure) {
        file = try LedgerFile.find(path)
        self.patience = patience
        switch use {
        case .reading:
            state = Mutex(.reading(nil))
            _ = try connection()
        case .writing:
            try file.checkWritable()
            let lock = try await WriterLock.take(of: file, patience: patience, clock: clock)
            state = Mutex(.writing(try Self.writing(file, patience), lock))
        }
    }

    /// The absolute path of the ledger that a path means, without links: the same one for all its
    /// spellings.
    package static func place(of path: String) throws(PortFailure) -> String {
        try LedgerFile.find(path).path
    }

    deinit { end(.closed) }

    /// Ends the use of the file. Whatever is asked afterwards fails.
    package func close() { end(.closed) }

    package func tip(of key: ChannelKey) async throws(PortFailure) -> LedgerLine? {
        guard let connection = try connection() else { return nil }
        return try settle(await connection.read { try Rows(of: key, in: $0).tip() })
    }

    package func lines(
        of key: ChannelKey, before line: LedgerLine?, limit: Int
    ) async throws(PortFailure) -> [LedgerLine] {
        let kept = try await kept(of: key, before: line, limit: limit)
        if let damage = kept.lazy.compactMap(\.damage).first {
            throw file.failure(Damage(detail: damage))
        }
        return kept.map(\.line)
    }

    package func kept(
        of key: ChannelKey, before line: LedgerLine?, limit: Int
    ) async throws(PortFailure) -> [KeptLine] {
        var end: Int64?
        if let line { end = try number(line) }
        guard limit > 0, let connection = try connection() else { return [] }
        return try settle(
            await connection.read { [end] in
                try Rows(of: key, in: $0).kept(before: end, limit: limit)
            })
    }

    package func append(
        title: String, text: String, to key: ChannelKey, after tip: LedgerLine?
    ) async throws(PortFailure) -> Appended {
        guard mayWrite else { throw file.failure(.refused, "it was opened to be read only") }
        guard text.utf8.count <= Limits.entryBytesMax else {
            throw file.failure(
                .tooLarge, "an entry has \(text.utf8.count) bytes, at most \(Limits.entryBytesMax)")
        }
        guard let connection = try connection() else { throw file.failure(.missing, "it is gone") }
        let added = try settle(
            await connection.write { try Rows(of: key, in: $0).append(text, after: tip) })
        if case .added = added {
            // The line is durable in the log already. It goes into the file as well, so that the
            // log may be lost; a reader in the middle of a read can put that off until the next
            // append, and a disk that fails is met by the next question.
            _ = try? settle(await connection.checkpoint())
        }
        return added
    }
}

extension SQLiteLedger {
    private static func writing(
        _ file: LedgerFile, _ patience: Duration
    ) throws(PortFailure) -> Connection {
        do {
            if case .absent = try file.look() { try Connection.create(file, patience: patience) }
            guard case .present(let identity, bytes: _) = try file.look() else {
                throw file.failure(.missing, "the file was removed as soon as it was made")
            }
            return try Connection.writing(file, identity, patience: patience)
        } catch {
            throw file.failure(error)
        }
    }

    /// The connection to the file that has the name now; `nil` if none has, and none is needed.
    private func connection() throws(PortFailure) -> Connection? {
        let result = state.withLock { state in
            Result<Connection?, any Error> {
                switch state {
                case .closed: throw file.failure(.refused, "it was closed before")
                case .failed(let failure): throw failure
                case .writing(let connection, let lock):
                    try confirm(connection, lock)
                    return connection
                case .reading(let connection):
                    let current = try reader(connection)
                    state = .reading(current)
                    return current
                }
            }
        }
        do { return try result.get() } catch { throw file.failure(error) }
    }

    /// Whether what is written would be found again, by those who open the name.
    private func confirm(_ connection: Connection, _ lock: WriterLock) throws(PortFailure) {
        guard case .present(connection.identity, bytes: _) = try file.look() else {
            throw file.failure(
                .missing, "the file was removed or replaced while it was open",
                advice: "Put it back and run again.")
        }
        guard lock.isInPlace else {
            throw file.failure(
                .missing, "\(LedgerFile.printable(file.lock)) was removed while it was held",
                advice: "Leave that file alone while pawl runs, and run again.")
        }
    }

    /// The connection that a reader has, unless the name is another file's now.
    private func reader(_ connection: Connection?) throws -> Connection? {
        guard case .present(let identity, bytes: _) = try file.look() else { return nil }
        if let connection, connection.identity == identity { return connection }
        return try Connection.reading(file, identity, patience: patience)
    }

    private var isWriting: Bool {
        state.withLock { state in if case .writing = state { true } else { false } }
    }

    private var mayWrite: Bool {
        state.withLock { state in if case .reading = state { false } else { true } }
    }

    /// The connection ends before the lock is let go.
    private func end(_ next: State) {
        state.withLock { state in
            switch state {
            case .writing(let connection, _), .reading(let connection?): connection.close()
            default: break
            }
            state = next
        }
    }

    /// The value, or what its lack means. A writer whose disk failed is at its end.
    private func settle<Value>(_ outcome: Result<Value, any Error>) throws(PortFailure) -> Value {
        do {
            return try outcome.get()
        } catch {
            let failure = file.failure(error)
            if failure.code == .serverFailed, isWriting { end(.failed(failure)) }
            throw failure
        }
    }

    private func number(_ line: LedgerLine) throws(PortFailure) -> Int64 {
        guard let number = Int64(line.mark), number > 0 else {
            throw file.failure(
                .refused, "\(LedgerFile.printable(line.mark)) is no place in this ledger")
        }
        return number
    }
}
