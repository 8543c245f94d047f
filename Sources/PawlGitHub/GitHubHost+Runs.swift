package import PawlCore

extension GitHubHost {
    /// One list serves the build and every gate. It is asked for by the full id, because GitHub
    /// answers a short one with an empty list; and not by branch or event, because those filters
    /// have been seen to miss the newest runs.
    package func runs(at commit: CommitID) async throws(PortFailure) -> [GateRun] {
        let call = Call(
            what: "runs of \(commit.short)",
            path: "/actions/runs?head_sha=\(commit.hex)&exclude_pull_requests=true"
                + "&per_page=\(Limits.hostPageRowsMax)",
            permission: "actions: read")
        var runs: [GateRun] = []
        for row in try await rows(of: WireRunPage.self, call) {
            do {
                let run = try row.run()
                // GitHub has ignored this filter before: its word for the commit is checked.
                if run.commit == commit { runs.append(run) }
            } catch {
                throw failure(.garbled, call, "GitHub's answer \(error.words)")
            }
        }
        return runs
    }

    /// The newest attempt's jobs; those that a partial re-run did not repeat are among them.
    package func jobs(of run: GateRun) async throws(PortFailure) -> [Job] {
        let call = Call(
            what: "jobs of run \(run.id)",
            path: "/actions/runs/\(run.id)/jobs?filter=latest&per_page=\(Limits.hostPageRowsMax)",
            permission: "actions: read")
        let rows = try await rows(of: WireJobPage.self, call)
        guard rows.allSatisfy({ $0.runID == run.id }) else {
            throw failure(.garbled, call, "GitHub's answer has jobs of another run")
        }
        return rows.map {
            Job(name: $0.name, state: RunState(status: $0.status, conclusion: $0.conclusion))
        }
    }
}
