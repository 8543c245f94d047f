import PawlCore
import PawlHTTP
import Synchronization

/// A server made of one function. It keeps what it was asked.
final class ScriptedExchange: Exchange {
    private let script: @Sendable (Request) throws(PortFailure) -> Response
    private let kept = Mutex<[Request]>([])

    init(_ script: @escaping @Sendable (Request) throws(PortFailure) -> Response) {
        self.script = script
    }

    /// The same answer to everything.
    convenience init(
        _ status: Int, _ headers: [(name: String, value: String)] = [], _ body: [UInt8]
    ) {
        self.init { _ in Response(status: status, headers: headers, body: body) }
    }

    /// Everything that it was asked.
    var requests: [Request] { kept.withLock { $0 } }

    func send(_ request: Request) async throws(PortFailure) -> Response {
        kept.withLock { $0.append(request) }
        return try script(request)
    }
}
