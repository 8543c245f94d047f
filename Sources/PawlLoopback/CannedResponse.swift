/// What a loopback server answers, down to how the connection ends.
package struct CannedResponse: Sendable {
    /// How much of the answer is sent.
    package enum Ending: Hashable, Sendable {
        /// All of it; the connection is kept.
        case whole
        /// All of it; the connection is closed after it without a word that it would be.
        case closesAfterwards
        /// Nothing: the connection is closed instead.
        case dropsBeforeAnswer
        /// Status and headers and half of the body, then the connection is closed.
        case dropsInBody
        /// The body again and again, without a length, until the client gives up.
        case endless
        /// Nothing, and the connection stays open until the client gives up.
        case never
    }

    /// 100 to 599.
    package var status: Int
    /// Sent as they are. `Content-Length` is added if it is missing.
    package var headers: [(name: String, value: String)]
    /// Not sent to a HEAD request, but counted in `Content-Length`.
    package var body: [UInt8]
    /// `whole` unless said otherwise.
    package var ending: Ending

    /// An answer in full.
    package init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        ending: Ending = .whole
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.ending = ending
    }

    /// An answer with a body of this media type.
    package init(status: Int, contentType: String, text: String) {
        self.init(
            status: status, headers: [("Content-Type", contentType)], body: Array(text.utf8))
    }

    /// A JSON answer.
    package static func json(_ text: String, status: Int = 200) -> Self {
        Self(status: status, contentType: "application/json", text: text)
    }
}
