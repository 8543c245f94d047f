package import PawlCore
import PawlHTTP
import PawlPorts

/// Reads the payloads of GitHub's events, as a webhook delivers them and as a job finds them at
/// `GITHUB_EVENT_PATH`.
package struct GitHubDoor: Door {
    /// It keeps nothing.
    package init() {}

    /// `workflow_run` and `workflow_dispatch` are read; any other event is a reason to look, if its
    /// body is a JSON object at all.
    package func observation(event: String, body: [UInt8]) throws(PortFailure) -> Observation {
        guard body.count <= Limits.eventBytesMax else {
            throw failure(
                .tooLarge, event,
                "has \(body.count) bytes; GitHub sends at most "
                    + "\(Limits.eventBytesMax)")
        }
        do {
            switch event {
            case "workflow_run": return try workflowRun(body)
            case "workflow_dispatch": return try workflowDispatch(body)
            default:
                _ = try JSONBody.read(WireObject.self, from: body)
                return .other(OutsideText.line(event))
            }
        } catch {
            throw failure(.garbled, event, error.words)
        }
    }

    private func workflowRun(_ body: [UInt8]) throws(JSONBody.Malformed) -> Observation {
        let payload = try JSONBody.read(WireRunEvent.self, from: body)
        let run = try payload.run.run(workflowName: payload.workflow?.name)
        let repository = try payload.repository.named()
        return payload.action == "completed"
            ? .runEnded(run, repository: repository) : .runChanged(run, repository: repository)
    }

    private func workflowDispatch(_ body: [UInt8]) throws(JSONBody.Malformed) -> Observation {
        let payload = try JSONBody.read(WireDispatchEvent.self, from: body)
        return .dispatched(
            sha: payload.inputs?.sha.flatMap { $0.isEmpty ? nil : $0 },
            reason: payload.inputs?.reason.flatMap { $0.isEmpty ? nil : $0 },
            repository: try payload.repository.named())
    }

    private func failure(
        _ code: PortFailure.Code, _ event: String, _ words: String
    ) -> PortFailure {
        PortFailure(
            code: code, subject: "event \(OutsideText.line(event))",
            detail: "the payload of the event \(OutsideText.line(event)) \(words)",
            advice: code == .garbled
                ? "Check that the payload is the one that GitHub sent with this event." : nil)
    }
}

/// `repository` of an event.
struct WireEventRepository: Decodable {
    let fullName: String

    private enum CodingKeys: String, CodingKey {
        case fullName = "full_name"
    }

    func named() throws(JSONBody.Malformed) -> CodeRepository {
        do {
            return try CodeRepository(fullName)
        } catch {
            throw JSONBody.Malformed(words: "has an unusable value as repository.full_name")
        }
    }
}

/// The payload of `workflow_run`.
struct WireRunEvent: Decodable {
    struct Workflow: Decodable {
        let name: String?
    }

    let action: String
    let run: WireRun
    let workflow: Workflow?
    let repository: WireEventRepository

    private enum CodingKeys: String, CodingKey {
        case action, workflow, repository
        case run = "workflow_run"
    }
}

/// The payload of `workflow_dispatch`. `workflow` is read only because it tells this payload from
/// that of a push.
struct WireDispatchEvent: Decodable {
    struct Inputs: Decodable {
        let sha: String?
        let reason: String?
    }

    let inputs: Inputs?
    let workflow: String
    let repository: WireEventRepository
}
