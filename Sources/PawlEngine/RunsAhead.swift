import PawlCore
import PawlPorts

/// The runs of a channel's workflows over many commits, one list for each workflow: a look passes
/// over the candidates that they already speak against, and asks the full questions about the
/// others alone.
struct RunsAhead: Sendable {
    private let runs: [GateRun]

    /// Asks for the lists. One that could not be had says nothing; the full questions still do.
    init(
        of channel: Channel, over commits: [CommitID], _ graph: CommitGraph, _ ports: Ports
    ) async {
        let since = graph.oldestTime(of: commits)?.earlier(by: Limits.clockSkewMax)
        var workflows: [WorkflowName] = []
        for workflow in channel.workflows where !workflows.contains(workflow) {
            workflows.append(workflow)
        }
        runs = await withTaskGroup(of: [GateRun].self) { group in
            for workflow in workflows {
                group.addTask {
                    let answer = await Fact.asking {
                        try await ports.runs.runs(of: workflow, since: since)
                    }
                    return answer.value ?? []
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// Why the candidate may not go, as far as the lists say.
    func obstacles(for candidate: Candidate, under policy: Policy) -> [Reason] {
        PawlCore.obstacles(for: candidate, in: runs, under: policy)
    }
}
