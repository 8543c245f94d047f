import PawlCore
import PawlPorts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The right to write to a ledger: a lock of the system on a file beside it, held until the last
/// reference goes or the process ends, in whatever way.
///
/// SQLite's own locks would let several processes take turns, and before version 3.51.3 two that
/// write or checkpoint at once can damage the file (the WAL-reset race).
final class WriterLock: Sendable {
    /// Own choice: how often a lock that somebody else has is tried for.
    private static let pause = Duration.milliseconds(100)

    private let file: LedgerFile
    private let descriptor: Int32
    private let identity: LedgerFile.Identity

    /// Takes the lock, or throws `busy` when somebody else has it for longer than `patience`.
    static func take(
        of file: LedgerFile, patience: Duration, clock: Clock
    ) async throws(PortFailure) -> WriterLock {
        var waited = Duration.zero
        while true {
            if let lock = try attempt(file) { return lock }
            guard waited < patience else { throw held(file) }
            do {
                try await clock.sleep(pause)
            } catch {
                throw held(file)
            }
            waited += pause
        }
    }

    private init(file: LedgerFile, descriptor: Int32, identity: LedgerFile.Identity) {
        self.file = file
        self.descriptor = descriptor
        self.identity = identity
    }

    deinit {
        // The file stays: whoever removed it could remove the next holder's. Closing alone would
        // not let go while a process that is just being started has the descriptor too.
        ftruncate(descriptor, 0)
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Whether the lock is still what others would meet: a lock file that was removed locks nobody
    /// out.
    var isInPlace: Bool {
        guard case .present(identity, bytes: _) = try? file.look(at: file.lock) else {
            return false
        }
        return true
    }

    /// `nil` if somebody else has it.
    private static func attempt(_ file: LedgerFile) throws(PortFailure) -> WriterLock? {
        let descriptor = open(file.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else {
            throw file.failure(errno, at: file.lock, "its folder is gone")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error = errno
            close(descriptor)
            if error == EWOULDBLOCK || error == EINTR { return nil }
            throw file.failure(error, at: file.lock, "its folder is gone")
        }
        var entry = stat()
        fstat(descriptor, &entry)
        let lock = WriterLock(
            file: file, descriptor: descriptor, identity: LedgerFile.Identity(entry))
        // Removed between the opening and the locking: another file has that name now.
        guard lock.isInPlace else { return nil }
        ftruncate(descriptor, 0)
        let id = Array("\(getpid())\n".utf8)
        // Only a courtesy to whoever is locked out: without room on the disk, there is none.
        _ = pwrite(descriptor, id, id.count, 0)
        return lock
    }

    private static func held(_ file: LedgerFile) -> PortFailure {
        let holder = holder(of: file).map { "process \($0)" } ?? "another process"
        return file.failure(
            .busy, "\(holder) is writing to it and holds \(LedgerFile.printable(file.lock))",
            advice: "Run again when that one has ended, or send everything through it: a ledger in "
                + "a file has one writer.")
    }

    /// What the holder wrote into the lock file; nothing in the moment before it did.
    private static func holder(of file: LedgerFile) -> Int32? {
        let descriptor = open(file.lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let digits = bytes.prefix(count).prefix { (0x30...0x39).contains($0) }
        return Int32(String(decoding: digits, as: UTF8.self))
    }
}
