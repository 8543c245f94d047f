package import PawlCore
import PawlHTTP
package import PawlPorts

extension GitHubHost: CommitStatuses {
    /// GitHub: a longer description is refused.
    private static let descriptionCharactersMax = 140

    package func set(
        _ status: CommitStatus, on commit: CommitID
    ) async throws(PortFailure) {
        let link = status.link.flatMap { link -> String? in
            // GitHub refuses an address of any other scheme, and the status with it.
            link.hasPrefix("https://") || link.hasPrefix("http://") ? link : nil
        }
        let body = JSONValue.object([
            "state": .string(status.state.rawValue), "context": .string(status.context),
            "description": .string(Self.description(status.description)),
            "target_url": .string(orNull: link),
        ])
        let call = Call(
            what: "commit status \(OutsideText.line(status.context)) of \(commit.short)",
            path: "/statuses/\(commit.hex)", permission: "statuses: write", method: .post,
            body: Array(body.text.utf8))
        let response = try await answer(to: call)
        guard response.status == 201 else { throw refusal(response, of: call) }
    }

    /// One line that GitHub takes: it refuses characters of more than 16 bits ("description doesn't
    /// accept 4-byte Unicode"), and counts what people see as one character by its parts.
    private static func description(_ text: String) -> String {
        let line = OutsideText.line(text, max: descriptionCharactersMax)
        var scalars = String.UnicodeScalarView()
        for scalar in line.unicodeScalars { scalars.append(scalar.value > 0xFFFF ? "?" : scalar) }
        guard scalars.count > descriptionCharactersMax else { return String(scalars) }
        return String(String.UnicodeScalarView(scalars.prefix(descriptionCharactersMax - 1))) + "…"
    }
}
