import Crypto
package import Hummingbird
package import PawlCore
package import PawlPorts
package import PawlServer

/// The pages of a server: what the board shows, and a person's orders behind a login. Anybody who
/// reaches the server may read; only who has the admin token may order.
package struct Pages: Sendable {
    let board: Board
    let orders: Orders
    let adminToken: Secret?
    let alwaysSecure: Bool
    let clock: Clock
    let templates: Templates
    let sessions: Sessions
    let failedLogins: FailedLogins
    let listeners: Listeners

    /// Pages for one board.
    ///
    /// - Parameters:
    ///   - board: What is shown.
    ///   - orders: What carries orders out.
    ///   - adminToken: What a person must know to log in; `nil` if nobody may.
    ///   - alwaysSecure: Whether browsers always come over an encrypted connection, also where no
    ///     `X-Forwarded-Proto` says so.
    ///   - clock: The time.
    ///   - identifier: 128 random bits in hex, another one each time; as nobody can guess it.
    /// - Throws: If a template does not parse.
    package init(
        board: Board, orders: Orders, adminToken: Secret?, alwaysSecure: Bool = false,
        clock: Clock, identifier: @escaping @Sendable () -> String
    ) throws {
        self.board = board
        self.orders = orders
        self.adminToken = adminToken
        self.alwaysSecure = alwaysSecure
        self.clock = clock
        templates = try Templates(Templates.pages)
        sessions = Sessions(now: clock.now) { identifier() + identifier() }
        failedLogins = FailedLogins(now: clock.now)
        listeners = Listeners()
    }

    /// Adds every page, the files that they need, and what their forms are sent to.
    package func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("/") { request, _ in overview(request) }
        router.get("/channels/:owner/:repository/:channel") { request, context in
            channel(request, context)
        }
        router.post("/channels/:owner/:repository/:channel/:order") { request, context in
            await order(request, context)
        }
        router.get("/events") { request, _ in events(request) }
        router.get("/login") { request, _ in loginPage(request) }
        router.post("/login") { request, _ in await logIn(request) }
        router.post("/logout") { request, _ in await logOut(request) }
        for asset in Asset.all {
            router.get(RouterPath(asset.path)) { request, _ in asset.response(to: request) }
        }
    }

    /// Ends what open pages listen to, so that their connections end and a server can stop.
    package func stop() { listeners.stop() }
}
