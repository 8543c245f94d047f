import HTTPTypes
import Hummingbird
import PawlCore
import PawlServer

/// For those who watch the server.
struct HealthRoutes: Sendable {
    let readiness: @Sendable () async -> Readiness
    let exposition: @Sendable () -> String

    func alive() -> Response { .text("ok\n") }

    func ready() async -> Response {
        let readiness = await readiness()
        let checks = readiness.checks.map { check in
            JSONValue.object([
                "name": .string(check.name), "ok": .bool(check.trouble == nil),
                "trouble": .string(orNull: check.trouble),
            ])
        }
        return .json(
            .object(["ready": .bool(readiness.isReady), "checks": .array(checks)]),
            status: readiness.isReady ? .ok : .serviceUnavailable)
    }

    func figures() -> Response { .text(exposition(), Exposition.contentType) }
}
