import FoundationEssentials
import PawlCore

extension GitHubAnswers {
    /// GitHub: larger files are not put into JSON.
    private static let contentBytesMax = 1024 * 1024

    /// A file's bytes or its description, or a list of what a folder holds.
    func contents(_ path: String, _ request: RecordedRequest) -> CannedResponse {
        let ref = request.query("ref") ?? state.defaultBranch
        guard let sha = state.commit(ref), let tree = state.tree(of: sha) else {
            return .githubError(404, "No commit found for the ref \(ref)")
        }
        if let text = tree[path] {
            guard request.header("Accept")?.contains("raw") == true else {
                return .github(200, fileEntry(path, text, sha))
            }
            return CannedResponse(
                status: 200, contentType: "application/vnd.github.raw+json; charset=utf-8",
                text: text)
        }
        let inside = tree.keys.filter { $0.hasPrefix("\(path)/") }.sorted()
        guard !inside.isEmpty else { return Self.notFound }
        let files = inside.filter { !$0.dropFirst(path.count + 1).contains("/") }
        return .github(
            200, .array(files.map { entry($0, type: "file", size: tree[$0]?.utf8.count ?? 0, sha) })
        )
    }

    private func fileEntry(_ path: String, _ text: String, _ sha: String) -> GitHubJSON {
        let fits = text.utf8.count <= Self.contentBytesMax
        return entry(path, type: "file", size: text.utf8.count, sha).with([
            ("encoding", fits ? "base64" : "none"),
            ("content", .string(fits ? Data(text.utf8).base64EncodedString() : "")),
        ])
    }

    private func entry(_ path: String, type: String, size: Int, _ sha: String) -> GitHubJSON {
        let url = "\(own)/contents/\(path)?ref=\(sha)"
        let git = "\(own)/git/blobs/\(sha)"
        let html = "\(page)/blob/\(sha)/\(path)"
        return [
            "type": .string(type), "size": .number(Int64(size)),
            "name": .string(path.split(separator: "/").last.map(String.init) ?? path),
            "path": .string(path), "sha": .string(sha), "url": .string(url),
            "git_url": .string(git), "html_url": .string(html),
            "download_url": .string("\(page)/raw/\(sha)/\(path)"),
            "_links": ["self": .string(url), "git": .string(git), "html": .string(html)],
        ]
    }

    /// What differs: files of whose text nothing is known, and what the texts of both ends tell. A
    /// file that went away where another of the same text came was renamed.
    func fileRows(from base: String, to head: String, over commits: [GitHubCommit]) -> [GitHubJSON]
    {
        let old = state.tree(of: base) ?? [:]
        let new = state.tree(of: head) ?? [:]
        var removed = old.keys.filter { new[$0] == nil }.sorted()
        var rows = Set(commits.flatMap(\.files)).map { (path: $0, status: "modified", from: "") }
        for path in new.keys.sorted() where old[path] != new[path] {
            if old[path] != nil {
                rows.append((path, "modified", ""))
            } else if let place = removed.firstIndex(where: { old[$0] == new[path] }) {
                rows.append((path, "renamed", removed.remove(at: place)))
            } else {
                rows.append((path, "added", ""))
            }
        }
        rows += removed.map { ($0, "removed", "") }
        return rows.sorted { $0.path < $1.path }.map { row in
            let file = fileRow(row.path, row.status)
            return row.from.isEmpty
                ? file : file.with([("previous_filename", .string(row.from))])
        }
    }

    private func fileRow(_ path: String, _ status: String) -> GitHubJSON {
        [
            "sha": nil, "filename": .string(path), "status": .string(status), "additions": 1,
            "deletions": 1, "changes": 2, "blob_url": .string("\(page)/blob/main/\(path)"),
            "raw_url": .string("\(page)/raw/main/\(path)"),
            "contents_url": .string("\(own)/contents/\(path)"), "patch": "@@ -1 +1 @@",
        ]
    }
}

extension GitHubDouble.State {
    /// The commit's own files, or those of the nearest first parent that has some; none if nothing
    /// is known of any; `nil` if there is no such commit.
    func tree(of sha: String) -> [String: String]? {
        guard commits[sha] != nil else { return nil }
        var next: String? = sha
        while let current = next, let commit = commits[current] {
            if let tree = commit.tree { return tree }
            next = commit.parents.first
        }
        return [:]
    }
}
