import PawlCore

// What is written outside of the git database: workflow dispatches and commit statuses.

extension GitHubAnswers {
    func written(
        _ segments: [String], _ request: RecordedRequest,
        changing next: inout GitHubDouble.State
    ) -> CannedResponse {
        guard request.method == "POST" else { return Self.notFound }
        switch (segments.first, segments.count) {
        case ("actions", 4) where segments[1] == "workflows" && segments[3] == "dispatches":
            return permittedToWrite("actions") { dispatch(segments[2], request, &next) }
        case ("statuses", 2):
            return permittedToWrite("statuses") { setStatus(segments[1], request, &next) }
        default: return Self.notFound
        }
    }

    // MARK: Dispatches

    private struct Dispatch: Decodable {
        let ref: String
        let inputs: [String: String]?
        let details: Bool?

        private enum CodingKeys: String, CodingKey {
            case ref, inputs
            case details = "return_run_details"
        }
    }

    private func dispatch(
        _ name: String, _ request: RecordedRequest, _ next: inout GitHubDouble.State
    ) -> CannedResponse {
        guard let asked = read(Dispatch.self, request) else {
            return .githubError(400, "Problems parsing JSON")
        }
        guard let workflow = state.workflows.first(where: { $0.file == name || "\($0.id)" == name })
        else { return Self.notFound }
        let branch =
            asked.ref.hasPrefix("refs/heads/") ? String(asked.ref.dropFirst(11)) : asked.ref
        if let complaint = complaint(about: asked, workflow, branch) {
            return .githubError(422, complaint)
        }
        next.dispatching.dispatches.append(
            GitHubDispatch(file: workflow.file, branch: branch, inputs: asked.inputs ?? [:]))
        let answer = state.dispatching.answer
        guard answer != .swallows else { return CannedResponse(status: 204) }
        let created = next.time(state.dispatching.now?())
        let delay = state.dispatching.delay
        let run = GitHubRun(
            id: next.nextID(),
            number: Int64(state.runs.count { $0.workflow.id == workflow.id } + 1), attempt: 1,
            workflow: workflow, sha: state.branches[branch] ?? "", branch: branch,
            event: "workflow_dispatch", status: "queued", conclusion: nil, head: .own,
            createdAt: created, updatedAt: created,
            visibleAt: delay == .zero ? nil : created + delay,
            title: workflow.titleInput.flatMap { asked.inputs?[$0] })
        next.runs.append(run)
        guard answer == .details, asked.details == true else { return CannedResponse(status: 204) }
        return .github(
            200,
            [
                "workflow_run_id": .number(run.id),
                "run_url": .string("\(own)/actions/runs/\(run.id)"),
                "html_url": .string("\(page)/actions/runs/\(run.id)"),
            ])
    }

    private func complaint(
        about asked: Dispatch, _ workflow: GitHubWorkflow, _ branch: String
    ) -> String? {
        if state.dispatching.answer == .refusesDetails, asked.details != nil {
            return "Invalid request.\n\n\"return_run_details\" is not a permitted key."
        }
        guard let declared = workflow.dispatchInputs else {
            return "Workflow does not have 'workflow_dispatch' trigger"
        }
        guard workflow.state == "active" else {
            return "Cannot trigger a 'workflow_dispatch' on a disabled workflow"
        }
        guard state.branches[branch] != nil else { return "No ref found for: \(branch)" }
        let strange = (asked.inputs ?? [:]).keys.filter { !declared.contains($0) }.sorted()
        guard strange.isEmpty else {
            let names = strange.map { "\"\($0)\"" }.joined(separator: ", ")
            return "Unexpected inputs provided: [\(names)]"
        }
        return nil
    }

    // MARK: Statuses

    private struct Status: Decodable {
        let state: String
        let context: String?
        let description: String?
        let link: String?

        private enum CodingKeys: String, CodingKey {
            case state, context, description
            case link = "target_url"
        }
    }

    private func setStatus(
        _ sha: String, _ request: RecordedRequest, _ next: inout GitHubDouble.State
    ) -> CannedResponse {
        guard let asked = read(Status.self, request) else {
            return .githubError(400, "Problems parsing JSON")
        }
        guard state.commits[sha] != nil else { return noCommit(sha) }
        if let (field, words) = complaint(about: asked) {
            return CannedResponse.github(
                422,
                [
                    "message": "Validation Failed",
                    "errors": [
                        [
                            "resource": "Status", "code": "custom", "field": .string(field),
                            "message": .string(words),
                        ]
                    ],
                    "documentation_url": "https://docs.github.com/rest", "status": "422",
                ])
        }
        let made = GitHubStatus(
            id: next.nextID(), sha: sha, context: asked.context ?? "default", state: asked.state,
            at: next.time(nil), description: asked.description, link: asked.link)
        next.statuses.append(made)
        return .github(201, statusRow(made).with([("creator", user("mona"))]))
    }

    private func complaint(about asked: Status) -> (field: String, words: String)? {
        let description = asked.description ?? ""
        guard ["error", "failure", "pending", "success"].contains(asked.state) else {
            return ("state", "state is not included in the list")
        }
        guard description.unicodeScalars.allSatisfy({ $0.value <= 0xFFFF }) else {
            return ("description", "description doesn't accept 4-byte Unicode")
        }
        guard description.unicodeScalars.count <= 140 else {
            return ("description", "description is too long (maximum is 140 characters)")
        }
        if let link = asked.link, !link.hasPrefix("http://"), !link.hasPrefix("https://") {
            return ("target_url", "target_url must use http(s) scheme")
        }
        return nil
    }
}
