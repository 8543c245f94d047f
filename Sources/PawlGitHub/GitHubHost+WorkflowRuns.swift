package import PawlCore
import PawlHTTP

extension GitHubHost {
    /// GitHub, "List workflow runs": at most this many results can be listed.
    private static let runsMax = 1000

    /// One list for a workflow by its file; by its display name, or where GitHub says 404, one for
    /// each workflow of that name in the list of workflows.
    ///
    /// A workflow that is not there is a failure and not an empty list: GitHub keeps the runs of a
    /// deleted workflow, and lists them here no more.
    package func runs(
        of workflow: WorkflowName, since moment: Instant?
    ) async throws(PortFailure) -> [GateRun] {
        if let file = workflow.fileName {
            let call = runList(of: percentEncoded(file), workflow)
            do throws(PortFailure) {
                let runs = try await runs(call, since: moment)
                guard runs.allSatisfy({ WorkflowName(file).names(path: $0.path, displayName: nil) })
                else {
                    throw failure(.garbled, call, "GitHub's answer has another workflow's runs")
                }
                return runs
            } catch {
                guard error.code == .missing else { throw error }
            }
        }
        let workflows = try await listed(workflow)
        guard !workflows.isEmpty else {
            throw failure(
                .missing, runList(of: "", workflow),
                "\(repository) has no workflow of that name, so its runs cannot be listed",
                advice: "Check the workflow's name; the runs of a deleted one cannot be read.")
        }
        var runs: [GateRun] = []
        for found in workflows {
            runs += try await self.runs(runList(of: "\(found.id)", workflow), since: moment)
        }
        return runs
    }

    private func runList(of id: String, _ workflow: WorkflowName) -> Call {
        Call(
            what: "runs of \(OutsideText.line(workflow.text))",
            path: "/actions/workflows/\(id)/runs?exclude_pull_requests=true"
                + "&per_page=\(Limits.hostPageRowsMax)",
            permission: "actions: read")
    }

    /// Reads until a page reaches back before the moment. GitHub lists the newest run first, but
    /// does not promise to; where it did not, the list is read to its end.
    private func runs(
        _ call: Call, since moment: Instant?
    ) async throws(PortFailure) -> [GateRun] {
        var reading = RunListReading(moment: moment)
        let rows = try await rows(of: WireRunPage.self, call) { page throws(PortFailure) in
            guard reading.goesOn(with: page) else {
                throw failure(.garbled, call, "GitHub's list became shorter while it was read")
            }
            return reading.isEnough
        }
        guard reading.isEnough || rows.count < Self.runsMax else {
            throw failure(
                .garbled, call,
                "GitHub's list is not whole: it lists \(Self.runsMax) runs and no more")
        }
        var runs: [GateRun] = []
        for row in rows {
            do {
                let run = try row.run()
                if moment.map({ run.createdAt >= $0 }) ?? true { runs.append(run) }
            } catch {
                throw failure(.garbled, call, "GitHub's answer \(error.words)")
            }
        }
        return runs
    }
}

/// How far a list of runs was read, page by page.
private struct RunListReading {
    /// What is asked for was created then or later.
    let moment: Instant?
    private(set) var isEnough = false
    private var isNewestFirst = true
    private var oldest: Instant?
    private var promised = 0

    init(moment: Instant?) { self.moment = moment }

    /// Takes the next page; `false` if rows went away meanwhile. One that slipped from a later page
    /// to an earlier one would not be seen at all.
    mutating func goesOn(with page: WireRunPage) -> Bool {
        guard page.totalCount >= promised else { return false }
        promised = page.totalCount
        for row in page.rows {
            guard let created = Instant(timestamp: row.createdAt) else {
                isNewestFirst = false
                continue
            }
            if let oldest, created > oldest { isNewestFirst = false }
            oldest = min(oldest ?? created, created)
        }
        if let moment, let oldest { isEnough = isNewestFirst && oldest < moment }
        return true
    }
}
