import PawlCore
import PawlImages
import PawlPorts
import Synchronization

/// Makes names of temporary files differ within this process.
private let temporaryNames = Atomic(0)

// Whoever reads a layout sees a file whole or not at all: each is written under another name,
// settled on the disk, and then given its own.

extension LayoutFolder {
    private static let lockName = "\(ownPrefix).lock"
    /// Own choice: whoever holds the lock has one small file to write.
    private static let lockWait = Duration.seconds(10)
    /// Own choice: pause between two tries.
    private static let lockPause = Duration.milliseconds(20)

    /// The layout's folder, made if it was not there.
    func made() throws(PortFailure) -> OpenFile {
        if let root = try layout() { return root }
        let root = try done("the folder could not be made") { () throws(OpenFile.Failure) in
            try makeFolders(path)
            return try OpenFile.folder(path)
        }
        try write(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), as: "oci-layout", in: root)
        return root
    }

    /// Keeps a blob whose stream fails rather than end with other bytes than the digest's.
    func keep(_ stream: ByteStream, as digest: Digest) async throws(PortFailure) {
        let root = try made()
        let folder = try done("its folder for blobs could not be made") {
            () throws(OpenFile.Failure) in
            try root.makeFolder("blobs")
            let blobs = try root.folder("blobs")
            try blobs.makeFolder(digest.algorithm.rawValue)
            return try blobs.folder(digest.algorithm.rawValue)
        }
        let (file, name) = try temporary(in: folder)
        do throws(PortFailure) {
            while let piece = try await stream.next() {
                try done("its blob \(digest.short) could not be written") {
                    () throws(OpenFile.Failure) in try file.append(piece)
                }
            }
            try settle(file, name, as: digest.hex, in: folder)
        } catch {
            folder.remove(name)
            throw error
        }
    }

    /// Changes the index while nobody else does. `change` gives `nil` for one that is right as it
    /// is.
    func changeIndex(
        _ clock: Clock, _ change: (LayoutIndex) throws(PortFailure) -> LayoutIndex?
    ) async throws(PortFailure) {
        let root = try made()
        let lock = try await locked(root, clock)
        defer { lock.unlock() }
        guard let changed = try change(try index() ?? .empty) else { return }
        try write(changed.bytes, as: "index.json", in: root)
    }

    /// Whether files may be written there, before anything is.
    func checkWriting() throws(PortFailure) {
        _ = try layout()
        try done("files could not be written in it") { () throws(OpenFile.Failure) in
            try mayWrite(in: path)
        }
    }

    private func write(
        _ bytes: [UInt8], as name: String, in root: OpenFile
    ) throws(PortFailure) {
        let (file, temporary) = try temporary(in: root)
        do throws(PortFailure) {
            try done("its \(name) could not be written") { () throws(OpenFile.Failure) in
                try file.append(bytes)
            }
            try settle(file, temporary, as: name, in: root)
        } catch {
            root.remove(temporary)
            throw error
        }
    }

    private func temporary(
        in folder: OpenFile
    ) throws(PortFailure) -> (file: OpenFile, name: String) {
        try done("a file could not be made in it") { () throws(OpenFile.Failure) in
            while true {
                let number = temporaryNames.add(1, ordering: .relaxed).newValue
                let name = "\(Self.ownPrefix)-\(ownProcess)-\(number)"
                do throws(OpenFile.Failure) {
                    return (try folder.newFile(name), name)
                } catch {
                    // Left by an earlier process of the same number, which was ended.
                    guard error.isTaken else { throw error }
                }
            }
        }
    }

    private func settle(
        _ file: OpenFile, _ name: String, as final: String, in folder: OpenFile
    ) throws(PortFailure) {
        try done("its \(final.prefix(20)) could not be written") { () throws(OpenFile.Failure) in
            try file.settle()
            try folder.rename(name, to: final)
            try folder.settle()
        }
    }

    /// The lock, held until it is given back.
    private func locked(_ root: OpenFile, _ clock: Clock) async throws(PortFailure) -> OpenFile {
        let file = try done("its lock could not be opened") { () throws(OpenFile.Failure) in
            try root.lockFile(Self.lockName)
        }
        var waited = Duration.zero
        while try !done("it could not be locked", file.lock) {
            guard waited < Self.lockWait else { throw stillLocked(root) }
            do {
                try await clock.sleep(Self.lockPause)
            } catch {
                throw stillLocked(root)
            }
            waited += Self.lockPause
        }
        // For those who wait too long; without it the lock is as good.
        try? file.replace(Array("\(ownProcess)\n".utf8))
        return file
    }

    private func stillLocked(_ root: OpenFile) -> PortFailure {
        let text = (try? root.file(Self.lockName).whole(32)) ?? []
        let holder = String(decoding: text.prefix { (48...57).contains($0) }, as: UTF8.self)
        return failure(
            .timedOut,
            "it is locked" + (holder.isEmpty ? "" : " by process \(holder)"),
            advice: "Run again when the other process has ended.")
    }
}
