package import PawlCore
import PawlHTTP

extension GitHubHost {
    /// A workflow by its file; by its display name, or where GitHub says 404, from the list. A 404
    /// alone may hide a missing permission; a whole list without the workflow cannot.
    package func state(of workflow: WorkflowName) async throws(PortFailure) -> WorkflowState? {
        guard let file = workflow.fileName else { return try await listedState(of: workflow) }
        let call = Call(
            what: "workflow \(OutsideText.line(file))",
            path: "/actions/workflows/\(percentEncoded(file))",
            permission: "actions: read")
        let response = try await answer(to: call)
        guard response.status != 404 else { return try await listedState(of: workflow) }
        let answered = try read(WireWorkflow.self, from: response, to: call)
        guard WorkflowName(file).names(path: answered.path, displayName: nil) else {
            throw failure(.garbled, call, "GitHub answered with another workflow")
        }
        // The file of that name is in another folder than the policy says.
        guard workflow.names(path: answered.path, displayName: nil) else { return nil }
        return answered.state
    }

    private func listedState(of workflow: WorkflowName) async throws(PortFailure) -> WorkflowState?
    {
        let states = try await listed(workflow).map(\.state)
        // Display names are not unique: an old workflow may bear the name of the one that runs.
        return states.first { $0 == .active } ?? states.first
    }

    /// Every workflow of that name, from the whole list.
    func listed(_ workflow: WorkflowName) async throws(PortFailure) -> [WireWorkflow] {
        let call = Call(
            what: "list of workflows",
            path: "/actions/workflows?per_page=\(Limits.hostPageRowsMax)",
            permission: "actions: read")
        return try await rows(of: WireWorkflowPage.self, call)
            .filter { workflow.names(path: $0.path, displayName: $0.name) }
    }
}

/// A workflow.
struct WireWorkflow: WireRow {
    let id: Int64
    let name: String
    let path: String
    private let word: String

    private enum CodingKeys: String, CodingKey {
        case id, name, path
        case word = "state"
    }

    var state: WorkflowState { word == "active" ? .active : .inactive(OutsideText.line(word)) }
}

/// One page of `GET …/actions/workflows`.
struct WireWorkflowPage: WirePage {
    let totalCount: Int
    let rows: [WireWorkflow]

    private enum CodingKeys: String, CodingKey {
        case totalCount = "total_count"
        case rows = "workflows"
    }
}
