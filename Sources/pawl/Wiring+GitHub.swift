import PawlCore
import PawlGitHub
import PawlHTTP
import PawlReport

// How GitHub is reached, and in whose name.

extension Wiring {
    /// The host, once with answers remembered so that a repeated question costs nothing, and once
    /// without, both in the same name.
    func gitHubHosts(
        _ exchange: RetryingExchange
    ) throws(WrongUse) -> (remembering: GitHubHost, plain: GitHubHost) {
        let remembering = ConditionalExchange(exchange)
        let address = try gitHubAddress()
        let credentials = try gitHubCredentials(remembering, address)
        func host(_ exchange: any Exchange) -> GitHubHost {
            GitHubHost(
                exchange: exchange, address: address, repository: policy.repository,
                credentials: credentials, userAgent: Version.userAgent)
        }
        return (host(remembering), host(exchange))
    }

    func gitHubAddress() throws(WrongUse) -> GitHubAddress {
        do {
            return try GitHubAddress(value("GITHUB_API_URL") ?? "https://api.github.com")
        } catch {
            throw WrongUse(
                "GITHUB_API_URL is not an address that can be used.",
                advice: "Give https://HOST/api/v3; plain HTTP is for this machine only.")
        }
    }

    /// A GitHub App where one is named, else a token, else nobody.
    private func gitHubCredentials(
        _ exchange: any Exchange, _ address: GitHubAddress
    ) throws(WrongUse) -> GitHubCredentials {
        guard let app = try gitHubApp() else {
            return .token(value("GITHUB_TOKEN") ?? value("GH_TOKEN"))
        }
        return .app(
            app, in: policy.repository, exchange: exchange, address: address, clock: .system,
            userAgent: Version.userAgent)
    }

    /// The App that is named; `nil` if none is.
    func gitHubApp() throws(WrongUse) -> GitHubApp? {
        let identifier = value("PAWL_GITHUB_APP_ID")
        let keyFile = value("PAWL_GITHUB_APP_KEY_FILE")
        guard identifier != nil || keyFile != nil else { return nil }
        guard let identifier, let keyFile else {
            let missing =
                identifier == nil ? "PAWL_GITHUB_APP_ID" : "PAWL_GITHUB_APP_KEY_FILE"
            throw WrongUse(
                "\(missing) is not set.",
                advice: "A GitHub App needs both its id and the file of its private key.")
        }
        return try gitHubApp(identifier, keyFile)
    }

    private func gitHubApp(
        _ identifier: String, _ keyFile: String
    ) throws(WrongUse) -> GitHubApp {
        let key: [UInt8]
        do throws(Files.Failure) {
            key = try Files.read(keyFile, bytesMax: Limits.policyBytesMax)
        } catch {
            throw WrongUse("PAWL_GITHUB_APP_KEY_FILE cannot be read: \(error.text).")
        }
        do throws(GitHubApp.Malformed) {
            return try GitHubApp(
                identifier: identifier, privateKey: String(decoding: key, as: UTF8.self))
        } catch {
            switch error {
            case .identifier:
                throw WrongUse(
                    "PAWL_GITHUB_APP_ID is not the id of a GitHub App.",
                    advice: "Give the App's id or its client id, as its settings show them.")
            case .encrypted:
                throw WrongUse(
                    "PAWL_GITHUB_APP_KEY_FILE is encrypted: \(keyFile).",
                    advice: "Give the key as GitHub gives it for download, without a password.")
            case .key:
                throw WrongUse(
                    "PAWL_GITHUB_APP_KEY_FILE is not an RSA private key in PEM: \(keyFile).",
                    advice: "Give the file that GitHub gives for download (BEGIN RSA PRIVATE KEY).")
            }
        }
    }

    /// A variable that is there and not empty.
    private func value(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
