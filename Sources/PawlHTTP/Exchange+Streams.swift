package import PawlCore
package import PawlPorts

/// An answer whose body is taken in pieces.
package struct StreamedResponse: Sendable {
    /// Status and headers; the body too where the status is not 200.
    package let head: Response
    /// The body of a 200.
    package let body: ByteStream

    /// An answer by its parts.
    package init(head: Response, body: ByteStream) {
        self.head = head
        self.body = body
    }
}

extension Exchange {
    /// One attempt whose answer is taken in pieces if it is a 200; any other answer is read whole,
    /// within the request's bound. The pieces of a 200 have no bound: whoever takes them knows how
    /// many bytes are due.
    package func open(_ request: Request) async throws(PortFailure) -> StreamedResponse {
        throw .notStreamed(request)
    }

    /// One attempt whose body is given in pieces, `bytes` in all. A stream that fails ends the
    /// request before the server could take it for whole, and its failure is the one thrown.
    package func send(
        _ request: Request, body: ByteStream, bytes: Int
    ) async throws(PortFailure) -> Response {
        throw .notStreamed(request)
    }
}

extension PortFailure {
    fileprivate static func notStreamed(_ request: Request) -> PortFailure {
        PortFailure(
            code: .unsupported, subject: Address(request.url)?.authority ?? "a request",
            detail: "bodies are not sent in pieces here")
    }
}
