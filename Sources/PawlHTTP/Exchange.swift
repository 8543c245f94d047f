package import PawlCore
package import PawlPorts

/// One HTTP request to one absolute address.
package struct Request: Sendable {
    /// The methods that Pawl uses.
    package enum Method: String, Hashable, Sendable { case get, head, put, post, patch }

    /// How.
    package var method: Method
    /// Absolute `https://` or `http://` address, already escaped.
    package var url: String
    /// Names in any case, one line each.
    package var headers: [(name: String, value: String)]
    /// Empty for none.
    package var body: [UInt8]
    /// The answer's body is refused beyond this many bytes, while it streams.
    package var answerBytesMax: Int
    /// Whether sending it again does no harm when the answer to it was lost. A write that somebody
    /// else's write may have followed says no, and its caller looks before it repeats.
    package var isRepeatable: Bool

    /// A request in full.
    package init(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = [], answerBytesMax: Int, isRepeatable: Bool = true
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.answerBytesMax = answerBytesMax
        self.isRepeatable = isRepeatable
    }
}

/// A whole answer, of any status.
package struct Response: Sendable {
    /// 100 to 599.
    package let status: Int
    /// As received, in order.
    package let headers: [(name: String, value: String)]
    /// Whole and bounded.
    package let body: [UInt8]

    /// An answer in full.
    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, whatever its case.
    package func header(_ name: String) -> String? { all(name).first }

    /// Every header of that name, whatever its case, in order.
    package func all(_ name: String) -> [String] {
        let name = name.lowercased()
        return headers.compactMap { $0.name.lowercased() == name ? $0.value : nil }
    }
}

/// Sends one request and gives the whole answer, of any status. Redirects are never followed.
///
/// Throws `timedOut`, `unreachable` or `tooLarge`; its failures' subject is the host alone.
package protocol Exchange: Sendable {
    /// One attempt, or several, as the conforming type says.
    func send(_ request: Request) async throws(PortFailure) -> Response

    /// One attempt; the body of a 200 is taken in pieces.
    func open(_ request: Request) async throws(PortFailure) -> StreamedResponse

    /// One attempt; the request's body is given in pieces.
    func send(
        _ request: Request, body: ByteStream, bytes: Int
    ) async throws(PortFailure) -> Response
}

extension Response {
    /// Whether it is a rate limit, in a 429 or in the guise of a 403.
    package var isRateLimited: Bool {
        status == 429 || (status == 403 && ServerPause.isRateLimit(self))
    }
}
