import CryptoExtras
import FoundationEssentials
import PawlCore
import PawlHTTP

/// A GitHub App: its name for itself, and the key that proves it.
package struct GitHubApp: Sendable, CustomStringConvertible {
    /// Why an id or a key cannot be used. It never holds any of either.
    package enum Malformed: Error, Hashable, Sendable {
        /// Neither an App's number nor a client id.
        case identifier
        /// A key that asks for a password.
        case encrypted
        /// No RSA private key of at least 2048 bits in PEM.
        case key
    }

    /// GitHub refuses assertions of the future; its clock and this one may differ a little.
    static let backdated = Duration.seconds(60)
    /// GitHub: at most ten minutes, counted by its own clock.
    static let life = Duration.seconds(540)

    private let identifier: String
    private let key: _RSA.Signing.PrivateKey

    /// `identifier` is the App's id or its client id; `privateKey` the PEM file that GitHub gives
    /// for download (PKCS#1), or the same key as PKCS#8.
    package init(identifier: String, privateKey: some StringProtocol) throws(Malformed) {
        let words = identifier.split(whereSeparator: \.isWhitespace)
        let identifier = words.joined(separator: " ")
        guard !identifier.isEmpty,
            identifier.utf8.allSatisfy({ byte in
                Self.identifierBytes.contains(byte)
            })
        else { throw .identifier }
        guard !privateKey.contains("ENCRYPTED") else { throw .encrypted }
        do {
            key = try _RSA.Signing.PrivateKey(pemRepresentation: String(privateKey))
        } catch {
            throw .key
        }
        self.identifier = identifier
    }

    /// The App, without its key.
    package var description: String { "GitHub App \(identifier)" }

    /// What the App shows in place of a token (RFC 7519, signed by RS256); `nil` if it could not be
    /// signed. `now` is the time by GitHub's clock.
    func assertion(at now: Instant) -> String? {
        let claims =
            "{\"iat\":\((now - Self.backdated).seconds),"
            + "\"exp\":\((now + Self.life).seconds),\"iss\":\"\(identifier)\"}"
        let signed =
            urlSafe(Array(#"{"alg":"RS256","typ":"JWT"}"#.utf8)) + "."
            + urlSafe(Array(claims.utf8))
        guard
            let signature = try? key.signature(
                for: Data(signed.utf8), padding: .insecurePKCS1v1_5)
        else { return nil }
        return "\(signed).\(urlSafe(Array(signature.rawRepresentation)))"
    }

    private static let identifierBytes = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-".utf8)
}

/// Base64 for addresses, without padding (RFC 7515, appendix C).
private func urlSafe(_ bytes: [UInt8]) -> String {
    String(
        base64(bytes).compactMap { character -> Character? in
            switch character {
            case "+": "-"
            case "/": "_"
            case "=": nil
            default: character
            }
        })
}

extension Instant {
    fileprivate static func - (moment: Self, duration: Duration) -> Self {
        moment + (.zero - duration)
    }

    fileprivate var seconds: Int64 { millisecondsSinceEpoch / 1000 }
}
