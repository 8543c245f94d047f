package import PawlCore
package import PawlPorts
import Synchronization

/// How many requests were really sent.
package final class RequestCount: Sendable {
    private let count = Mutex(0)

    /// A count of none.
    package init() {}

    /// The requests so far, each attempt of each.
    package var value: Int { count.withLock { $0 } }

    func increment() { count.withLock { $0 += 1 } }
}

/// Counts what goes through it. It stands below `RetryingExchange`, so that each attempt counts.
package struct CountingExchange: Exchange {
    private let inner: any Exchange
    private let count: RequestCount

    /// Counts the requests to `inner`.
    package init(_ inner: any Exchange, count: RequestCount) {
        self.inner = inner
        self.count = count
    }

    /// One request, counted when it is sent, whatever becomes of it.
    package func send(_ request: Request) async throws(PortFailure) -> Response {
        count.increment()
        return try await inner.send(request)
    }
    /// One request, counted when it is sent.
    package func open(_ request: Request) async throws(PortFailure) -> StreamedResponse {
        count.increment()
        return try await inner.open(request)
    }

    /// One request, counted when it is sent.
    package func send(
        _ request: Request, body: ByteStream, bytes: Int
    ) async throws(PortFailure) -> Response {
        count.increment()
        return try await inner.send(request, body: body, bytes: bytes)
    }
}
