import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
package import PawlCore

/// One attempt over AsyncHTTPClient: HTTP/2 where the server offers it, no redirects, no
/// decompression, and a bound on time and bytes.
package final class AsyncHTTPExchange: Exchange {
    private let direct: HTTPClient
    private let proxied: [Proxies.Proxy: HTTPClient]
    /// For bodies in pieces: no bound on the whole time, one on each silence.
    private let patient: HTTPClient
    private let patientProxied: [Proxies.Proxy: HTTPClient]
    private let proxies: Proxies
    private let userAgent: String

    /// Makes a client of its own. `userAgent` is product, version and address:
    /// `pawl/1.0.0 (+https://…)`.
    package init(userAgent: String, proxies: Proxies = .none) {
        self.userAgent = userAgent
        self.proxies = proxies
        direct = Self.client(nil)
        patient = Self.client(nil, silenceMax: Self.silenceMax)
        var proxied: [Proxies.Proxy: HTTPClient] = [:]
        var patientProxied: [Proxies.Proxy: HTTPClient] = [:]
        for proxy in [proxies.https, proxies.http].compactMap({ $0 }) where proxied[proxy] == nil {
            proxied[proxy] = Self.client(proxy)
            patientProxied[proxy] = Self.client(proxy, silenceMax: Self.silenceMax)
        }
        self.proxied = proxied
        self.patientProxied = patientProxied
    }

    /// Closes every connection. Nothing can be sent afterwards; must be called on every way out.
    package func shutdown() async {
        for client in [direct, patient] + proxied.values + patientProxied.values {
            // The only failure is that it was shut down before.
            try? await client.shutdown()
        }
    }

    /// One attempt.
    package func send(_ request: Request) async throws(PortFailure) -> Response {
        guard let address = Address(request.url) else {
            throw PortFailure(
                code: .garbled, subject: "a request", detail: "the address is not one")
        }
        let deadline =
            NIODeadline.now() + .nanoseconds(Limits.requestTimeout.milliseconds * 1_000_000)
        let client = proxies.proxy(for: address).flatMap { proxied[$0] } ?? direct
        let prepared = prepared(request, to: address)
        // The client's own deadline ends with the head of the answer, and a body may trickle.
        let attempt = Task {
            try await Self.attempt(prepared, request, by: client, until: deadline)
        }
        let timer = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(deadline: deadline) {
            attempt.cancel()
        }
        defer { timer.cancel() }
        let result = await withTaskCancellationHandler {
            await attempt.result
        } onCancel: {
            attempt.cancel()
        }
        switch result {
        case .success(let response): return response
        case .failure(let error): throw TransportFailure.failure(error, at: address)
        }
    }

    /// The client for bodies in pieces.
    func patientClient(for address: Address) -> HTTPClient {
        proxies.proxy(for: address).flatMap { patientProxied[$0] } ?? patient
    }

    func prepared(_ request: Request, to address: Address) -> HTTPClientRequest {
        var prepared = HTTPClientRequest(url: address.description)
        prepared.method = HTTPMethod(rawValue: request.method.rawValue.uppercased())
        prepared.headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
        prepared.headers.replaceOrAdd(name: "User-Agent", value: userAgent)
        if !prepared.headers.contains(name: "Accept-Encoding") {
            prepared.headers.add(name: "Accept-Encoding", value: "identity")
        }
        if !request.body.isEmpty { prepared.body = .bytes(ByteBuffer(bytes: request.body)) }
        return prepared
    }

    private static func attempt(
        _ prepared: HTTPClientRequest, _ request: Request, by client: HTTPClient,
        until deadline: NIODeadline
    ) async throws -> Response {
        let answer = try await client.execute(prepared, deadline: deadline)
        let status = Int(answer.status.code)
        let declared = answer.headers["Content-Length"].first.flatMap { Int($0) }
        let hasBody = request.method != .head && status != 204 && status != 304
        if hasBody, let declared, declared > request.answerBytesMax {
            throw TransportFailure.tooLarge(request.answerBytesMax)
        }
        var body: [UInt8] = []
        for try await chunk in answer.body {
            guard body.count + chunk.readableBytes <= request.answerBytesMax else {
                throw TransportFailure.tooLarge(request.answerBytesMax)
            }
            body.append(contentsOf: chunk.readableBytesView)
        }
        // A cancelled sequence may end as if it were whole.
        try Task.checkCancellation()
        if hasBody, let declared, declared != body.count { throw TransportFailure.cutShort }
        return Response(
            status: status, headers: answer.headers.map { ($0.name, $0.value) }, body: body)
    }

    /// Own choice: fifty images of two platforms are asked about at once even where a server speaks
    /// only HTTP/1.1. A request that waits for a connection costs a whole round trip.
    private static let connectionsMax = 160

    /// Own choice: a registry that has just been given some GB may think about them for that long
    /// before it answers.
    static let silenceMax = TimeAmount.seconds(60)

    private static func client(
        _ proxy: Proxies.Proxy?, silenceMax: TimeAmount? = nil
    ) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TransportFailure.connectTimeout, read: silenceMax),
            decompression: .disabled)
        configuration.timeout.write = silenceMax
        // Repeating is the matter of `RetryingExchange`, which says so in the trace.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            connectionsMax
        if let proxy {
            configuration.proxy = .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.credentials.map { .basic(credentials: base64(decoded($0))) })
        }
        return HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
    }
}
