package import PawlCore
import PawlPorts

/// What commits hold: the files that differ, and one file's bytes. Both are read by git's plumbing,
/// which neither attributes nor filters of the clone reach.
extension GitHistory {
    /// The files that differ between the trees of the two commits. Equal contents under another
    /// name are a rename; a file that was renamed and edited is shown as one removed and one added,
    /// because telling more needs contents that a partial clone may lack.
    package func changes(
        from base: CommitID, to commit: CommitID
    ) async throws(PortFailure) -> ChangedFiles {
        let subject = "files changed from \(base.short) to \(commit.short)"
        let answer: GitCommand.Answer
        do throws(PortFailure) {
            answer = try await self.answer(
                [
                    "diff-tree", "-r", "-z", "--name-status", "--find-renames=100%",
                    "--no-ext-diff", "--no-textconv",
                    // `.gitmodules` may ask to have a submodule's changes hidden.
                    "--ignore-submodules=none", "--end-of-options", base.hex, commit.hex, "--",
                ], asking: subject)
        } catch {
            guard error.code == .tooLarge else { throw error }
            return ChangedFiles([], isWhole: false)
        }
        guard !answer.hasComplaints else { throw unexpected(answer, subject: subject) }
        return ChangedFiles(try files(in: answer.output, subject: subject), isWhole: true)
    }

    /// The bytes of a regular file. What stands at the path and is none (a symbolic link, a folder,
    /// a submodule) is not absent, and throws.
    package func file(
        at path: String, of commit: CommitID
    ) async throws(PortFailure) -> [UInt8]? {
        let subject = "\(printable(path)) of \(commit.short)"
        guard isPlain(path) else {
            throw PortFailure(
                code: .unsupported, subject: subject,
                detail: "it is not a path from the repository's root",
                advice: "Write it without a leading slash, `.` and `..`.")
        }
        let listing = try await answer(
            [
                "--literal-pathspecs", "ls-tree", "-z", "--long", "--full-tree", commit.hex, "--",
                path,
            ], asking: subject)
        guard !listing.hasComplaints else { throw unexpected(listing, subject: subject) }
        guard let entry = try entry(at: path, in: listing.output, subject: subject) else {
            return nil
        }
        let size = try entry.sizeOfFile(subject)
        guard size <= Limits.workflowBytesMax else {
            throw PortFailure(
                code: .tooLarge, subject: subject,
                detail: "the file has \(size) bytes, more than \(Limits.workflowBytesMax)")
        }
        let content = try await answer(["cat-file", "blob", entry.object], asking: subject)
        guard content.output.count == size else {
            throw PortFailure(
                code: .garbled, subject: subject,
                detail: "git printed \(content.output.count) bytes of a file of \(size)")
        }
        return content.output
    }

    /// Reads `STATUS NUL PATH NUL`, or `STATUS NUL OLD NUL NEW NUL` of a rename or copy.
    private func files(
        in output: [UInt8], subject: String
    ) throws(PortFailure) -> [ChangedFiles.File] {
        var fields = try terminated(output, subject: subject)
        var files: [ChangedFiles.File] = []
        while let status = fields.popFirst() {
            let letter = status.first.map { Character(Unicode.Scalar($0)) }
            let names =
                switch letter {
                // Added, deleted, modified, and another type: a file that became a link.
                case "A", "D", "M", "T": 1
                case "R", "C": 2
                default: 0
                }
            guard names > 0, fields.count >= names else {
                throw garbled(String(decoding: status, as: UTF8.self), subject: subject)
            }
            var paths: [String] = []
            for field in fields.prefix(names) { paths.append(try path(field, subject: subject)) }
            fields = fields.dropFirst(names)
            files.append(
                ChangedFiles.File(
                    path: paths[names - 1], previousPath: names == 2 ? paths[0] : nil))
        }
        return files
    }

    /// One row of a tree: `MODE TYPE ID SIZE`.
    private struct Entry {
        let mode: String
        let object: String
        let size: String

        /// Bytes of the file that the row stands for.
        func sizeOfFile(_ subject: String) throws(PortFailure) -> Int {
            let other: String? =
                switch mode {
                // The last is what git wrote in its first days.
                case "100644", "100755", "100664": nil
                case "120000": "a symbolic link"
                case "040000": "a folder"
                case "160000": "a submodule"
                default: "of the unknown mode \(printable(mode))"
                }
            if let other {
                throw PortFailure(
                    code: .unsupported, subject: subject, detail: "it is \(other), not a file")
            }
            guard let bytes = Int(size) else {
                throw PortFailure(
                    code: .missing, subject: subject,
                    detail: "the clone lacks the file's contents",
                    advice: "Fetch without a filter (git fetch --refetch --no-filter origin).")
            }
            return bytes
        }
    }

    /// The row of exactly that path; `nil` if the tree has none.
    private func entry(
        at path: String, in output: [UInt8], subject: String
    ) throws(PortFailure) -> Entry? {
        for row in try terminated(output, subject: subject) {
            guard let tab = row.firstIndex(of: UInt8(ascii: "\t")) else {
                throw garbled(String(decoding: row, as: UTF8.self), subject: subject)
            }
            // Bytes, because names that only look alike are different files.
            guard row[(tab + 1)...].elementsEqual(path.utf8) else { continue }
            let words = String(decoding: row[..<tab], as: UTF8.self).split(separator: " ")
            guard words.count == 4 else {
                throw garbled(words.joined(separator: " "), subject: subject)
            }
            return Entry(
                mode: String(words[0]), object: String(words[2]), size: String(words[3]))
        }
        return nil
    }

    /// The fields, each of which ends with NUL.
    private func terminated(
        _ output: [UInt8], subject: String
    ) throws(PortFailure) -> ArraySlice<ArraySlice<UInt8>> {
        let fields = output.split(separator: 0, omittingEmptySubsequences: false)
        guard fields.last?.isEmpty == true else {
            throw garbled(String(decoding: output.suffix(100), as: UTF8.self), subject: subject)
        }
        return fields.dropLast()
    }

    private func path(
        _ bytes: ArraySlice<UInt8>, subject: String
    ) throws(PortFailure) -> String {
        guard !bytes.isEmpty, let path = String(validating: bytes, as: UTF8.self) else {
            throw PortFailure(
                code: .garbled, subject: subject,
                detail: "a file's name is not UTF-8: "
                    + printable(String(decoding: bytes, as: UTF8.self)))
        }
        return path
    }

    /// Whether git takes the path as it is written.
    private func isPlain(_ path: String) -> Bool {
        !path.utf8.contains(0)
            && path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .allSatisfy { part in
                    !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
                }
    }
}
