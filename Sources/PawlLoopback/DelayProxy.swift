import NIOCore
import NIOPosix
import Synchronization

/// A reverse proxy on loopback that makes every request slower by the same time, and counts them:
/// a registry as far away as real ones are, for measuring any client.
package final class DelayProxy: Sendable {
    private let server: LoopbackServer
    private let client: LoopbackClient
    private let sent: Lines

    private final class Lines: Sendable { let lines = Mutex<[String]>([]) }

    /// Headers that belong to one connection (RFC 9110, 7.6.1), or that each side makes anew.
    private static let ownHeaders = [
        "connection", "keep-alive", "transfer-encoding", "content-length", "te", "trailer",
        "upgrade", "proxy-connection",
    ]

    private init(server: LoopbackServer, client: LoopbackClient, sent: Lines) {
        self.server = server
        self.client = client
        self.sent = sent
    }

    /// Starts a proxy before `upstream` (`http://127.0.0.1:5000`). `rewritesRealm` makes clients
    /// ask for tokens through the proxy, too.
    package static func start(
        upstream: String, delay: Duration, rewritesRealm: Bool = false
    ) async throws -> DelayProxy {
        let client = LoopbackClient()
        let sent = Lines()
        let pause = TimeAmount.nanoseconds(
            delay.components.seconds * 1_000_000_000
                + delay.components.attoseconds / 1_000_000_000)
        let server = try await LoopbackServer.start { request in
            sent.lines.withLock { $0.append(request.line) }
            try? await MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: pause) {}
                .futureResult.get()
            return await forward(request, to: upstream, by: client, rewritesRealm)
        }
        return DelayProxy(server: server, client: client, sent: sent)
    }

    /// Ends it.
    package func stop() async {
        await server.stop()
        await client.shutdown()
    }

    /// `http://127.0.0.1:PORT`.
    package var url: String { server.url }
    /// `127.0.0.1:PORT`.
    package var host: String { "127.0.0.1:\(server.port)" }
    /// Requests so far, `METHOD target` each.
    package var requests: [String] { sent.lines.withLock { $0 } }
    /// How many requests came so far.
    package var count: Int { requests.count }
    /// Counts from none again.
    package func reset() { sent.lines.withLock { $0 = [] } }

    private static func forward(
        _ request: RecordedRequest, to upstream: String, by client: LoopbackClient,
        _ rewritesRealm: Bool
    ) async -> CannedResponse {
        let headers = request.headers.filter { !ownHeaders.contains($0.name.lowercased()) }
        do {
            var answer = try await client.send(
                request.method, upstream + request.target, headers: headers, body: request.body)
            let isHead = request.method == "HEAD"
            answer.headers = answer.headers.compactMap { header in
                let name = header.name.lowercased()
                if ownHeaders.contains(name), !(isHead && name == "content-length") { return nil }
                guard rewritesRealm, name == "www-authenticate" else { return header }
                let own = "http://\(request.header("Host") ?? "")"
                return (header.name, replacing(upstream, by: own, in: header.value))
            }
            return answer
        } catch {
            return CannedResponse(
                status: 502, contentType: "text/plain", text: "upstream: \(error)\n")
        }
    }

    private static func replacing(_ part: String, by other: String, in text: String) -> String {
        guard let start = text.indices.first(where: { text[$0...].hasPrefix(part) }) else {
            return text
        }
        return text[..<start] + other + text[start...].dropFirst(part.count)
    }
}
