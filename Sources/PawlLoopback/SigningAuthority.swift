import Crypto
import FoundationEssentials

/// A token service that distribution 2.8 trusts: ES256, with its certificate in the token's header.
package final class SigningAuthority: Sendable {
    /// The account that may do everything; anybody may pull.
    package static let user = "robot"
    /// Its password.
    package static let password = "pass:word with blanks"

    /// What the server checks tokens with.
    package let certificatePath: String
    private let key: P256.Signing.PrivateKey
    private let certificate: String

    /// A key and a certificate, made by `openssl` in that folder.
    package init(in folder: String) async throws {
        certificatePath = "\(folder)/certificate.pem"
        let keyPath = "\(folder)/key.pem"
        _ = try await DistributionServer.output(
            of: "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-keyout", keyPath, "-out", certificatePath, "-days", "2", "-subj",
                "/CN=pawl-test",
            ])
        key = try P256.Signing.PrivateKey(
            pemRepresentation: try DistributionServer.read(keyPath))
        certificate = try DistributionServer.read(certificatePath).split(separator: "\n")
            .filter { !$0.hasPrefix("-----") }.joined()
    }

    /// The `auth:` part of the server's configuration.
    package func configuration(realm: String) -> String {
        """
        auth:
          token:
            realm: \(realm)
            service: registry.test
            issuer: pawl-test
            rootcertbundle: \(certificatePath)
        """
    }

    /// The answer to a token request.
    package func answer(_ request: RecordedRequest) -> CannedResponse {
        let known = TokenAuthority.basic(Self.user, Self.password)
        if let header = request.header("Authorization"), header != known {
            return .json(#"{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}"#, status: 401)
        }
        let mayPush = request.header("Authorization") == known
        let scopes = request.query.filter { $0.name == "scope" }.map(\.value)
        return .json(#"{"access_token":"\#(token(scopes, mayPush: mayPush))"}"#)
    }

    /// A token for these scopes, as the service would grant it.
    package func token(_ scopes: [String], mayPush: Bool) -> String {
        let access = scopes.compactMap { scope -> String? in
            let parts = scope.split(separator: ":").map(String.init)
            guard parts.count == 3 else { return nil }
            let actions = parts[2].split(separator: ",").filter { mayPush || $0 == "pull" }
                .map { "\"\($0)\"" }.joined(separator: ",")
            return "{\"type\":\"\(parts[0])\",\"name\":\"\(parts[1])\",\"actions\":[\(actions)]}"
        }
        let now = Int(Date().timeIntervalSince1970)
        let header = #"{"typ":"JWT","alg":"ES256","x5c":["\#(certificate)"]}"#
        let claims =
            #"{"iss":"pawl-test","sub":"robot","aud":"registry.test","exp":\#(now + 300),"#
            + #""nbf":\#(now - 10),"iat":\#(now),"jti":"1","#
            + #""access":[\#(access.joined(separator: ","))]}"#
        let signed = "\(urlSafe(Array(header.utf8))).\(urlSafe(Array(claims.utf8)))"
        guard let signature = try? key.signature(for: Data(signed.utf8)) else { return "" }
        return "\(signed).\(urlSafe(Array(signature.rawRepresentation)))"
    }

    private func urlSafe(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().filter { $0 != "=" }.map {
            $0 == "+" ? "-" : $0 == "/" ? "_" : "\($0)"
        }
        .joined()
    }
}
