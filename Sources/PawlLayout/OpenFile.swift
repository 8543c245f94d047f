#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file or folder, closed when nobody has it any more.
final class OpenFile: Sendable {
    /// The system's number of an error.
    struct Failure: Error, Hashable {
        let number: Int32

        /// The newest error of the calling thread.
        static var newest: Failure { Failure(number: errno) }

        var isMissing: Bool { number == ENOENT }
        /// The same name is there already.
        var isTaken: Bool { number == EEXIST }
        /// The system does not allow it.
        var isDenied: Bool { [EACCES, EPERM, EROFS].contains(number) }
        /// There is no room for it.
        var isFull: Bool { [ENOSPC, EDQUOT, EFBIG].contains(number) }
        /// A link stands where none may, or a file where a folder should.
        var isOtherThing: Bool { [ELOOP, ENOTDIR, EISDIR].contains(number) }
        /// The system's words.
        var text: String { String(cString: strerror(number)) }
    }

    private let number: Int32

    private init(number: Int32) { self.number = number }

    deinit { close(number) }

    /// A folder by its path. Links in the path are followed: it is the path that was asked for.
    static func folder(_ path: String) throws(Failure) -> OpenFile {
        try opened(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    /// A folder in this one, which must not be a link.
    func folder(_ name: String) throws(Failure) -> OpenFile {
        try Self.opened(openat(number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
    }

    /// A file in this folder, for reading; must not be a link. Whatever else stands there must not
    /// make the program wait.
    func file(_ name: String) throws(Failure) -> OpenFile {
        try Self.opened(openat(number, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK))
    }

    /// A file in this folder, for writing, which was not there before.
    func newFile(_ name: String) throws(Failure) -> OpenFile {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        return try Self.opened(openat(number, name, flags, 0o644))
    }

    /// A file in this folder that stays where it is, for holding a lock.
    func lockFile(_ name: String) throws(Failure) -> OpenFile {
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
        return try Self.opened(openat(number, name, flags, 0o644))
    }

    private static func opened(_ number: Int32) throws(Failure) -> OpenFile {
        guard number >= 0 else { throw .newest }
        return OpenFile(number: number)
    }

    /// Makes a folder in this one, unless it is there.
    func makeFolder(_ name: String) throws(Failure) {
        guard mkdirat(number, name, 0o755) == 0 || errno == EEXIST else { throw .newest }
    }

    /// Whether this is a plain file.
    var isPlainFile: Bool {
        var status = stat()
        return fstat(number, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The next bytes, at most `max`; none at the end.
    func next(_ max: Int) throws(Failure) -> [UInt8] {
        var count = 0
        var failure: Failure?
        let bytes = [UInt8](unsafeUninitializedCapacity: max) { buffer, initialized in
            repeat {
                count = part(UnsafeMutableRawBufferPointer(buffer), of: number)
            } while count < 0 && errno == EINTR
            if count < 0 { failure = .newest }
            initialized = Swift.max(0, count)
        }
        if let failure { throw failure }
        return bytes
    }

    /// All bytes, or `nil` if they are more than `max`.
    func whole(_ max: Int) throws(Failure) -> [UInt8]? {
        var bytes: [UInt8] = []
        while true {
            let part = try next(64 * 1024)
            if part.isEmpty { return bytes }
            bytes += part
            guard bytes.count <= max else { return nil }
        }
    }

    /// Writes all of these bytes at the end of what was written.
    func append(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .newest }
            rest = rest.dropFirst(count)
        }
    }

    /// Replaces the whole content, from the beginning.
    func replace(_ bytes: [UInt8]) throws(Failure) {
        guard ftruncate(number, 0) == 0, lseek(number, 0, SEEK_SET) == 0 else { throw .newest }
        try append(bytes)
    }

    /// Sees to it that what was written is on the disk.
    func settle() throws(Failure) {
        guard fsync(number) == 0 else { throw .newest }
    }

    /// Gives a file of this folder another name in it, in place of what had that name.
    func rename(_ name: String, to other: String) throws(Failure) {
        guard renameat(number, name, number, other) == 0 else { throw .newest }
    }

    /// Takes a file of this folder away.
    func remove(_ name: String) { unlinkat(number, name, 0) }

    /// Whether the lock was free and is held now.
    func lock() throws(Failure) -> Bool {
        while flock(number, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw .newest }
            return false
        }
        return true
    }

    /// Gives the lock back. Closing alone would not: a process that is just being started has all
    /// open files for a moment.
    func unlock() { flock(number, LOCK_UN) }

    /// The names in this folder, without `.` and `..`.
    func names() throws(Failure) -> [String] {
        // The stream closes the number that it is given.
        let copy = openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw .newest }
        guard let stream = fdopendir(copy) else {
            close(copy)
            throw .newest
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

/// The system's `read`.
private func part(_ buffer: UnsafeMutableRawBufferPointer, of file: Int32) -> Int {
    read(file, buffer.baseAddress, buffer.count)
}

/// Makes a folder and those above it, as far as they are not there.
func makeFolders(_ path: String) throws(OpenFile.Failure) {
    guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
        throw .newest
    }
    try makeFolders(String(path[..<slash]))
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw .newest }
}

/// Whether files may be made in a folder, or in the nearest one above it that is there.
func mayWrite(in path: String) throws(OpenFile.Failure) {
    if access(path, W_OK | X_OK) == 0 { return }
    guard errno == ENOENT else { throw .newest }
    let slash = path.lastIndex(of: "/")
    switch slash {
    case nil: return try mayWrite(in: ".")
    case path.startIndex?: return try mayWrite(in: "/")
    case let slash?: return try mayWrite(in: String(path[..<slash]))
    }
}

/// This process, for people.
var ownProcess: Int32 { getpid() }
