import Crypto
package import PawlCore

/// The signature that GitHub's webhooks bear too, so that receivers verify both in the same way.
package enum WebhookSignature {
    /// `sha256=` and the HMAC-SHA256 of the raw body in lower-case hex, under the secret's UTF-8.
    package static func value(of body: [UInt8], under secret: Secret) -> String {
        let key = SymmetricKey(data: Array(secret.exposed.utf8))
        return "sha256=" + hexDigits(of: HMAC<SHA256>.authenticationCode(for: body, using: key))
    }
}
