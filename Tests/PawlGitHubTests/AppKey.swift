import PawlLoopback

/// Keys that `openssl` makes for one run of the tests.
struct AppKey: Sendable {
    /// As GitHub gives it for download.
    let pkcs1: String
    let pkcs8: String
    let publicKey: String
    /// The same key, asking for a password.
    let encrypted: String
    /// RSA, but too short.
    let short: String
    /// No RSA key.
    let elliptic: String
    /// Another App's key.
    let other: String

    /// Made once, because it takes a while.
    static var shared: AppKey {
        get async throws { try await made.value }
    }

    private static let made = Task { () throws -> AppKey in
        let box = Folder()
        var key: AppKey?
        try await DistributionServer.withFolder { folder in
            key = try await box.keys(in: folder)
        }
        guard let key else { throw NoKey() }
        return key
    }

    private struct NoKey: Error {}

    private struct Folder: Sendable {
        func keys(in folder: String) async throws -> AppKey {
            func openssl(_ arguments: [String]) async throws -> String {
                String(
                    decoding: try await DistributionServer.output(of: "openssl", arguments),
                    as: UTF8.self)
            }
            let path = "\(folder)/key.pem"
            try DistributionServer.write(try await openssl(["genrsa", "2048"]), to: path)
            return AppKey(
                pkcs1: try await openssl(["rsa", "-in", path, "-traditional"]),
                pkcs8: try await openssl(["pkcs8", "-topk8", "-nocrypt", "-in", path]),
                publicKey: try await openssl(["rsa", "-in", path, "-pubout"]),
                encrypted: try await openssl([
                    "pkcs8", "-topk8", "-in", path, "-passout", "pass:secret",
                ]),
                short: try await openssl(["genrsa", "1024"]),
                elliptic: try await openssl([
                    "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
                ]),
                other: try await openssl(["genrsa", "2048"]))
        }
    }
}
