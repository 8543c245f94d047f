import Crypto
package import PawlCore

/// The secrets that GitHub may sign with: more than one while one takes over from another.
package struct WebhookSecrets: Sendable {
    private static let prefix = "sha256="

    private let keys: [SymmetricKey]

    /// Secrets in full; none of them empty.
    package init(_ secrets: [Secret]) {
        keys = secrets.map { SymmetricKey(data: Array($0.exposed.utf8)) }
    }

    /// The code of a well-formed `X-Hub-Signature-256`: 32 bytes in lower-case hex.
    static func code(of header: String) -> [UInt8]? {
        guard header.hasPrefix(prefix) else { return nil }
        let digits = Array(header.utf8.dropFirst(prefix.utf8.count))
        guard digits.count == 64 else { return nil }
        var code: [UInt8] = []
        code.reserveCapacity(32)
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = value(of: digits[index]), let low = value(of: digits[index + 1]) else {
                return nil
            }
            code.append(high << 4 | low)
        }
        return code
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// Whether one of the secrets gives this code for the bytes. Codes are compared in constant
    /// time (CryptoKit's own comparison), and every secret is tried.
    func sign(_ bytes: [UInt8], as code: [UInt8]) -> Bool {
        keys.reduce(false) { found, key in
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: bytes, using: key) || found
        }
    }
}
