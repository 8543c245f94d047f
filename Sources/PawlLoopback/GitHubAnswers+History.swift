import PawlCore

extension GitHubAnswers {
    /// Commits of a comparison that is not asked for in pages.
    private static let compareCommitsMax = 250
    /// Files of a whole comparison.
    private static let compareFilesMax = 300

    func log(_ request: RecordedRequest) -> CannedResponse {
        guard !state.branches.isEmpty else {
            return .githubError(409, "Git Repository is empty.")
        }
        guard let tip = state.commit(request.query("sha") ?? state.defaultBranch) else {
            return Self.notFound
        }
        let (page, link) = page(state.history(from: tip), request)
        return linked(.github(200, .array(page.map(commitRow))), link)
    }

    func commit(_ ref: String, _ request: RecordedRequest) -> CannedResponse {
        guard !state.branches.isEmpty else {
            return .githubError(409, "Git Repository is empty.")
        }
        guard state.commits(beginning: ref).count < 2 else {
            return .githubError(422, "The SHA \(ref) is ambiguous")
        }
        guard let sha = state.commit(ref), let commit = state.commits[sha] else {
            return noCommit(ref)
        }
        guard request.header("Accept")?.contains("github.sha") == true else {
            return .github(200, commitRow(commit))
        }
        return CannedResponse(
            status: 200, contentType: "application/vnd.github.sha; charset=utf-8", text: sha)
    }

    func noCommit(_ ref: String) -> CannedResponse {
        .githubError(422, "No commit found for SHA: \(ref)")
    }

    /// A three-dot comparison: what the head has beyond the merge base.
    func compare(_ range: String, _ request: RecordedRequest) -> CannedResponse {
        let ends = range.split(separator: "...", omittingEmptySubsequences: false).map(String.init)
        guard ends.count == 2, let base = state.commit(ends[0]), let head = state.commit(ends[1])
        else { return Self.notFound }
        let ofBase = Set(state.history(from: base).map(\.sha))
        let history = state.history(from: head)
        guard let fork = history.first(where: { ofBase.contains($0.sha) }),
            let baseCommit = state.commits[base]
        else {
            return .githubError(404, "No common ancestor between \(ends[0]) and \(ends[1]).")
        }
        let ofHead = Set(history.map(\.sha))
        let ahead = history.filter { !ofBase.contains($0.sha) }.reversed()
        let behindBy = ofBase.subtracting(ofHead).count
        let word =
            switch (ahead.isEmpty, behindBy == 0) {
            case (true, true): "identical"
            case (false, true): "ahead"
            case (true, false): "behind"
            case (false, false): "diverged"
            }
        let isPaged = request.query("per_page") != nil || request.query("page") != nil
        let (rows, link) =
            isPaged
            ? page(Array(ahead), request)
            : (Array(ahead).suffix(Self.compareCommitsMax), nil)
        var body: [(String, GitHubJSON)] = [
            ("url", .string("\(own)/compare/\(range)")),
            ("html_url", .string("\(page)/compare/\(range)")),
            ("permalink_url", .string("\(page)/compare/\(range)")),
            ("diff_url", .string("\(page)/compare/\(range).diff")),
            ("patch_url", .string("\(page)/compare/\(range).patch")),
            ("base_commit", commitRow(baseCommit)), ("merge_base_commit", commitRow(fork)),
            ("status", .string(word)), ("ahead_by", .number(Int64(ahead.count))),
            ("behind_by", .number(Int64(behindBy))),
            ("total_commits", .number(Int64(ahead.count))),
            ("commits", .array(rows.map(commitRow))),
        ]
        if request.query("page").flatMap({ Int($0) }) ?? 1 == 1 {
            let rows = fileRows(from: fork.sha, to: head, over: Array(ahead))
            body.append(("files", .array(Array(rows.prefix(Self.compareFilesMax)))))
        }
        return linked(.github(200, .object(body)), link)
    }

    private func commitRow(_ commit: GitHubCommit) -> GitHubJSON {
        let url = "\(own)/commits/\(commit.sha)"
        let person: GitHubJSON = [
            "name": "Mona", "email": "mona@example.com", "date": .string(commit.at.timestamp),
        ]
        return [
            "url": .string(url), "sha": .string(commit.sha), "node_id": "C_\(commit.sha)",
            "html_url": .string("\(page)/commit/\(commit.sha)"),
            "comments_url": .string("\(url)/comments"),
            "commit": [
                "url": .string("\(own)/git/commits/\(commit.sha)"), "author": person,
                "committer": person, "message": .string(commit.message), "comment_count": 0,
                "tree": treeLink(of: commit),
            ],
            "author": user("mona"), "committer": user("mona"),
            "parents": .array(
                commit.parents.map { parent in
                    [
                        "sha": .string(parent), "url": .string("\(own)/commits/\(parent)"),
                        "html_url": .string("\(page)/commit/\(parent)"),
                    ]
                }),
        ]
    }
}

extension GitHubDouble.State {
    /// A branch, a full id, or a short id that only one commit has.
    func commit(_ ref: String) -> String? {
        let name = ref.hasPrefix("refs/") ? String(ref.dropFirst(5)) : ref
        let branch = name.hasPrefix("heads/") ? String(name.dropFirst(6)) : name
        if let sha = branches[branch] { return commits[sha] == nil ? nil : sha }
        let found = commits(beginning: ref)
        return found.count == 1 ? found[0] : nil
    }

    func commits(beginning digits: String) -> [String] {
        if commits[digits] != nil { return [digits] }
        guard digits.count >= 4, digits.allSatisfy(\.isHexDigit) else { return [] }
        return commits.keys.filter { $0.hasPrefix(digits) }
    }

    /// A commit and all its ancestors that are known: children before parents, newest first.
    func history(from tip: String) -> [GitHubCommit] {
        var children: [String: Int] = [tip: 0]
        var waiting = [tip]
        while let sha = waiting.popLast() {
            for parent in commits[sha]?.parents ?? [] where commits[parent] != nil {
                if children[parent] == nil { waiting.append(parent) }
                children[parent, default: 0] += 1
            }
        }
        var order: [GitHubCommit] = []
        var ready = [tip]
        while let place = ready.indices.max(by: { older(ready[$0], ready[$1]) }) {
            guard let commit = commits[ready.remove(at: place)] else { continue }
            order.append(commit)
            for parent in commit.parents {
                guard let count = children[parent] else { continue }
                children[parent] = count - 1
                if count == 1 { ready.append(parent) }
            }
        }
        return order
    }

    private func older(_ one: String, _ other: String) -> Bool {
        guard let one = commits[one], let other = commits[other] else { return false }
        return (one.at, one.sha) < (other.at, other.sha)
    }
}
