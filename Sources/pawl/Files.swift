import PawlReport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files, read whole within a bound and appended to.
enum Files {
    /// Why a file could not be used.
    struct Failure: Error {
        /// The system's number (`ENOENT`, …), or 0 where the file is too large.
        let number: Int32
        /// The path and the system's words.
        let text: String

        var isMissing: Bool { number == ENOENT || number == ENOTDIR }
    }

    /// The bytes of a file of at most `bytesMax`.
    static func read(_ path: String, bytesMax: Int) throws(Failure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = buffer.withUnsafeMutableBytes { part($0, of: file) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
            guard bytes.count <= bytesMax else {
                throw Failure(number: 0, text: "\(path) is larger than \(bytesMax) bytes")
            }
        }
    }

    /// Whether there is something at a path.
    static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Appends; creates the file if it is not there. Appending nothing shows whether it could be.
    static func append(_ text: String, to path: String) throws(Failure) {
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            rest = rest.dropFirst(count)
        }
    }

    /// The path from the root, without `.` and empty parts; `..` and links stay as they are.
    static func absolute(_ path: String) -> String {
        var whole = path
        if !path.hasPrefix("/"), let here = getcwd(nil, 0) {
            whole = String(cString: here) + "/" + path
            free(here)
        }
        return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    private static func part(_ buffer: UnsafeMutableRawBufferPointer, of file: Int32) -> Int {
        #if canImport(Glibc)
            Glibc.read(file, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            Musl.read(file, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(file, buffer.baseAddress, buffer.count)
        #endif
    }

    private static func failure(_ path: String) -> Failure {
        let number = errno
        return Failure(number: number, text: "\(path): \(String(cString: strerror(number)))")
    }
}
