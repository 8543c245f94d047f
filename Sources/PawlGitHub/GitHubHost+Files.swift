package import PawlCore
import PawlHTTP

extension GitHubHost {
    /// GitHub compares with the merge base. That is the base itself where the base is an ancestor,
    /// which is therefore looked at: else the files would be those of another question.
    package func changes(
        from base: CommitID, to commit: CommitID
    ) async throws(PortFailure) -> ChangedFiles {
        let call = comparison(of: commit, with: base)
        let response = try await answer(to: call)
        if response.status == 404,
            Self.message(of: response)?.contains("No common ancestor") == true
        {
            throw noAncestor(base, commit, call)
        }
        let changes = try read(WireChanges.self, from: response, to: call)
        let ancestry = try ancestry(of: changes.comparison, base: base, call)
        guard ancestry == .ahead || ancestry == .identical else {
            throw noAncestor(base, commit, call)
        }
        let isSame = ancestry == .identical
        guard changes.mergeBaseCommit.sha == base.hex, isSame == (base == commit),
            !isSame || changes.files?.isEmpty != false
        else { throw failure(.garbled, call, "GitHub's comparison contradicts itself") }
        guard let listed = changes.files ?? (isSame ? [] : nil) else {
            throw failure(.garbled, call, "GitHub's answer has no files")
        }
        var files: [ChangedFiles.File] = []
        for file in listed {
            guard !file.path.isEmpty, file.previousPath?.isEmpty != true,
                file.status != "renamed" || file.previousPath != nil
            else {
                throw failure(.garbled, call, "GitHub's answer has a changed file without a name")
            }
            files.append(ChangedFiles.File(path: file.path, previousPath: file.previousPath))
        }
        return ChangedFiles(files, isWhole: files.count < Limits.comparedFilesMax)
    }

    /// Asks for the bytes themselves, which GitHub gives for files, and for symbolic links to
    /// files. A 404 is the answer "no such file" only where the token sees the commit: that needs
    /// the same permission, and is asked after each such answer, because they are rare.
    package func file(
        at path: String, of commit: CommitID
    ) async throws(PortFailure) -> [UInt8]? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let call = Call(
            what: "\(OutsideText.line(path)) of \(commit.short)",
            path: "/contents/" + segments.map(percentEncoded).joined(separator: "/")
                + "?ref=\(commit.hex)",
            permission: "contents: read", accept: "application/vnd.github.raw+json",
            answerBytesMax: Limits.workflowBytesMax)
        guard segments.allSatisfy({ !["", ".", ".."].contains($0) }) else {
            throw failure(
                .unsupported, call, "it is not a path from the repository's root",
                advice: "Write it without a leading slash, `.` and `..`.")
        }
        let response = try await answer(to: call)
        if response.status == 404 {
            guard try await resolve(.full(commit)) == commit else {
                throw failure(.missing, call, "GitHub knows no commit \(commit.short)")
            }
            return nil
        }
        guard response.status == 200 else { throw failure(of: response, to: call) }
        let type = (response.header("Content-Type") ?? "").lowercased().prefix { $0 != ";" }
        guard type.hasPrefix("application/vnd.github."), type.contains("raw") else {
            throw type == "application/json"
                ? failure(.unsupported, call, "it is a folder, a submodule or a broken link")
                : failure(
                    .garbled, call,
                    "GitHub answered with \(type.isEmpty ? "something" : type) in place of a file")
        }
        return response.body
    }

    private func noAncestor(_ base: CommitID, _ commit: CommitID, _ call: Call) -> PortFailure {
        failure(
            .missing, call, "\(base.short) is not an ancestor of \(commit.short)")
    }
}

/// A comparison, with the files that differ.
struct WireChanges: Decodable {
    struct File: Decodable {
        let path: String
        let previousPath: String?
        let status: String?

        private enum CodingKeys: String, CodingKey {
            case status
            case path = "filename"
            case previousPath = "previous_filename"
        }
    }

    let comparison: WireComparison
    let mergeBaseCommit: WireCommit.Parent
    /// Left out beyond the first page.
    let files: [File]?

    private enum CodingKeys: String, CodingKey {
        case files
        case mergeBaseCommit = "merge_base_commit"
    }

    init(from decoder: any Decoder) throws {
        comparison = try WireComparison(from: decoder)
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        mergeBaseCommit = try fields.decode(WireCommit.Parent.self, forKey: .mergeBaseCommit)
        files = try fields.decodeIfPresent([File].self, forKey: .files)
    }
}
