import Crypto
package import PawlCore

/// The signature that GitHub's webhooks bear too, so that receivers verify both in the same way.
package enum WebhookSignature {
    /// `sha256=` and the HMAC-SHA256 of the raw body in lower-case hex, under the secret's UTF-8.
    package static func value(of body: [UInt8], under secret: Secret) -> String {
        let key = SymmetricKey(data: Array(secret.exposed.utf8))
        let digits = Array("0123456789abcdef".utf8)
        var text = Array("sha256=".utf8)
        for byte in HMAC<SHA256>.authenticationCode(for: body, using: key) {
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
