import PawlCore
import PawlImages

/// One layout in the file system: what its files are called, and how they are read (image-spec,
/// "Image Layout").
struct LayoutFolder: Sendable {
    /// Own choice: some ten thousand entries.
    private static let indexBytesMax = 8 * 1024 * 1024
    /// Own choice: the file holds one short object.
    private static let versionBytesMax = 64 * 1024
    /// Own choice: of a blob, as it is read.
    static let pieceBytes = 256 * 1024
    /// Own names begin so; other tools know nothing of them.
    static let ownPrefix = ".pawl"

    let repository: Repository
    var path: String { repository.path }

    init(_ repository: Repository) { self.repository = repository }

    /// `nil` if there is no such folder, or an empty one.
    func index() throws(PortFailure) -> LayoutIndex? {
        guard let root = try layout() else { return nil }
        guard let bytes = try whole("index.json", in: root, max: Self.indexBytesMax) else {
            return .empty
        }
        do throws(Manifest.Malformed) {
            return try LayoutIndex(bytes)
        } catch {
            throw failure(
                error.isUnsupported ? .unsupported : .garbled,
                "its index.json cannot be used: \(error.detail)",
                advice: "Nothing was changed in it: mend it, or name another folder.")
        }
    }

    /// A blob, opened; `nil` if it is not there.
    func blob(_ digest: Digest) throws(PortFailure) -> OpenFile? {
        guard let root = try layout() else { return nil }
        let file = try unlessMissing("its blob \(digest.short) could not be opened") {
            () throws(OpenFile.Failure) in
            try root.folder("blobs").folder(digest.algorithm.rawValue).file(digest.hex)
        }
        if let file, !file.isPlainFile {
            throw failure(.garbled, "its blob \(digest.short) is not a file")
        }
        return file
    }

    /// A file's next bytes, none at its end.
    func next(of file: OpenFile) throws(PortFailure) -> [UInt8] {
        try done("a blob could not be read") { () throws(OpenFile.Failure) in
            try file.next(Self.pieceBytes)
        }
    }

    /// A small blob's bytes, hashed; `nil` if it is not there.
    func bytes(
        of digest: Digest, max: Int, _ what: String
    ) throws(PortFailure) -> [UInt8]? {
        guard let file = try blob(digest) else { return nil }
        let bytes = try done("its \(what) \(digest.short) could not be read") {
            () throws(OpenFile.Failure) in try file.whole(max)
        }
        guard let bytes else {
            throw failure(.tooLarge, "its \(what) \(digest.short) is larger than \(max) bytes")
        }
        guard Digest.of(bytes, by: digest.algorithm) == digest else {
            throw failure(.mismatched, "its blob \(digest.short) has other content")
        }
        return bytes
    }

    /// The folder of a layout; `nil` if there is none, or an empty one. A folder with other things
    /// in it is a mistake, never an absence.
    func layout() throws(PortFailure) -> OpenFile? {
        let root = try unlessMissing("the folder could not be opened") {
            () throws(OpenFile.Failure) in try OpenFile.folder(path)
        }
        guard let root else { return nil }
        if let version = try whole("oci-layout", in: root, max: Self.versionBytesMax) {
            try check(version)
            return root
        }
        let others = try done("the folder could not be read") { () throws(OpenFile.Failure) in
            try root.names().filter { !$0.hasPrefix(Self.ownPrefix) }
        }
        guard others.isEmpty else {
            throw failure(
                .unsupported, "the folder has other files and is no OCI image layout",
                advice: "Name a new or an empty folder, or one with the file oci-layout.")
        }
        return nil
    }

    /// One version is defined; later ones of the same kind may only add.
    private func check(_ version: [UInt8]) throws(PortFailure) {
        let document = try? JSON(version)
        let text = ((try? document?.member("imageLayoutVersion")) ?? nil)?.string
        guard let text else { throw failure(.garbled, "its file oci-layout says no version") }
        guard text.hasPrefix("1.") else {
            throw failure(.unsupported, "it is a layout of another version than 1.0.0")
        }
    }

    private func whole(
        _ name: String, in root: OpenFile, max: Int
    ) throws(PortFailure) -> [UInt8]? {
        let bytes = try unlessMissing("its \(name) could not be read") {
            () throws(OpenFile.Failure) -> [UInt8]? in
            let file = try root.file(name)
            return file.isPlainFile ? try file.whole(max) : nil
        }
        guard let bytes else { return nil }
        guard let bytes else {
            throw failure(.tooLarge, "its \(name) is no file, or larger than \(max) bytes")
        }
        return bytes
    }

    // MARK: Failures

    /// What the system was asked to do, or a failure that says what could not be done.
    func done<Value>(
        _ clause: String, _ work: () throws(OpenFile.Failure) -> Value
    ) throws(PortFailure) -> Value {
        do throws(OpenFile.Failure) {
            return try work()
        } catch {
            throw failure(error, clause)
        }
    }

    /// The same where a name that is not there is an answer.
    private func unlessMissing<Value>(
        _ clause: String, _ work: () throws(OpenFile.Failure) -> Value
    ) throws(PortFailure) -> Value? {
        do throws(OpenFile.Failure) {
            return try work()
        } catch {
            if error.isMissing { return nil }
            throw failure(error, clause)
        }
    }

    func failure(
        _ code: PortFailure.Code, _ detail: String, advice: String? = nil
    ) -> PortFailure {
        PortFailure(code: code, subject: "\(repository)", detail: detail, advice: advice)
    }

    private func failure(_ failure: OpenFile.Failure, _ clause: String) -> PortFailure {
        let detail = "\(clause) (\(failure.text))"
        if failure.isDenied {
            return self.failure(
                .denied, detail, advice: "Give this user the right to the folder \(path).")
        }
        if failure.isFull {
            return self.failure(.refused, detail, advice: "Make room on the disk.")
        }
        if failure.isOtherThing {
            return self.failure(
                .unsupported, detail,
                advice: "Links are not followed within a layout: make it of plain files.")
        }
        return self.failure(.unreachable, detail)
    }
}
