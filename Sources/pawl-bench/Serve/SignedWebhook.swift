import Crypto
import NIOCore

/// A webhook that is sent again and again, each time as another delivery: the signature is of the
/// body alone.
struct SignedWebhook: Sendable {
    static let secret = "a webhook secret of the benchmark"
    /// GitHub's `workflow_run` has some 12 kB.
    static let usualBytes = 12_000

    let body: [UInt8]
    let signature: String
    private let fields: String

    /// A webhook with the right signature, or with one by another secret.
    init(_ body: [UInt8], isForged: Bool = false) {
        self.body = body
        let key = SymmetricKey(data: Array((isForged ? "guessed" : Self.secret).utf8))
        let code = HMAC<SHA256>.authenticationCode(for: body, using: key).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        signature = "sha256=" + code.joined()
        fields =
            "POST /webhooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: GitHub-Hookshot\r\n"
            + "Accept: */*\r\nContent-Type: application/json\r\nX-GitHub-Event: workflow_run\r\n"
            + "X-Hub-Signature-256: \(signature)\r\nContent-Length: \(body.count)\r\n"
    }

    /// An event made as long as GitHub's, by a member that nobody reads.
    static func lengthened(_ event: [UInt8]) -> [UInt8] {
        let opening = #","organization":{"description":""#
        let missing = usualBytes - event.count - opening.utf8.count - 3
        guard missing > 0, event.last == UInt8(ascii: "}") else { return event }
        let filling = [UInt8](repeating: UInt8(ascii: "x"), count: missing)
        return event.dropLast() + Array(opening.utf8) + filling + Array(#""}}"#.utf8)
    }

    /// The request's bytes.
    func write(as delivery: String, into buffer: inout ByteBuffer) {
        buffer.writeString(fields)
        buffer.writeString("X-GitHub-Delivery: \(delivery)\r\n\r\n")
        buffer.writeBytes(body)
    }

    /// The request as far as a slow client comes: its header without the end, or its header alone.
    func beginning(isWholeHeader: Bool) -> String {
        isWholeHeader ? fields + "X-GitHub-Delivery: slow\r\n\r\n" : fields
    }
}
