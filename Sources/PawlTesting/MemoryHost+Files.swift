package import PawlCore
import PawlPorts
import Synchronization

// Files of commits. A commit's tree is what its ancestors and it itself did, in the order in which
// they were made, on top of the files that every commit has.

extension MemoryHost {
    /// What a commit does to one path.
    package enum Edit: Hashable, Sendable {
        /// It holds these bytes from now on.
        case write([UInt8])
        /// It is not there from now on.
        case remove

        /// It holds this text from now on.
        package static func text(_ text: String) -> Self { .write(Array(text.utf8)) }
    }

    package func changes(
        from base: CommitID, to commit: CommitID
    ) async throws(PortFailure) -> ChangedFiles {
        try arrive(.changes)
        return try state.withLock { state throws(PortFailure) in
            let files = Self.difference(
                from: try Self.tree(of: base, state), to: try Self.tree(of: commit, state))
            return ChangedFiles(
                Array(files.prefix(state.listedFiles)), isWhole: files.count <= state.listedFiles)
        }
    }

    package func file(
        at path: String, of commit: CommitID
    ) async throws(PortFailure) -> [UInt8]? {
        try arrive(.file)
        return try state.withLock { state throws(PortFailure) in
            let tree = try Self.tree(of: commit, state)
            guard let bytes = tree[path] else {
                guard !tree.keys.contains(where: { $0.hasPrefix(path + "/") }) else {
                    throw PortFailure(
                        code: .unsupported, subject: path, detail: "it is a folder, not a file")
                }
                return nil
            }
            guard bytes.count <= Limits.workflowBytesMax else {
                throw PortFailure(
                    code: .tooLarge, subject: path, detail: "the file has \(bytes.count) bytes")
            }
            return bytes
        }
    }

    /// Gives every commit a file, or takes it from every commit that did not write it.
    package func everywhere(_ path: String, _ bytes: [UInt8]?) {
        state.withLock { $0.commonFiles[path] = bytes }
    }

    /// What a commit does to a path, in place of what was said before; `nil` leaves it as it was.
    /// Its descendants inherit that.
    package func edit(_ path: String, _ edit: Edit?, of commit: CommitID) {
        state.withLock { $0.edits[commit, default: [:]][path] = edit }
    }

    /// A commit gives a file that is there another name.
    package func rename(_ path: String, to newPath: String, in commit: CommitID) {
        state.withLock { state in
            guard let bytes = (try? Self.tree(of: commit, state))?[path] else {
                preconditionFailure("no file to rename: \(path)")
            }
            state.edits[commit, default: [:]][path] = .remove
            state.edits[commit, default: [:]][newPath] = .write(bytes)
        }
    }

    /// A commit has these files and no others, whatever its ancestors had.
    package func tree(_ files: [String: String], of commit: CommitID) {
        state.withLock { state in
            let inherited = (try? Self.tree(of: commit, state)) ?? [:]
            state.edits[commit] = inherited.mapValues { _ in Edit.remove }
                .merging(files.mapValues(Edit.text)) { _, written in written }
        }
    }

    /// Files that one list of changes shows at most.
    package func listed(files: Int) { state.withLock { $0.listedFiles = files } }

    private static func tree(
        of commit: CommitID, _ state: State
    ) throws(PortFailure) -> [String: [UInt8]] {
        guard state.commits.contains(where: { $0.id == commit }) else {
            throw missing(commit.short)
        }
        var tree = state.commonFiles
        for ancestor in reachable(from: commit, state).reversed() {
            for (path, edit) in state.edits[ancestor.id] ?? [:] {
                switch edit {
                case .write(let bytes): tree[path] = bytes
                case .remove: tree[path] = nil
                }
            }
        }
        return tree
    }

    /// By path; a removed file whose bytes are added elsewhere is a rename.
    private static func difference(
        from old: [String: [UInt8]], to new: [String: [UInt8]]
    ) -> [ChangedFiles.File] {
        var removed = old.keys.filter { new[$0] == nil }.sorted()
        var files: [ChangedFiles.File] = []
        for path in new.keys.sorted() where new[path] != old[path] {
            let source = old[path] == nil ? removed.firstIndex { old[$0] == new[path] } : nil
            files.append(
                ChangedFiles.File(path: path, previousPath: source.map { removed.remove(at: $0) }))
        }
        files += removed.map { ChangedFiles.File(path: $0) }
        return files.sorted { $0.path < $1.path }
    }
}
