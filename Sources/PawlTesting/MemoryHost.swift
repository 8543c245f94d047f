package import PawlCore
import PawlPorts
import Synchronization

/// A code host in memory: commits with parents and files, branches, runs, workflows, jobs and
/// checks. Every question can be made unreadable, and is counted.
package final class MemoryHost: History, Runs {
    /// The questions that it answers.
    package enum Question: String, Hashable, Sendable, CaseIterable {
        case log, ancestry, position, resolve, changes, file
        case runs, runsOfWorkflow, state, jobs, checks
    }

    struct State: Sendable {
        /// In the order of creation, parents before children.
        var commits: [CommitGraph.Commit] = []
        var tips: [BranchName: CommitID] = [:]
        /// Files that every commit has unless its edits say otherwise.
        var commonFiles: [String: [UInt8]] = [:]
        /// What a commit does to the files of its ancestors.
        var edits: [CommitID: [String: Edit]] = [:]
        var runs: [GateRun] = []
        var workflows: [WorkflowName: WorkflowState] = [:]
        var jobs: [Int64: [Job]] = [:]
        var checks: [CommitID: [CheckResult]] = [:]
        var faults: [Question: PortFailure.Code] = [:]
        var counts: [Question: Int] = [:]
        var pageRows = Limits.hostPageRowsMax
        var listedFiles = Limits.comparedFilesMax
        var hook: (@Sendable (Question) -> Void)?
    }

    let state = Mutex(State())

    /// A host without a commit.
    package init() {}

    package func log(of branch: BranchName) async throws(PortFailure) -> CommitGraph {
        try arrive(.log)
        return try state.withLock { state throws(PortFailure) in
            guard let tip = state.tips[branch] else { throw Self.missing("\(branch)") }
            let page = Self.reachable(from: tip, state)
            return CommitGraph(Array(page.prefix(state.pageRows)))
        }
    }

    package func ancestry(
        of commit: CommitID, from base: CommitID
    ) async throws(PortFailure) -> Ancestry {
        try arrive(.ancestry)
        return try state.withLock { state throws(PortFailure) in
            for id in [commit, base] where !state.commits.contains(where: { $0.id == id }) {
                throw Self.missing(id.short)
            }
            if commit == base { return .identical }
            if Self.reachable(from: commit, state).contains(where: { $0.id == base }) {
                return .ahead
            }
            let isBehind = Self.reachable(from: base, state).contains { $0.id == commit }
            return isBehind ? .behind : .diverged
        }
    }

    package func position(
        of commit: CommitID, on branch: BranchName
    ) async throws(PortFailure) -> Facts.Position {
        try arrive(.position)
        return try state.withLock { state throws(PortFailure) in
            guard let tip = state.tips[branch] else { throw Self.missing("\(branch)") }
            guard state.commits.contains(where: { $0.id == commit }) else {
                throw Self.missing(commit.short)
            }
            let isOnBranch = Self.reachable(from: tip, state).contains { $0.id == commit }
            return isOnBranch ? .onBranch : .elsewhere
        }
    }

    package func resolve(_ name: CommitName) async throws(PortFailure) -> CommitID? {
        try arrive(.resolve)
        let found = state.withLock { state in
            state.commits.map(\.id).filter { $0.hex.hasPrefix("\(name)") }
        }
        guard found.count < 2 else {
            throw PortFailure(
                code: .ambiguous, subject: "\(name)", detail: "\(found.count) commits fit")
        }
        return found.first
    }

    package func runs(at commit: CommitID) async throws(PortFailure) -> [GateRun] {
        try arrive(.runs)
        return state.withLock { state in state.runs.filter { $0.commit == commit } }
    }

    package func state(of workflow: WorkflowName) async throws(PortFailure) -> WorkflowState? {
        try arrive(.state)
        return state.withLock { $0.workflows[workflow] }
    }

    package func jobs(of run: GateRun) async throws(PortFailure) -> [Job] {
        try arrive(.jobs)
        return state.withLock { $0.jobs[run.id] ?? [] }
    }

    package func checks(
        named name: String, at commit: CommitID
    ) async throws(PortFailure) -> [CheckResult] {
        try arrive(.checks)
        return state.withLock { state in
            (state.checks[commit] ?? []).filter { $0.name == name }
        }
    }

    package func runs(
        of workflow: WorkflowName, since moment: Instant?
    ) async throws(PortFailure) -> [GateRun] {
        try arrive(.runsOfWorkflow)
        return state.withLock { state in
            state.runs.filter { run in
                workflow.names(path: run.path, displayName: run.workflowName)
                    && moment.map { run.createdAt >= $0 } ?? true
            }
        }
    }

    func arrive(_ question: Question) throws(PortFailure) {
        let hook = state.withLock { state in
            state.counts[question, default: 0] += 1
            return state.hook
        }
        hook?(question)
        guard let code = state.withLock({ $0.faults[question] }) else { return }
        throw PortFailure(
            code: code, subject: question.rawValue,
            detail: "the host answered \(code.rawValue)")
    }

    /// The commit and its ancestors, newest first.
    static func reachable(from tip: CommitID, _ state: State) -> [CommitGraph.Commit] {
        var wanted: Set<CommitID> = [tip]
        return state.commits.reversed().filter { commit in
            guard wanted.contains(commit.id) else { return false }
            wanted.formUnion(commit.parents)
            return true
        }
    }

    static func missing(_ subject: String) -> PortFailure {
        PortFailure(code: .missing, subject: subject, detail: "the host knows no \(subject)")
    }
}

// What a test says about the host.
extension MemoryHost {
    /// Adds a commit whose parents are there, and makes it the branch's tip.
    package func commit(_ commit: CommitGraph.Commit, on branch: BranchName) {
        state.withLock { state in
            state.commits.append(commit)
            state.tips[branch] = commit.id
        }
    }

    /// The tip of a branch in truth, without asking.
    package func tip(of branch: BranchName) -> CommitID? { state.withLock { $0.tips[branch] } }

    /// Moves a branch by force.
    package func reset(_ branch: BranchName, to commit: CommitID) {
        state.withLock { $0.tips[branch] = commit }
    }

    /// Adds a run, or replaces the record of the same id.
    package func record(_ run: GateRun) {
        state.withLock { state in
            state.runs.removeAll { $0.id == run.id }
            state.runs.append(run)
        }
    }

    /// Every run in truth, without asking.
    package var allRuns: [GateRun] { state.withLock { $0.runs } }

    /// Makes a workflow known; `nil` takes it away.
    package func workflow(_ name: WorkflowName, _ workflow: WorkflowState?) {
        state.withLock { $0.workflows[name] = workflow }
    }

    /// The jobs of a run.
    package func jobs(_ jobs: [Job], of run: Int64) {
        state.withLock { $0.jobs[run] = jobs }
    }

    /// One more check run or status on a commit.
    package func check(_ result: CheckResult, at commit: CommitID) {
        state.withLock { $0.checks[commit, default: []].append(result) }
    }

    /// A question gets no usable answer from now on; `nil` ends that.
    package func unreadable(_ question: Question, _ code: PortFailure.Code? = .serverFailed) {
        state.withLock { $0.faults[question] = code }
    }

    /// Rows of one page of a branch's log.
    package func page(rows: Int) { state.withLock { $0.pageRows = rows } }

    /// How often a question was asked.
    package func count(_ question: Question) -> Int {
        state.withLock { $0.counts[question] ?? 0 }
    }

    /// How often anything was asked.
    package var countOfAll: Int { Question.allCases.map(count).reduce(0, +) }

    /// Called before each answer, outside of every lock.
    package func before(_ hook: (@Sendable (Question) -> Void)?) {
        state.withLock { $0.hook = hook }
    }
}
