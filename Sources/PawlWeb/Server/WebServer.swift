package import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
package import PawlCore
package import PawlPorts
package import PawlServer

/// The server's door to the network: webhooks, API, pages.
package struct WebServer: Sendable {
    private let front: Front
    private let patience: Patience

    /// A server that is not listening yet.
    ///
    /// - Parameters:
    ///   - secrets: What GitHub signs with; `nil`: webhooks are refused.
    ///   - deliveries: Where events are kept.
    ///   - adminToken: What an order must come with; `nil`: none is taken.
    ///   - board: What is shown.
    ///   - orders: What carries orders out.
    ///   - tally: Where answers are counted.
    ///   - readiness: Whether the work can be done.
    ///   - exposition: The figures as text.
    ///   - patience: How long clients may take.
    ///   - clock: When deliveries come.
    ///   - addPages: Adds the routes of the pages.
    package init(
        secrets: WebhookSecrets?, deliveries: any Deliveries, adminToken: Secret?, board: Board,
        orders: Orders, tally: Tally, readiness: @escaping @Sendable () async -> Readiness,
        exposition: @escaping @Sendable () -> String, patience: Patience = Patience(),
        clock: PawlPorts.Clock,
        addPages: (Router<BasicRequestContext>) -> Void = { _ in }
    ) {
        let router = Router()
        addPages(router)
        front = Front(
            intake: Intake(
                secrets: secrets, deliveries: deliveries, clock: clock, tally: tally,
                read: orders.read),
            reads: ReadRoutes(board: board, orders: orders),
            orders: OrderRoutes(board: board, orders: orders, adminToken: adminToken),
            health: HealthRoutes(readiness: readiness, exposition: exposition),
            pages: router.buildResponder())
        self.patience = patience
    }

    /// Listens until the task is cancelled; requests under way are answered then. Port 0 is a free
    /// one. `onListening` is told which it is.
    package func run(
        host: String, port: Int, onListening: @escaping @Sendable (Int) async -> Void
    ) async throws {
        let patience = patience
        let application = Application(
            responder: front,
            server: HTTPServerBuilder { responder in
                GuardedChannel(patience, responder: responder)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    patience.connectionsMax, logger: Self.silent)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) },
            logger: Self.silent)
        try await application.run()
    }

    /// What the framework would tell is told by Pawl's own words, or is a client's matter.
    private static var silent: Logger {
        Logger(label: "pawl") { _ in SwiftLogNoOpLogHandler() }
    }
}
