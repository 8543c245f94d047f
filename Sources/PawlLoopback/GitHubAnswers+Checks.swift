import PawlCore

extension GitHubAnswers {
    /// `filter=latest`, the default, keeps the newest of each name and app.
    func checkRuns(at ref: String, _ request: RecordedRequest) -> CannedResponse {
        guard let sha = state.commit(ref) else { return noCommit(ref) }
        let name = request.query("check_name")
        var rows = state.checkRuns.filter { $0.sha == sha && (name == nil || $0.name == name) }
            .sorted { $0.id > $1.id }
        if request.query("filter") != "all" {
            var seen: Set<[String]> = []
            rows = rows.filter { seen.insert([$0.name, $0.app]).inserted }
        }
        let (page, link) = page(rows, request)
        return listed(page.map(checkRunRow), as: "check_runs", of: rows.count, link)
    }

    /// The newest of each context.
    func combinedStatus(at ref: String, _ request: RecordedRequest) -> CannedResponse {
        guard let sha = state.commit(ref) else { return Self.notFound }
        var seen: Set<String> = []
        let rows = newestStatuses(at: sha).filter { seen.insert($0.context).inserted }
        let words = Set(rows.map(\.state))
        let word =
            !words.isDisjoint(with: ["error", "failure"])
            ? "failure" : rows.isEmpty || words.contains("pending") ? "pending" : "success"
        let (page, link) = page(rows, request)
        return listed(
            page.map(statusRow), as: "statuses", of: rows.count, link,
            and: [
                ("state", .string(word)), ("sha", .string(sha)),
                (
                    "repository",
                    repository(state.fullName, id: GitHubDouble.repositoryID, isFork: false)
                ),
                ("commit_url", .string("\(own)/commits/\(sha)")),
                ("url", .string("\(own)/commits/\(sha)/status")),
            ])
    }

    /// All of them, newest first.
    func statuses(at ref: String, _ request: RecordedRequest) -> CannedResponse {
        guard let sha = state.commit(ref) else { return Self.notFound }
        let (page, link) = page(newestStatuses(at: sha), request)
        let rows = page.map { statusRow($0).with([("creator", user("mona"))]) }
        return linked(.github(200, .array(rows)), link)
    }

    private func newestStatuses(at sha: String) -> [GitHubStatus] {
        state.statuses.filter { $0.sha == sha }.sorted { $0.id > $1.id }
    }

    func statusRow(_ status: GitHubStatus) -> GitHubJSON {
        [
            "url": .string("\(own)/statuses/\(status.sha)"), "avatar_url": nil,
            "id": .number(status.id), "node_id": "SC_\(status.id)",
            "state": .string(status.state), "description": .optional(status.description),
            "target_url": .string(status.link ?? "https://ci.example/\(status.id)"),
            "context": .string(status.context),
            "created_at": .string(status.at.timestamp), "updated_at": .string(status.at.timestamp),
        ]
    }

    private func checkRunRow(_ check: GitHubCheckRun) -> GitHubJSON {
        let url = "\(own)/check-runs/\(check.id)"
        return [
            "id": .number(check.id), "name": .string(check.name), "node_id": "CR_\(check.id)",
            "head_sha": .string(check.sha), "external_id": "", "url": .string(url),
            "html_url": .string("\(page)/runs/\(check.id)"),
            "details_url": .string("\(page)/runs/\(check.id)"),
            "status": .string(check.status), "conclusion": .optional(check.conclusion),
            "started_at": .optional(check.startedAt?.timestamp),
            "completed_at": .optional(check.completedAt?.timestamp),
            "output": [
                "title": nil, "summary": nil, "text": nil, "annotations_count": 0,
                "annotations_url": .string("\(url)/annotations"),
            ],
            "check_suite": ["id": .number(check.id + 1)],
            "app": [
                "id": 15368, "slug": .string(check.app), "node_id": "A_1", "owner": user("github"),
                "name": .string(check.app), "description": nil,
                "external_url": "https://help.github.com", "html_url": "https://github.com/apps",
                "created_at": .string(GitHubDouble.beginning.timestamp),
                "updated_at": .string(GitHubDouble.beginning.timestamp),
                "permissions": ["checks": "write"], "events": [],
            ],
            "pull_requests": [],
        ]
    }
}
