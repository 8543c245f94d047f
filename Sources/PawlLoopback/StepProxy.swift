import FoundationEssentials

/// A reverse proxy on loopback that stops before and after every request until it is told to go on:
/// for ending a client at an exact place, and for forcing the order of two clients' requests.
package final class StepProxy: Sendable {
    /// Where a request is.
    package enum Step: Hashable, Sendable, CaseIterable {
        /// It came; nothing was forwarded yet.
        case before
        /// It took effect; the client has no answer yet.
        case after
    }

    /// Called at each step; `false` drops the connection there. A request that is dropped before
    /// never reaches the server.
    package typealias Gate = @Sendable (Step, RecordedRequest) async -> Bool

    private let server: LoopbackServer
    private let upstream: Upstream

    private init(server: LoopbackServer, upstream: Upstream) {
        self.server = server
        self.upstream = upstream
    }

    /// Starts a proxy before `upstream` (`http://127.0.0.1:5000`). `asksForName` has clients give
    /// a user's name and any password (RFC 7617), which tells one from another where both must use
    /// the same address: see `RecordedRequest.user`.
    package static func start(
        upstream url: String, asksForName: Bool = false, gate: @escaping Gate
    ) async throws -> StepProxy {
        let upstream = Upstream(url)
        let server = try await LoopbackServer.start { request in
            let dropped = CannedResponse(status: 503, ending: .dropsBeforeAnswer)
            guard !asksForName || request.user != nil else { return Self.challenge }
            guard await gate(.before, request) else { return dropped }
            let answer = await upstream.answer(to: request)
            return await gate(.after, request) ? answer : dropped
        }
        return StepProxy(server: server, upstream: upstream)
    }

    private static let challenge = CannedResponse(
        status: 401, headers: [("WWW-Authenticate", "Basic realm=\"who\"")])

    /// Ends it.
    package func stop() async {
        await server.stop()
        await upstream.shutdown()
    }

    /// `http://127.0.0.1:PORT`.
    package var url: String { server.url }
    /// `127.0.0.1:PORT`.
    package var host: String { "127.0.0.1:\(server.port)" }
}

extension RecordedRequest {
    /// Who it says that it is (RFC 7617); `nil` if it does not say.
    package var user: String? {
        guard let value = header("Authorization"), value.hasPrefix("Basic "),
            let decoded = Data(base64Encoded: String(value.dropFirst(6)))
        else { return nil }
        let user = decoded.prefix { $0 != UInt8(ascii: ":") }
        return user.count < decoded.count ? String(decoding: user, as: UTF8.self) : nil
    }
}
