import PawlCore
import PawlEngine
import PawlGitHub
import PawlHTTP
import PawlPorts
import PawlReport
import PawlServer

extension Wiring {
    /// What a server needs of a policy's world beside its ports.
    func served(
        _ world: World, file: String, showsStatus: Bool, lifetime: Lifetime
    ) throws(WrongUse) -> Served {
        var ports = world.ports
        let inner = ports.observer
        let console = console
        let repository = policy.repository
        ports.observer = Observer { event in
            if case .moved(let image, let digest) = event {
                console.note("\(repository): moved \(image) to \(digest)")
            } else {
                inner.tell(event)
            }
        }
        let host = ports.history as? GitHubHost
        let branch = policy.branch
        let budget = world.hostBudget
        let missed = try appDeliveries(world)
        var fingerprint: (@Sendable () async throws(PortFailure) -> String)?
        if let host {
            fingerprint = { () async throws(PortFailure) in
                try await host.fingerprint(of: branch)
            }
        }
        return Served(
            policy: policy, file: file, ports: ports, fingerprint: fingerprint, missed: missed,
            budget: { budget.newest?.remaining },
            show: showsStatus ? shownStatuses(world) : nil, lifetime: lifetime)
    }

    /// Shows verdicts beside commits.
    private func shownStatuses(_ world: World) -> (@Sendable (Receipt) async -> Void)? {
        guard let host = world.statuses else { return nil }
        let statuses = ShownStatuses(host, console: console)
        return { await statuses.show($0) }
    }

    /// What an App's webhook did not take lately; `nil` without an App.
    private func appDeliveries(
        _ world: World
    ) throws(WrongUse) -> (@Sendable () async throws(PortFailure) -> [Delivery])? {
        guard let app = try gitHubApp() else { return nil }
        let deliveries = GitHubAppDeliveries(
            app: app, exchange: exchange(world.http, counting: world.hostRequests),
            address: try gitHubAddress(), repository: policy.repository, clock: .system,
            userAgent: Version.userAgent)
        return { () async throws(PortFailure) in
            // GitHub keeps them for three days.
            try await deliveries.missed(since: PawlPorts.Clock.system.now() + .seconds(-3 * 86400))
        }
    }
}
