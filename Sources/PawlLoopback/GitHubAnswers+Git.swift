import FoundationEssentials
import PawlCore

// The git database: commits, trees and refs by their ids. GitHub's own rules for them, as far as
// they are known: a ref moves forward only, and in one step.

extension GitHubAnswers {
    /// `nil` if the path is none of the git database's.
    func gitAnswer(
        _ segments: [String], _ request: RecordedRequest,
        changing next: inout GitHubDouble.State
    ) -> CannedResponse? {
        guard segments.count >= 2, segments[0] == "git" else { return nil }
        guard !state.branches.isEmpty else { return .githubError(409, "Git Repository is empty.") }
        let rest = segments.dropFirst(2).joined(separator: "/")
        switch (request.method, segments[1], rest.isEmpty) {
        case ("GET", "ref", false):
            return permitted("contents") { readRef("refs/\(rest)", &next) }
        case ("GET", "matching-refs", false):
            return permitted("contents") { matchingRefs("refs/\(rest)", &next) }
        case ("GET", "commits", false):
            return permitted("contents") {
                state.commits[rest].map { .github(200, gitCommitRow($0)) } ?? Self.notFound
            }
        case ("POST", "trees", true):
            return permittedToWrite("contents") { makeTree(request, &next) }
        case ("POST", "commits", true):
            return permittedToWrite("contents") { makeCommit(request, &next) }
        case ("POST", "refs", true):
            return permittedToWrite("contents") { makeRef(request, &next) }
        case ("PATCH", "refs", false):
            return permittedToWrite("contents") { moveRef("refs/\(rest)", request, &next) }
        case ("DELETE", "refs", false):
            return permittedToWrite("contents") {
                guard state.ref("refs/\(rest)") != nil else { return Self.noRef }
                next.setRef("refs/\(rest)", nil)
                return CannedResponse(status: 204)
            }
        default: return Self.notFound
        }
    }

    private static let noRef = CannedResponse.githubError(422, "Reference does not exist")
    private static let noObject = CannedResponse.githubError(422, "Object does not exist")
    private static let noJSON = CannedResponse.githubError(400, "Problems parsing JSON")

    // MARK: Refs

    private func readRef(_ name: String, _ next: inout GitHubDouble.State) -> CannedResponse {
        next.readRef(name).map { .github(200, refRow(name, $0)) } ?? Self.notFound
    }

    private func matchingRefs(
        _ prefix: String, _ next: inout GitHubDouble.State
    ) -> CannedResponse {
        let names = Set(
            Array(state.git.refs.keys) + Array(state.git.before.keys)
                + state.branches.keys.map { "refs/heads/\($0)" })
        var rows: [GitHubJSON] = []
        for name in names.sorted() where name.hasPrefix(prefix) {
            if let id = next.readRef(name) { rows.append(refRow(name, id)) }
        }
        return .github(200, .array(rows))
    }

    private struct Ref: Decodable {
        let ref: String?
        let sha: String
        let force: Bool?
    }

    private func makeRef(
        _ request: RecordedRequest, _ next: inout GitHubDouble.State
    ) -> CannedResponse {
        guard let ref = read(Ref.self, request), let name = ref.ref else { return Self.noJSON }
        guard name.hasPrefix("refs/"), name.split(separator: "/").count >= 3 else {
            return .githubError(422, "Reference name must start with 'refs' and have two slashes")
        }
        guard state.commits[ref.sha] != nil else { return Self.noObject }
        guard state.ref(name) == nil else {
            return .githubError(422, "Reference already exists")
        }
        next.setRef(name, ref.sha)
        return .github(201, refRow(name, ref.sha))
    }

    private func moveRef(
        _ name: String, _ request: RecordedRequest, _ next: inout GitHubDouble.State
    ) -> CannedResponse {
        guard let ref = read(Ref.self, request) else { return Self.noJSON }
        guard let old = state.ref(name) else { return Self.noRef }
        guard state.commits[ref.sha] != nil else { return Self.noObject }
        guard ref.force == true || state.isAncestor(old, of: ref.sha) else {
            return .githubError(422, "Update is not a fast forward")
        }
        next.setRef(name, ref.sha)
        return .github(200, refRow(name, ref.sha))
    }

    private func refRow(_ name: String, _ id: String) -> GitHubJSON {
        [
            "ref": .string(name), "node_id": .string("REF_\(name)"),
            "url": .string("\(own)/git/\(name)"),
            "object": [
                "sha": .string(id), "type": "commit", "url": .string("\(own)/git/commits/\(id)"),
            ],
        ]
    }

    // MARK: Trees and commits

    private struct Tree: Decodable {
        struct Entry: Decodable {
            let path: String
            let mode: String
            let type: String
            let content: String?
            let sha: String?
        }
        let tree: [Entry]
    }

    private func makeTree(
        _ request: RecordedRequest, _ next: inout GitHubDouble.State
    ) -> CannedResponse {
        guard let tree = read(Tree.self, request) else { return Self.noJSON }
        guard !tree.tree.isEmpty else { return .githubError(422, "Invalid tree info") }
        if tree.tree.contains(where: { $0.path.hasPrefix(".github/workflows/") }) {
            return .githubError(403, "Resource not accessible by integration")
        }
        let entries = tree.tree.map { entry in
            let content = Array((entry.content ?? "").utf8)
            return (
                mode: entry.mode, name: entry.path,
                id: entry.sha ?? GitObject.id("blob", content), size: content.count
            )
        }
        let id = GitObject.tree(entries.map { ($0.mode, $0.name, $0.id) })
        next.git.trees.insert(id)
        let rows = entries.map { entry -> GitHubJSON in
            [
                "path": .string(entry.name), "mode": .string(entry.mode), "type": "blob",
                "sha": .string(entry.id), "size": .number(Int64(entry.size)),
                "url": .string("\(own)/git/blobs/\(entry.id)"),
            ]
        }
        return .github(
            201,
            [
                "sha": .string(id), "url": .string("\(own)/git/trees/\(id)"),
                "tree": .array(rows), "truncated": false,
            ])
    }

    private struct Commit: Decodable {
        struct Person: Decodable {
            let name: String
            let email: String
        }
        let message: String
        let tree: String
        let parents: [String]?
        let author: Person?
        let committer: Person?
    }

    private func makeCommit(
        _ request: RecordedRequest, _ next: inout GitHubDouble.State
    ) -> CannedResponse {
        guard let commit = read(Commit.self, request) else { return Self.noJSON }
        guard state.git.trees.contains(commit.tree) else {
            return .githubError(422, "Tree SHA does not exist")
        }
        let parents = commit.parents ?? []
        guard parents.allSatisfy({ state.commits[$0] != nil }) else {
            return .githubError(422, "Parent SHA does not exist or is not a commit object")
        }
        let at = next.time(nil)
        let seconds = at.millisecondsSinceEpoch / 1000
        let person = commit.author?.name ?? "mona"
        let content =
            "tree \(commit.tree)\n" + parents.map { "parent \($0)\n" }.joined()
            + "author \(person) <mona@example.com> \(seconds) +0000\n"
            + "committer GitHub <noreply@github.com> \(seconds) +0000\n\n\(commit.message)"
        let made = GitHubCommit(
            sha: GitObject.id("commit", Array(content.utf8)), parents: parents,
            message: commit.message, at: at, files: [], treeID: commit.tree,
            isSigned: commit.author == nil && commit.committer == nil)
        next.commits[made.sha] = made
        return .github(201, gitCommitRow(made))
    }

    func treeLink(of commit: GitHubCommit) -> GitHubJSON {
        let id = commit.treeID ?? commit.sha
        return ["sha": .string(id), "url": .string("\(own)/git/trees/\(id)")]
    }

    private func gitCommitRow(_ commit: GitHubCommit) -> GitHubJSON {
        let person: GitHubJSON = [
            "name": "Mona", "email": "mona@example.com", "date": .string(commit.at.timestamp),
        ]
        let page = "\(page)/commit/\(commit.sha)"
        return [
            "sha": .string(commit.sha), "node_id": .string("C_\(commit.sha)"),
            "url": .string("\(own)/git/commits/\(commit.sha)"), "html_url": .string(page),
            "author": person, "committer": person, "tree": treeLink(of: commit),
            "message": .string(commit.message),
            "parents": .array(
                commit.parents.map { parent in
                    [
                        "sha": .string(parent), "url": .string("\(own)/git/commits/\(parent)"),
                        "html_url": .string(page),
                    ]
                }),
            "verification": [
                "verified": .bool(commit.isSigned),
                "reason": .string(commit.isSigned ? "valid" : "unsigned"),
                "signature": .optional(commit.isSigned ? "-----BEGIN PGP SIGNATURE-----" : nil),
                "payload": .optional(commit.isSigned ? "tree …\n\n\(commit.message)" : nil),
                "verified_at": .optional(commit.isSigned ? commit.at.timestamp : nil),
            ],
        ]
    }

    func read<Wire: Decodable>(_ type: Wire.Type, _ request: RecordedRequest) -> Wire? {
        try? JSONDecoder().decode(type, from: Data(request.body))
    }
}
