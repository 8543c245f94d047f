import PawlCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a ledger, or a server's deliveries, are kept: one file, known by its real path, so that
/// two names of it are one with one lock. SQLite is given an absolute path: it reads `:memory:` and
/// `file:…` in other ways.
struct LedgerFile: Sendable {
    /// What a file holds, in the words of its complaints.
    enum Kind: String, Sendable {
        case ledger, deliveries
    }

    /// What the system calls the file, whatever its name.
    struct Identity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
    }

    /// What was found at a path.
    enum Look: Hashable, Sendable {
        case absent
        case present(Identity, bytes: Int64)
    }

    /// SQLite's smallest page; it takes a smaller file for a new one without contents.
    private static let bytesMin: Int64 = 512

    /// As a person wrote it, fit to be shown.
    let shown: String
    /// Absolute, without symbolic links.
    let path: String
    /// What it holds.
    var kind = Kind.ledger

    /// Which tables it has.
    var schema: Schema { kind == .ledger ? .ledger : .deliveries }

    /// The folder, where SQLite keeps two more files while the ledger is open.
    var folder: String {
        let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        return folder.isEmpty ? "/" : String(folder)
    }
    /// SQLite's write-ahead log.
    var log: String { path + "-wal" }
    /// Held by the one process that writes.
    var lock: String { path + ".lock" }
    /// A ledger that is being made, before it is one.
    var draft: String { path + ".new" }

    /// Finds the file's folder, which must be there; the file need not.
    static func find(
        _ written: String, as kind: Kind = .ledger
    ) throws(PortFailure) -> LedgerFile {
        let unfound = LedgerFile(shown: printable(written), path: written, kind: kind)
        let parts = written.split(separator: "/", omittingEmptySubsequences: false)
        let name = parts.last.map(String.init) ?? ""
        guard !["", ".", ".."].contains(name) else {
            throw unfound.failure(
                .refused, "the path names a folder", advice: "Name a file: sqlite:PATH/pawl.db.")
        }
        let before = parts.dropLast().joined(separator: "/")
        let parent = parts.count == 1 ? "." : before.isEmpty ? "/" : before
        guard let folder = real(parent) else {
            throw unfound.failure(
                errno, at: parent, "there is no folder \(printable(parent))",
                advice: "Make the folder first, or correct the path of the \(kind.rawValue).")
        }
        let place = folder == "/" ? "/" + name : folder + "/" + name
        guard let target = try target(of: place, unfound) else {
            return LedgerFile(shown: unfound.shown, path: place, kind: kind)
        }
        return LedgerFile(shown: unfound.shown, path: target, kind: kind)
    }

    /// Where a link leads; `nil` for what is no link. A folder is told before a lock is laid
    /// beside it.
    private static func target(
        of place: String, _ unfound: LedgerFile
    ) throws(PortFailure) -> String? {
        var entry = stat()
        guard lstat(place, &entry) == 0 else { return nil }
        let isLink = entry.st_mode & S_IFMT == S_IFLNK
        let target = isLink ? real(place) : nil
        guard !isLink || target != nil else {
            throw unfound.failure(
                errno, at: place, "it is a link that leads nowhere",
                advice: "Point the link at a ledger, or remove it.")
        }
        guard stat(target ?? place, &entry) == 0, entry.st_mode & S_IFMT == S_IFDIR else {
            return target
        }
        throw unfound.failure(
            .refused, "the path names a folder", advice: "Name a file: sqlite:PATH/pawl.db.")
    }

    /// What is at the ledger's own path.
    func look() throws(PortFailure) -> Look {
        let look = try look(at: path)
        if case .present(_, let bytes) = look, bytes < Self.bytesMin {
            throw failure(
                .garbled, "the file has \(bytes) bytes, fewer than any ledger: it was cut off",
                advice: "Put back a copy. If it never was a ledger, remove it and run again.")
        }
        if case .absent = look, case .present(_, let bytes) = try self.look(at: log), bytes > 0 {
            throw failure(
                .garbled, "the file is gone, and \(Self.printable(log)) is still there",
                advice: "Put the file back beside it. To begin a new ledger, remove that one too.")
        }
        return look
    }

    /// What is at a path beside it.
    func look(at place: String) throws(PortFailure) -> Look {
        var entry = stat()
        guard stat(place, &entry) == 0 else {
            let error = errno
            if error == ENOENT { return .absent }
            throw failure(error, at: place, "\(Self.printable(place)) is gone")
        }
        guard entry.st_mode & S_IFMT == S_IFREG else {
            throw failure(
                .refused, "\(Self.printable(place)) is no regular file",
                advice: "Name another file for the ledger.")
        }
        return .present(Identity(entry), bytes: Int64(entry.st_size))
    }

    /// SQLite opens a file that may only be read, and says so with the first write. Root may write
    /// to any.
    func checkWritable() throws(PortFailure) {
        guard case .present = try look(), access(path, W_OK) != 0 else { return }
        throw failure(errno, at: path, "the file is gone")
    }

    /// Removes what a process that was killed left of a ledger that was being made.
    func clearDraft() {
        for ending in ["", "-wal", "-shm", "-journal"] { unlink(draft + ending) }
    }

    /// Makes the file that SQLite fills. Payloads may come from a private repository and are for
    /// this user alone; a ledger is for whoever may read the folder.
    func makeDraft() throws(PortFailure) {
        let mode: mode_t = kind == .deliveries ? 0o600 : 0o644
        let descriptor = open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(errno, at: draft, "its folder is gone") }
        close(descriptor)
    }

    /// Gives a draft the ledger's name, so that it has it after a power failure too.
    func publish() throws(PortFailure) {
        guard rename(draft, path) == 0 else {
            throw failure(errno, at: path, "its folder is gone")
        }
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(descriptor) }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw failure(errno, at: folder, "its folder is gone")
        }
    }

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Outside text for one line of an error: no control characters, at most 300 characters.
    static func printable(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(300).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: " " as Unicode.Scalar
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}

extension LedgerFile.Identity {
    init(_ entry: stat) {
        device = UInt64(truncatingIfNeeded: entry.st_dev)
        inode = UInt64(truncatingIfNeeded: entry.st_ino)
    }
}
