import PawlCore
import PawlPorts
import PawlSQLite
import Synchronization

/// Ledgers in files that a server has open: a file has one writer, however many policies keep their
/// channels in it, however they spell its path and however often they are read again.
final class LedgerShelf: Sendable {
    /// By the absolute path, without links.
    private let open = Mutex<[String: SQLiteLedger]>([:])

    /// The ledger at a path, opened to be written at its first use.
    func ledger(at path: String) async throws(PortFailure) -> SQLiteLedger {
        let place = try SQLiteLedger.place(of: path)
        if let ledger = open.withLock({ $0[place] }) { return ledger }
        let ledger = try await SQLiteLedger(at: path, for: .writing, clock: .system)
        open.withLock { $0[place] = ledger }
        return ledger
    }

    /// Ends the use of all.
    func close() {
        let all = open.withLock { open in
            defer { open = [:] }
            return Array(open.values)
        }
        for ledger in all { ledger.close() }
    }
}
