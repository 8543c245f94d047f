/// Why the outside world gave no usable answer. The one failure type of every port.
package struct PortFailure: Error, Hashable, Sendable {
    /// A stable word for what happened. It never holds outside data.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// No answer within the time allowed.
        case timedOut = "timed-out"
        /// No connection, or it broke.
        case unreachable
        /// The server is asking for patience (429, or a rate limit in a 403).
        case throttled
        /// 401, 403, or a 404 that may hide a missing permission.
        case denied
        /// A permanent refusal of a write that is not about permission: 405, 413, a policy.
        case refused
        /// The registry keeps the tag from being moved at all.
        case immutable
        /// The server failed (5xx) until the attempts were used up.
        case serverFailed = "server-failed"
        /// An answer that is not what the protocol says.
        case garbled
        /// Content that does not have the digest that was asked for.
        case mismatched
        /// More bytes than `Limits` allows.
        case tooLarge = "too-large"
        /// The thing asked about is not there, where its absence is no answer to the question.
        case missing
        /// No room left to write: a full disk.
        case full
        /// Somebody else holds the thing: a locked file, a second writer.
        case busy
        /// More than one answer fits.
        case ambiguous
        /// Credentials that would have to be sent to a host not named for them.
        case untrusted
        /// Something in the world that this version does not handle.
        case unsupported
        /// The question was not asked, because an earlier answer ended the judging.
        case notAsked = "not-asked"
    }

    /// What happened, as a stable word.
    package let code: Code
    /// What was asked, and of whom: `ghcr.io/acme/app:latest`, `runs of 1a2b3c4`.
    package let subject: String
    /// What was answered, for a person; outside text in it is not escaped yet. Credentials and
    /// query strings are cut before they get here.
    package let detail: String
    /// What a person can do, if the adapter knows more than the reason's own advice.
    package let advice: String?

    /// A failure in full. What is quoted may end in a period; a clause does not.
    package init(code: Code, subject: String, detail: String, advice: String? = nil) {
        self.code = code
        self.subject = subject
        var detail = detail[...]
        while detail.hasSuffix(".") || detail.hasSuffix(" ") { detail.removeLast() }
        self.detail = String(detail)
        self.advice = advice
    }

    /// The answer to a question that was not asked.
    package static let notAsked = PortFailure(
        code: .notAsked, subject: "", detail: "not asked")

    /// Whether repeating the same request later cannot help: a write refused for good.
    package var isPermanent: Bool {
        switch code {
        case .denied, .refused, .immutable, .tooLarge, .unsupported, .untrusted: true
        case .timedOut, .unreachable, .throttled, .serverFailed, .garbled, .mismatched, .missing,
            .full, .busy, .ambiguous, .notAsked:
            false
        }
    }
}
