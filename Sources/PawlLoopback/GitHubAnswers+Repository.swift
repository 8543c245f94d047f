import PawlCore
import Synchronization

extension GitHubAnswers {
    /// The repository's address in the API.
    var own: String { "\(api)/repos/\(state.fullName)" }
    /// The repository's page for people.
    var page: String { "https://github.example/\(state.fullName)" }

    func user(_ login: String) -> GitHubJSON {
        let url = "\(api)/users/\(login)"
        let links = [
            "followers", "following", "gists", "starred", "subscriptions", "organizations",
            "repos", "events", "received_events",
        ].map { ("\($0)_url", GitHubJSON.string("\(url)/\($0)")) }
        let user: GitHubJSON = [
            "login": .string(login), "id": 1, "node_id": "U_1", "gravatar_id": "",
            "avatar_url": "https://avatars.example/u/1", "url": .string(url),
            "html_url": .string("https://github.example/\(login)"), "type": "User",
            "site_admin": false,
        ]
        return user.with(links)
    }

    func repository(_ fullName: String, id: Int64, isFork: Bool) -> GitHubJSON {
        let url = "\(api)/repos/\(fullName)"
        let page = "https://github.example/\(fullName)"
        let parts = fullName.split(separator: "/").map(String.init)
        let links = [
            "archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits",
            "compare", "contents", "contributors", "deployments", "downloads", "events", "forks",
            "git_commits", "git_refs", "git_tags", "issue_comment", "issue_events", "issues",
            "keys", "labels", "languages", "merges", "milestones", "notifications", "pulls",
            "releases", "stargazers", "statuses", "subscribers", "subscription", "tags", "teams",
            "trees", "hooks",
        ].map { ("\($0)_url", GitHubJSON.string("\(url)/\($0)")) }
        let counts = [
            "forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "size",
            "open_issues", "open_issues_count",
        ].map { ($0, GitHubJSON.number(0)) }
        let repository: GitHubJSON = [
            "id": .number(id), "node_id": "RE_\(id)", "name": .string(parts.last ?? ""),
            "full_name": .string(fullName), "owner": user(parts.first ?? ""),
            "private": .bool(state.isPrivate), "html_url": .string(page), "description": nil,
            "fork": .bool(isFork), "url": .string(url), "git_url": .string("\(page).git"),
            "ssh_url": .string("\(page).git"), "clone_url": .string("\(page).git"),
            "svn_url": .string(page), "mirror_url": nil, "homepage": nil, "language": nil,
            "license": nil, "default_branch": .string(state.defaultBranch), "has_pages": false,
            "disabled": false, "archived": false,
            "pushed_at": .string(GitHubDouble.beginning.timestamp),
            "created_at": .string(GitHubDouble.beginning.timestamp),
            "updated_at": .string(GitHubDouble.beginning.timestamp),
        ]
        return repository.with(links + counts)
    }
}

extension GitHubDouble {
    /// The payload of a `workflow_run` event about the run; `action` follows from its status unless
    /// it is given.
    package func event(for run: GitHubRun, action: String? = nil) -> [UInt8] {
        let answers = eventAnswers
        let action =
            action
            ?? (run.status == "completed"
                ? "completed" : run.status == "in_progress" ? "in_progress" : "requested")
        let payload: GitHubJSON = [
            "action": .string(action), "workflow_run": answers.runRow(run),
            "workflow": answers.workflowRow(run.workflow),
            "repository": answers.repository(
                answers.state.fullName, id: Self.repositoryID, isFork: false),
            "sender": answers.user("mona"),
        ]
        return payload.bytes
    }

    /// The payload of a `workflow_dispatch` event; `nil` for a workflow without inputs.
    package func dispatchEvent(
        _ file: String = "promote.yml", inputs: [(String, String)]? = nil, branch: String = "main"
    ) -> [UInt8] {
        let answers = eventAnswers
        let inputs = inputs.map { inputs in
            GitHubJSON.object(inputs.map { ($0.0, .string($0.1)) })
        }
        let payload: GitHubJSON = [
            "inputs": inputs ?? nil, "ref": .string("refs/heads/\(branch)"),
            "repository": answers.repository(
                answers.state.fullName, id: Self.repositoryID, isFork: false),
            "sender": answers.user("mona"), "workflow": .string(".github/workflows/\(file)"),
        ]
        return payload.bytes
    }

    private var eventAnswers: GitHubAnswers {
        GitHubAnswers(
            state: state.withLock { $0 }, api: "https://api.github.example", basePath: "")
    }
}
