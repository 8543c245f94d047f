import CryptoExtras
import FoundationEssentials
package import PawlCore
import Synchronization

extension GitHubDouble {
    /// Installs an App in the repository, which becomes private. `publicKey` is in PEM; `now` is
    /// the server's clock, by which assertions and tokens are judged.
    package func installApp(
        id: Int64 = 12345, clientID: String = "Iv23liAbCdEf", publicKey: String,
        now: @escaping @Sendable () -> Instant
    ) {
        state.withLock { state in
            state.app = GitHubAppRecord(
                id: id, clientID: clientID, publicKey: publicKey, installation: state.nextID(),
                now: now)
        }
    }

    /// Changes the App: uninstalls or suspends it.
    package func changeApp(_ body: (inout GitHubAppRecord) -> Void) {
        state.withLock { state in
            guard var app = state.app else { return }
            body(&app)
            state.app = app
        }
    }

    /// An event was sent to the App's webhook, which answered with that status.
    package func deliver(
        _ guid: String, event: String = "workflow_run", status: Int64, at moment: Instant,
        payload: GitHubJSON
    ) {
        state.withLock { state in
            let delivery = GitHubDelivery(
                id: state.nextID(), guid: guid, event: event, status: status, at: moment,
                payload: payload)
            state.app?.deliveries.append(delivery)
        }
    }

    /// Takes back every token that the installation was given.
    package func revokeTokens() { changeApp { $0.tokens = [:] } }

    /// Tokens that the installation was given and that were not taken back.
    package var tokens: [String] { state.withLock { $0.app?.tokens.keys.sorted() ?? [] } }

    /// A token of today's form: much longer than those of old, with dots.
    func issueToken() -> (token: String, end: Instant)? {
        state.withLock { state in
            guard var app = state.app else { return nil }
            let token =
                "ghs_\(app.id)_eyJhbGciOiJFUzI1NiJ9.\(String(repeating: "Zm9v", count: 80))."
                + "c2lnbmF0dXJl\(state.nextID())"
            let end = app.now() + .seconds(3600)
            app.tokens[token] = end
            state.app = app
            return (token, end)
        }
    }
}

extension GitHubAnswers {
    /// What an App may ask in its own name.
    enum AppQuestion {
        case installation
        case token(installation: String)
        case deliveries
        case delivery(String)
    }

    func appQuestion(_ request: RecordedRequest) -> AppQuestion? {
        guard request.path.hasPrefix(basePath) else { return nil }
        let words = request.path.dropFirst(basePath.count).split(separator: "/").map(String.init)
        if request.method == "GET", words.count == 4, words[0] == "repos",
            "\(words[1])/\(words[2])".lowercased() == state.fullName.lowercased(),
            words[3] == "installation"
        {
            return .installation
        }
        if request.method == "POST", words.count == 4, words[0] == "app",
            words[1] == "installations", words[3] == "access_tokens"
        {
            return .token(installation: words[2])
        }
        if request.method == "GET", words.starts(with: ["app", "hook", "deliveries"]) {
            return words.count == 4 ? .delivery(words[3]) : .deliveries
        }
        return nil
    }

    /// The answer to an App that speaks for itself. A granted token is put in by who keeps them.
    func answerToApp(_ request: RecordedRequest) -> CannedResponse? {
        guard let question = appQuestion(request) else { return nil }
        guard let app = state.app else { return Self.notFound }
        if let complaint = complaint(about: request.header("Authorization") ?? "", app) {
            return complaint
        }
        switch question {
        case .installation:
            guard let id = app.installation else { return Self.notFound }
            return .github(200, installation(id, app))
        case .token(let installation):
            guard let id = app.installation, installation == String(id) else {
                return Self.notFound
            }
            if app.isSuspended {
                return .githubError(403, "This installation has been suspended")
            }
            let wanted = (try? JSONDecoder().decode(Wanted.self, from: Data(request.body)))?
                .repositories
            let name = state.fullName.split(separator: "/").last.map(String.init) ?? ""
            if let wanted, wanted != [name] {
                return .githubError(
                    422, "There is at least one repository that does not exist or is not accessible"
                )
            }
            return .github(201, [:])
        case .deliveries:
            return .github(200, .array(app.deliveries.reversed().map { delivery($0) }))
        case .delivery(let id):
            guard let found = app.deliveries.first(where: { String($0.id) == id }) else {
                return Self.notFound
            }
            return .github(200, delivery(found, isWhole: true))
        }
    }

    private func delivery(_ delivery: GitHubDelivery, isWhole: Bool = false) -> GitHubJSON {
        var members: [(String, GitHubJSON)] = [
            ("id", .number(delivery.id)), ("guid", .string(delivery.guid)),
            ("delivered_at", .string(delivery.at.timestamp)), ("redelivery", .bool(false)),
            ("duration", .number(1)),
            ("status", .string(delivery.status == 202 ? "OK" : "Invalid HTTP Response")),
            ("status_code", .number(delivery.status)), ("event", .string(delivery.event)),
            ("action", .string("completed")), ("installation_id", .number(1)),
            ("repository_id", .number(GitHubDouble.repositoryID)),
        ]
        if isWhole {
            members.append(("request", .object([("headers", [:]), ("payload", delivery.payload)])))
        }
        return .object(members)
    }

    func isInstallationToken(_ token: Substring) -> Bool {
        guard let app = state.app, !app.isSuspended, app.installation != nil,
            let end = app.tokens[String(token)]
        else { return false }
        return end > app.now()
    }

    func granted(_ token: String, until end: Instant) -> GitHubJSON {
        [
            "token": .string(token), "expires_at": .string(end.timestamp),
            "permissions": ["actions": "read", "contents": "read", "metadata": "read"],
            "repository_selection": "selected",
            "repositories": [
                repository(state.fullName, id: GitHubDouble.repositoryID, isFork: false)
            ],
        ]
    }

    private func installation(_ id: Int64, _ app: GitHubAppRecord) -> GitHubJSON {
        [
            "id": .number(id), "account": user("acme"), "repository_selection": "selected",
            "access_tokens_url": .string("\(api)/app/installations/\(id)/access_tokens"),
            "repositories_url": .string("\(api)/installation/repositories"),
            "html_url": .string("https://github.example/settings/installations/\(id)"),
            "app_id": .number(app.id), "client_id": .string(app.clientID), "target_id": 1,
            "target_type": "Organization", "permissions": ["contents": "read"], "events": [],
            "created_at": .string(GitHubDouble.beginning.timestamp),
            "updated_at": .string(GitHubDouble.beginning.timestamp), "single_file_name": nil,
            "app_slug": "promoter", "suspended_by": nil, "suspended_at": nil,
        ]
    }

    private struct Wanted: Decodable {
        let repositories: [String]?
    }
}

extension GitHubAnswers {
    private struct Header: Decodable {
        let alg: String
    }
    private struct Claims: Decodable {
        let iat: Int64
        let exp: Int64
        let iss: String
    }

    /// GitHub's refusal of an assertion; `nil` for a good one.
    private func complaint(about header: String, _ app: GitHubAppRecord) -> CannedResponse? {
        let undecoded = CannedResponse.githubError(
            401, "A JSON web token could not be decoded")
        guard header.hasPrefix("Bearer ") else { return undecoded }
        let parts = header.dropFirst(7).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Self.decoded(parts[0]),
            let body = Self.decoded(parts[1]), let signature = Self.decoded(parts[2]),
            let alg = try? JSONDecoder().decode(Header.self, from: head).alg, alg == "RS256",
            let claims = try? JSONDecoder().decode(Claims.self, from: body),
            let key = try? _RSA.Signing.PublicKey(pemRepresentation: app.publicKey)
        else { return undecoded }
        guard claims.iss == String(app.id) || claims.iss == app.clientID else {
            return .githubError(404, "Integration not found")
        }
        guard
            key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature),
                for: Data("\(parts[0]).\(parts[1])".utf8), padding: .insecurePKCS1v1_5)
        else { return undecoded }
        let now = app.now().millisecondsSinceEpoch / 1000
        if claims.iat > now {
            return .githubError(
                401,
                "'Issued at' claim ('iat') must be an Integer representing the time that the "
                    + "assertion was issued")
        }
        if claims.exp <= now {
            return .githubError(
                401,
                "'Expiration time' claim ('exp') must be a numeric value representing the future "
                    + "time at which the assertion expires")
        }
        if claims.exp > now + 600 || claims.exp > claims.iat + 600 {
            return .githubError(
                401, "'Expiration time' claim ('exp') is too far in the future")
        }
        return nil
    }

    private static func decoded(_ text: Substring) -> Data? {
        let usual = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        let padding = String(repeating: "=", count: (4 - usual.count % 4) % 4)
        return text.contains("=") ? nil : Data(base64Encoded: usual + padding)
    }
}

extension Instant {
    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
    var httpDate: String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let parts = timestamp.split { "-TZ".contains($0) }.map(String.init)
        let day = days[Int(millisecondsSinceEpoch / 86_400_000 % 7)]
        return "\(day), \(parts[2]) \(months[(Int(parts[1]) ?? 1) - 1]) \(parts[0]) \(parts[3]) GMT"
    }
}
