import PawlCore

/// A workflow run, in an answer and in an event alike.
struct WireRun: WireRow {
    struct Repository: Decodable {
        let id: Int64
    }

    let id: Int64
    let attempt: Int?
    let path: String
    let name: String?
    let title: String?
    let headSHA: String
    let headBranch: String?
    let event: String
    let status: String?
    let conclusion: String?
    let createdAt: String
    let updatedAt: String
    let htmlURL: String?
    let repository: Repository
    let headRepository: Repository?

    private enum CodingKeys: String, CodingKey {
        case id, path, name, event, status, conclusion, repository
        case attempt = "run_attempt"
        case title = "display_title"
        case headSHA = "head_sha"
        case headBranch = "head_branch"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case htmlURL = "html_url"
        case headRepository = "head_repository"
    }

    /// The run in Pawl's words. `workflowName` is the workflow's own display name where the source
    /// gives it besides: a run's `name` may be empty.
    func run(workflowName: String? = nil) throws(JSONBody.Malformed) -> GateRun {
        guard let commit = try? CommitID(headSHA) else {
            throw JSONBody.Malformed(words: "has an unusable value as head_sha")
        }
        guard let created = Instant(timestamp: createdAt),
            let updated = Instant(timestamp: updatedAt)
        else { throw JSONBody.Malformed(words: "has an unusable time of a run") }
        let name = [workflowName, name].compactMap(\.self).first { !$0.isEmpty }
        var run = GateRun(
            id: id, attempt: attempt ?? 1, path: path, workflowName: name, commit: commit,
            branch: headBranch, event: event, repositoryID: repository.id,
            headRepositoryID: headRepository?.id,
            state: RunState(status: status, conclusion: conclusion), createdAt: created,
            updatedAt: updated, link: htmlURL ?? "")
        run.title = title
        return run
    }
}

/// One page of `GET …/actions/runs`.
struct WireRunPage: WirePage {
    let totalCount: Int
    let rows: [WireRun]

    private enum CodingKeys: String, CodingKey {
        case totalCount = "total_count"
        case rows = "workflow_runs"
    }
}

/// A job of a run.
struct WireJob: WireRow {
    let id: Int64
    let runID: Int64
    let name: String
    let status: String?
    let conclusion: String?

    private enum CodingKeys: String, CodingKey {
        case id, name, status, conclusion
        case runID = "run_id"
    }
}

/// One page of `GET …/actions/runs/{id}/jobs`.
struct WireJobPage: WirePage {
    let totalCount: Int
    let rows: [WireJob]

    private enum CodingKeys: String, CodingKey {
        case totalCount = "total_count"
        case rows = "jobs"
    }
}
