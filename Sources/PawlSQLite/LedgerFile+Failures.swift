import CSQLite
import PawlCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A row, or the lack of one, that Pawl cannot have written.
struct Damage: Error {
    /// What is wrong, as a clause.
    let detail: String
}

extension LedgerFile {
    /// Own choice: with less than this left, a write that failed is taken to have failed for it.
    private static let roomBytesMin: UInt64 = 64 * 1024

    /// A failure about this ledger.
    func failure(
        _ code: PortFailure.Code, _ detail: String, advice: String? = nil
    ) -> PortFailure {
        PortFailure(
            code: code, subject: "\(kind.rawValue) sqlite:\(shown)", detail: detail, advice: advice)
    }

    /// What a system call's error means; `missing` is said if the thing is not there.
    func failure(
        _ error: Int32, at place: String, _ missing: String, advice: String? = nil
    ) -> PortFailure {
        let shown = Self.printable(place)
        let words = String(cString: strerror(error))
        return switch error {
        case ENOENT, ENOTDIR: failure(.missing, missing, advice: advice)
        case EACCES, EPERM, EROFS, ELOOP:
            failure(.denied, "\(shown) may not be opened or written (\(words))", advice: rights)
        case ENOSPC, EDQUOT: failure(.full, "there is no room left on the disk", advice: room)
        default: failure(.serverFailed, "\(shown) could not be opened or written (\(words))")
        }
    }

    /// What went wrong inside SQLite or in what it gave.
    func failure(_ error: any Error) -> PortFailure {
        switch error {
        case let failure as PortFailure: failure
        case let damage as Damage: failure(.garbled, damage.detail, advice: repair)
        case let error as SQLiteError: failure(error)
        default: failure(.serverFailed, "SQLite could not be asked")
        }
    }

    private func failure(_ error: SQLiteError) -> PortFailure {
        let words = Self.printable("SQLite \(error.code): \(error.message)")
        return switch error.primaryCode {
        case SQLITE_FULL: failure(.full, "there is no room left on the disk", advice: room)
        case SQLITE_BUSY, SQLITE_LOCKED:
            failure(
                .busy, "another program keeps the file locked (\(words))",
                advice: "End what has the file open, such as a sqlite3 shell or a backup, and run "
                    + "again.")
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            failure(.denied, "the file or its folder may not be written (\(words))", advice: rights)
        case SQLITE_CANTOPEN:
            mayUse
                ? failure(.serverFailed, "the file could not be opened (\(words))")
                : failure(.denied, "the file may not be opened (\(words))", advice: rights)
        case SQLITE_IOERR:
            hasRoom
                ? failure(
                    .serverFailed, "the disk failed to read or write (\(words))",
                    advice: "Look at the disk and the system's log before running again.")
                : failure(.full, "there is no room left on the disk (\(words))", advice: room)
        case SQLITE_TOOBIG, SQLITE_NOMEM:
            failure(.serverFailed, "SQLite ran out of memory (\(words))")
        case SQLITE_MISUSE: failure(.refused, "it was closed before")
        // Pawl's own statements are sound, so what SQLite objects to is in the file.
        default: failure(.garbled, "the file is damaged (\(words))", advice: repair)
        }
    }

    private var rights: String {
        "Give this user the right to write to \(shown) and in its folder: SQLite keeps two more "
            + "files there, even to read."
    }
    private var room: String { "Make room in \(Self.printable(folder)) and run again." }
    private var repair: String {
        kind == .ledger
            ? "Put back a copy of \(shown), without its -wal and -shm. To begin a new ledger from "
                + "what the registry shows, move all three away."
            : "Move \(shown) away with its -wal and -shm: a new one is begun, and what the events "
                + "would have told is found by the next sweep."
    }

    /// Whether the system lets this process use the file and its folder as SQLite does.
    private var mayUse: Bool {
        access(path, R_OK) == 0 && access(folder, W_OK | X_OK) == 0
    }

    private var hasRoom: Bool {
        var system = statvfs()
        guard statvfs(folder, &system) == 0 else { return true }
        return UInt64(system.f_bavail) * UInt64(system.f_frsize) >= Self.roomBytesMin
    }
}
