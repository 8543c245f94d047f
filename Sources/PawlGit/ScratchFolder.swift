import FoundationEssentials
import PawlCore
import PawlPorts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A temporary folder that only this user may enter. It goes with the last reference; those that
/// killed processes left are taken away by the next one.
final class ScratchFolder: Sendable {
    private static let prefix = "pawl-ledger-"
    /// Own choice: a folder is locked long before it is as old as this.
    private static let staleSeconds = 24 * 60 * 60

    let path: String
    /// Locked for as long as the folder is used: the system lets go however the process ends.
    private let descriptor: Int32

    init(in place: String, subject: String) throws(PortFailure) {
        // mkdtemp puts six letters of its own in their place.
        let letters = String(repeating: "X", count: 6)
        var template = Array("\(place)/\(Self.prefix)\(letters)".utf8CString)
        let made = template.withUnsafeMutableBufferPointer {
            $0.baseAddress.flatMap { mkdtemp($0) } != nil
        }
        guard made else {
            let reason = errno
            throw PortFailure(
                code: reason == ENOSPC || reason == EDQUOT ? .full : .denied, subject: subject,
                detail: "no folder could be made in \(printable(place)) (error \(reason))",
                advice: "Make room there, or name another folder in TMPDIR.")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        flock(descriptor, LOCK_SH | LOCK_NB)
        removeStale(in: place)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        close(descriptor)
    }

    /// Removes folders of this user that nobody has locked. Their age is told by the clock that
    /// dated this one.
    private func removeStale(in place: String) {
        var own = stat()
        guard fstat(descriptor, &own) == 0,
            let names = try? FileManager.default.contentsOfDirectory(atPath: place)
        else { return }
        for name in names
        where name.hasPrefix(Self.prefix) && name.utf8.count == Self.prefix.utf8.count + 6 {
            let other = "\(place)/\(name)"
            let descriptor = open(other, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var entry = stat()
            guard fstat(descriptor, &entry) == 0, entry.st_uid == geteuid(),
                Self.changed(own) - Self.changed(entry) > Self.staleSeconds,
                flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            try? FileManager.default.removeItem(atPath: other)
        }
    }

    private static func changed(_ entry: stat) -> Int {
        #if canImport(Darwin)
            entry.st_mtimespec.tv_sec
        #else
            entry.st_mtim.tv_sec
        #endif
    }
}
