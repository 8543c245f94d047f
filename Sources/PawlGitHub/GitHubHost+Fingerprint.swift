package import PawlCore
import PawlHTTP

extension GitHubHost {
    /// Own choice: rows of the newest runs that are looked at. What a busier repository pushes off
    /// the page between two sweeps is found by the full look.
    private static let newestRuns = 50

    /// A text that changes when the branch's tip or one of the repository's newest runs does; not a
    /// fact to judge by. Two questions, whose unchanged answers cost nothing where answers are
    /// remembered.
    package func fingerprint(of branch: BranchName) async throws(PortFailure) -> String {
        let call = Call(
            what: "newest runs",
            path: "/actions/runs?exclude_pull_requests=true&per_page=\(Self.newestRuns)",
            permission: "actions: read")
        let tip = try await log(of: branch).tip?.hex ?? "none"
        let page = try read(WireRunPage.self, from: try await answer(to: call), to: call)
        let runs = page.rows.filter { $0.headBranch == branch.text }.map { run in
            "\(run.id).\(run.attempt ?? 1) \(run.status ?? "") \(run.conclusion ?? "")"
        }
        return ([tip] + runs.sorted()).joined(separator: "\n")
    }
}
