import PawlCore

extension GitHubAnswers {
    /// Runs of one workflow, by id or file name, or of all. A workflow that was deleted is not
    /// found; an empty filter filters nothing, and a short id finds nothing.
    func runs(_ request: RecordedRequest, of workflow: String? = nil) -> CannedResponse {
        if let workflow,
            !state.workflows.contains(where: { $0.file == workflow || String($0.id) == workflow })
        {
            return Self.notFound
        }
        func fits(_ name: String, _ value: String?) -> Bool {
            guard let wanted = request.query(name), !wanted.isEmpty else { return true }
            return wanted == value
        }
        let rows = state.shownRuns.filter { run in
            workflow.map { $0 == run.workflow.file || $0 == String(run.workflow.id) } ?? true
        }.filter { run in
            fits("head_sha", run.sha) && fits("event", run.event) && fits("branch", run.branch)
                && (fits("status", run.status) || fits("status", run.conclusion))
        }.sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
        let (page, link) = page(rows, request)
        return listed(page.map(runRow), as: "workflow_runs", of: rows.count, link)
    }

    func run(_ id: String) -> CannedResponse {
        guard let run = state.runs.first(where: { String($0.id) == id }) else {
            return Self.notFound
        }
        return .github(200, runRow(run))
    }

    func jobs(of id: String, _ request: RecordedRequest) -> CannedResponse {
        guard let run = state.runs.first(where: { String($0.id) == id }) else {
            return Self.notFound
        }
        let rows = state.jobs.filter { $0.run == run.id }
        let (page, link) = page(rows, request)
        return listed(page.map { jobRow($0, run) }, as: "jobs", of: rows.count, link)
    }

    func workflows(_ request: RecordedRequest) -> CannedResponse {
        let (page, link) = page(state.workflows, request)
        return listed(
            page.map(workflowRow), as: "workflows", of: state.workflows.count, link)
    }

    func workflow(_ name: String) -> CannedResponse {
        guard
            let workflow = state.workflows.first(where: { String($0.id) == name || $0.file == name }
            )
        else { return Self.notFound }
        return .github(200, workflowRow(workflow))
    }

    func workflowRow(_ workflow: GitHubWorkflow) -> GitHubJSON {
        [
            "id": .number(workflow.id), "node_id": "W_\(workflow.id)",
            "name": .string(workflow.name), "path": .string(workflow.path),
            "state": .string(workflow.state),
            "created_at": .string(GitHubDouble.beginning.timestamp),
            "updated_at": .string(GitHubDouble.beginning.timestamp),
            "url": .string("\(own)/actions/workflows/\(workflow.id)"),
            "html_url": .string("\(page)/blob/main/\(workflow.path)"),
            "badge_url": .string("\(page)/workflows/\(workflow.id)/badge.svg"),
        ]
    }

    func runRow(_ run: GitHubRun) -> GitHubJSON {
        let url = "\(own)/actions/runs/\(run.id)"
        let commit = state.commits[run.sha]
        let author: GitHubJSON = ["name": "Mona", "email": "mona@example.com"]
        return [
            "id": .number(run.id), "name": .string(run.workflow.name), "node_id": "R_\(run.id)",
            "head_branch": .optional(run.branch), "head_sha": .string(run.sha),
            "path": .string(run.workflow.path),
            "display_title": .string(run.title ?? commit?.message ?? run.workflow.name),
            "run_number": .number(run.number), "run_attempt": .number(Int64(run.attempt)),
            "event": .string(run.event), "status": .optional(run.status),
            "conclusion": .optional(run.conclusion), "workflow_id": .number(run.workflow.id),
            "check_suite_id": .number(run.id + 1), "check_suite_node_id": "CS_\(run.id)",
            "url": .string(url), "html_url": .string("\(page)/actions/runs/\(run.id)"),
            "pull_requests": [], "created_at": .string(run.createdAt.timestamp),
            "updated_at": .string(run.updatedAt.timestamp),
            "run_started_at": .string(run.createdAt.timestamp),
            "actor": user("mona"), "triggering_actor": user("mona"),
            "referenced_workflows": [], "jobs_url": .string("\(url)/jobs"),
            "logs_url": .string("\(url)/logs"),
            "check_suite_url": .string("\(own)/check-suites/\(run.id + 1)"),
            "artifacts_url": .string("\(url)/artifacts"), "cancel_url": .string("\(url)/cancel"),
            "rerun_url": .string("\(url)/rerun"),
            "previous_attempt_url": .optional(
                run.attempt > 1 ? "\(url)/attempts/\(run.attempt - 1)" : nil),
            "workflow_url": .string("\(own)/actions/workflows/\(run.workflow.id)"),
            "head_commit": [
                "id": .string(run.sha), "tree_id": .string(run.sha),
                "message": .string(commit?.message ?? "A change"),
                "timestamp": .string((commit?.at ?? run.createdAt).timestamp), "author": author,
                "committer": author,
            ],
            "repository": repository(state.fullName, id: GitHubDouble.repositoryID, isFork: false),
            "head_repository": head(of: run),
        ]
    }

    private func head(of run: GitHubRun) -> GitHubJSON {
        switch run.head {
        case .own: repository(state.fullName, id: GitHubDouble.repositoryID, isFork: false)
        case .fork(let name, let id): repository(name, id: id, isFork: true)
        case .gone: nil
        }
    }

    private func jobRow(_ job: GitHubJob, _ run: GitHubRun) -> GitHubJSON {
        [
            "id": .number(job.id), "run_id": .number(job.run),
            "run_url": .string("\(own)/actions/runs/\(job.run)"),
            "run_attempt": .number(Int64(run.attempt)), "node_id": "J_\(job.id)",
            "head_sha": .string(run.sha), "url": .string("\(own)/actions/jobs/\(job.id)"),
            "html_url": .string("\(page)/actions/runs/\(job.run)/job/\(job.id)"),
            "status": .string(job.status), "conclusion": .optional(job.conclusion),
            "created_at": .string(job.at.timestamp), "started_at": .string(job.at.timestamp),
            "completed_at": .optional(job.conclusion.map { _ in job.at.timestamp }),
            "name": .string(job.name), "steps": [],
            "check_run_url": .string("\(own)/check-runs/\(job.id)"),
            "labels": ["ubuntu-latest"], "runner_id": 1, "runner_name": "Hosted runner",
            "runner_group_id": 1, "runner_group_name": "Default",
            "workflow_name": .string(run.workflow.name), "head_branch": .optional(run.branch),
        ]
    }
}
