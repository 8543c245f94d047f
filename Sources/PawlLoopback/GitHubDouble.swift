package import PawlCore
import Synchronization

/// A GitHub made of data: one repository with its branches, commits, workflows, runs, jobs, checks
/// and statuses, answering the REST calls that Pawl makes as GitHub answers them.
///
/// What is made without a time is a minute younger than what was made before it.
package final class GitHubDouble: Sendable {
    struct State: Sendable {
        var fullName: String
        var formerNames: Set<String> = []
        var token: String?
        var permissions: Set<String> = [
            "actions", "checks", "contents", "statuses", "actions: write", "contents: write",
            "statuses: write",
        ]
        var defaultBranch = "main"
        var commits: [String: GitHubCommit] = [:]
        var branches: [String: String] = [:]
        var workflows: [GitHubWorkflow] = []
        var runs: [GitHubRun] = []
        var jobs: [GitHubJob] = []
        var checkRuns: [GitHubCheckRun] = []
        var statuses: [GitHubStatus] = []
        var git = GitHubGitState()
        var dispatching = GitHubDispatching()
        var faults: [(path: String, left: Int?, fault: GitHubFault)] = []
        var requests: [RecordedRequest] = []
        var app: GitHubAppRecord?
        var answersConditionally = false
        var requestsLeft = 1000
        var lastID: Int64 = 1000
        var lastTime: Instant

        /// Whether nothing is answered to strangers.
        var isPrivate: Bool { token != nil || app != nil }

        mutating func nextID() -> Int64 {
            lastID += 1
            return lastID
        }

        mutating func time(_ given: Instant?) -> Instant {
            if let given { return given }
            lastTime = lastTime + .seconds(60)
            return lastTime
        }
    }

    /// The id that answers and events give the repository.
    package static let repositoryID: Int64 = 424_242
    /// 2026-04-01 12:00:00 UTC.
    package static let beginning = Instant(millisecondsSinceEpoch: 1_775_044_800_000)

    let state: Mutex<State>
    let basePath: String

    /// An empty repository. With a `token` the repository is private: nothing is answered without
    /// it. `basePath` is `/api/v3` on an Enterprise Server.
    package init(_ fullName: String = "acme/app", token: String? = nil, basePath: String = "") {
        state = Mutex(State(fullName: fullName, token: token, lastTime: Self.beginning))
        self.basePath = basePath
    }

    /// Serves it on a free port of this machine.
    package func start(port: Int = 0) async throws -> LoopbackServer {
        try await LoopbackServer.start(port: port) { await self.answer($0) }
    }

    /// `owner/name`.
    package var fullName: String { state.withLock(\.fullName) }

    // MARK: History

    /// A commit. Its parents need not be known.
    package func commit(
        _ sha: String, parents: [String] = [], message: String? = nil, files: [String] = [],
        at time: Instant? = nil
    ) {
        state.withLock { state in
            state.commits[sha] = GitHubCommit(
                sha: sha, parents: parents, message: message ?? "Change \(sha.prefix(7))",
                at: state.time(time), files: files)
        }
    }

    /// A commit with all its files and their texts; what differs from another commit follows from
    /// them.
    package func commit(
        _ sha: String, parents: [String] = [], message: String? = nil, files: [String: String],
        at time: Instant? = nil
    ) {
        commit(sha, parents: parents, message: message, at: time)
        state.withLock { $0.commits[sha]?.tree = files }
    }

    /// Makes or moves a branch; `nil` deletes it.
    package func branch(_ name: String, at sha: String?) {
        state.withLock { $0.branches[name] = sha }
    }

    /// Takes over a branch as `git log --format='%H %P'` gives it, tip first.
    package func setHistory(branch: String, commits: [(sha: String, parents: [String])]) {
        for row in commits.reversed() { commit(row.sha, parents: row.parents) }
        self.branch(branch, at: commits.first?.sha)
    }

    /// Gives the repository a new name; the old one redirects.
    package func rename(to fullName: String) {
        state.withLock { state in
            state.formerNames.insert(state.fullName.lowercased())
            state.fullName = fullName
        }
    }

    // MARK: Workflows and runs

    /// Makes a workflow, or changes the one of that file.
    @discardableResult
    package func workflow(
        _ file: String, name: String? = nil, state word: String = "active"
    ) -> GitHubWorkflow {
        state.withLock { $0.workflow(file, name: name, word: word) }
    }

    /// Deletes a workflow; its runs stay.
    package func removeWorkflow(_ file: String) {
        state.withLock { $0.workflows.removeAll { $0.file == file } }
    }

    /// Makes a run; the workflow is made with it if it is not there.
    @discardableResult
    package func run(
        _ file: String, at sha: String, status: String? = "completed",
        conclusion: String? = "success", event: String = "push", branch: String? = "main",
        attempt: Int = 1, head: GitHubRun.Head = .own, createdAt: Instant? = nil,
        updatedAt: Instant? = nil
    ) -> GitHubRun {
        state.withLock { state in
            let workflow =
                state.workflows.first { $0.file == file || $0.path == file }
                ?? state.workflow(file, name: nil, word: "active")
            let created = state.time(createdAt)
            let run = GitHubRun(
                id: state.nextID(),
                number: Int64(state.runs.count { $0.workflow.id == workflow.id } + 1),
                attempt: attempt, workflow: workflow, sha: sha, branch: branch, event: event,
                status: status, conclusion: status == "completed" ? conclusion : nil, head: head,
                createdAt: created, updatedAt: updatedAt ?? created + .seconds(30))
            state.runs.append(run)
            return run
        }
    }

    /// Changes a run that is there.
    @discardableResult
    package func change(_ run: GitHubRun, _ body: (inout GitHubRun) -> Void) -> GitHubRun {
        state.withLock { state in
            guard let place = state.runs.firstIndex(where: { $0.id == run.id }) else { return run }
            state.runs[place].updatedAt = state.time(nil)
            body(&state.runs[place])
            return state.runs[place]
        }
    }

    /// Makes a job of a run.
    package func job(
        _ name: String, of run: GitHubRun, status: String = "completed",
        conclusion: String? = "success"
    ) {
        state.withLock { state in
            state.jobs.append(
                GitHubJob(
                    id: state.nextID(), run: run.id, name: name, status: status,
                    conclusion: conclusion, at: state.time(nil)))
        }
    }

    // MARK: Checks

    /// Makes a check run; one that is queued has no times.
    package func checkRun(
        _ name: String, at sha: String, app: String = "github-actions",
        status: String = "completed", conclusion: String? = "success", startedAt: Instant? = nil
    ) {
        state.withLock { state in
            let start = status == "queued" ? nil : state.time(startedAt)
            state.checkRuns.append(
                GitHubCheckRun(
                    id: state.nextID(), sha: sha, name: name, app: app, status: status,
                    conclusion: conclusion, startedAt: start,
                    completedAt: status == "completed" ? start.map { $0 + .seconds(30) } : nil))
        }
    }

    /// Makes a commit status.
    package func status(_ context: String, at sha: String, state word: String) {
        state.withLock { state in
            state.statuses.append(
                GitHubStatus(
                    id: state.nextID(), sha: sha, context: context, state: word,
                    at: state.time(nil)))
        }
    }

    // MARK: Trouble

    /// Takes a permission (`actions`, `checks`, `contents`, `statuses`, or one of them with
    /// `: write`) from the token.
    package func revoke(_ permission: String) {
        state.withLock { state in
            state.permissions.remove(permission)
            return
        }
    }

    /// Gives a permission back.
    package func grant(_ permission: String) {
        state.withLock { state in
            state.permissions.insert(permission)
            return
        }
    }

    /// Requests whose target contains `path` meet this, the next `times` of them, or all for `nil`.
    package func fault(_ fault: GitHubFault, on path: String, times: Int? = nil) {
        state.withLock { $0.faults.append((path: path, left: times, fault: fault)) }
    }

    /// Ends all faults.
    package func heal() { state.withLock { $0.faults = [] } }

    /// Every request since the beginning or the last `forgetRequests`.
    package var requests: [RecordedRequest] { state.withLock(\.requests) }

    /// Empties the log of requests.
    package func forgetRequests() { state.withLock { $0.requests = [] } }
}

extension GitHubDouble.State {
    mutating func workflow(_ file: String, name: String?, word: String) -> GitHubWorkflow {
        let path = file.contains("/") ? file : ".github/workflows/\(file)"
        if let place = workflows.firstIndex(where: { $0.path == path }) {
            workflows[place].state = word
            if let name { workflows[place].name = name }
            return workflows[place]
        }
        let workflow = GitHubWorkflow(id: nextID(), path: path, name: name ?? path, state: word)
        workflows.append(workflow)
        return workflow
    }
}
