import PawlCore
import PawlHTTP
import PawlImages
import PawlPorts

/// Fetches tokens (distribution, "Token Authentication Specification").
struct TokenService: Sendable {
    /// A token and until when it is used.
    struct Token: Sendable {
        let value: String
        let until: Instant
    }

    /// A refusal of the service itself.
    enum Refused: Error {
        /// It will not grant these scopes to this credential: 400, 401, 403, 404.
        case scopes(Response)
        /// Anything else.
        case failure(PortFailure)
    }

    /// The spec's default, and the least that clients must reckon with.
    private static let lifeMin = Duration.seconds(60)

    let exchange: any Exchange
    let clock: Clock
    let realm: Realm
    let service: String?
    let credential: Credential

    /// One request for all scopes. Fewer actions than were asked for are no error.
    func token(for scopes: [String]) async throws(Refused) -> Token {
        let response = try await answer(for: scopes)
        switch response.status {
        case 200..<300: return try token(in: response)
        case 400, 401, 403, 404: throw .scopes(response)
        default: throw .failure(failure(response))
        }
    }

    private func answer(for scopes: [String]) async throws(Refused) -> Response {
        guard case .identityToken(let user, let token) = credential else {
            return try await send(get(scopes, basic: basic))
        }
        let response = try await send(post(scopes, refreshToken: token))
        // Services without OAuth 2 take the refresh token as the account's password.
        guard response.status == 404 || response.status == 405 else { return response }
        return try await send(get(scopes, basic: "Basic " + base64(Array("\(user):\(token)".utf8))))
    }

    private var basic: String? {
        guard case .password(let user, let password) = credential else { return nil }
        return "Basic " + base64(Array("\(user):\(password)".utf8))
    }

    private func get(_ scopes: [String], basic: String?) -> Request {
        var items = ["client_id=pawl"]
        if let service { items.append("service=\(percentEncoded(service))") }
        items += scopes.map { "scope=\(percentEncoded($0))" }
        let mark = realm.address.target.contains("?") ? "&" : "?"
        return Request(
            .get, realm.address.description + mark + items.joined(separator: "&"),
            headers: [("Accept", "application/json")]
                + (basic.map { [("Authorization", $0)] } ?? []),
            answerBytesMax: Limits.tokenBytesMax)
    }

    private func post(_ scopes: [String], refreshToken: String) -> Request {
        var items = ["grant_type=refresh_token", "client_id=pawl"]
        if let service { items.append("service=\(percentEncoded(service))") }
        items.append("scope=\(percentEncoded(scopes.joined(separator: " ")))")
        items.append("refresh_token=\(percentEncoded(refreshToken))")
        return Request(
            .post, realm.address.description,
            headers: [
                ("Accept", "application/json"),
                ("Content-Type", "application/x-www-form-urlencoded"),
            ],
            body: Array(items.joined(separator: "&").utf8), answerBytesMax: Limits.tokenBytesMax)
    }

    private func send(_ request: Request) async throws(Refused) -> Response {
        do throws(PortFailure) {
            return try await exchange.send(request)
        } catch {
            throw .failure(error)
        }
    }

    /// Either of two names may hold the token; its life counts from its receipt, because the
    /// service's clock may be wrong.
    private func token(in response: Response) throws(Refused) -> Token {
        let document = try? JSON(response.body)
        let values = ["token", "access_token"].compactMap {
            ((try? document?.member($0)) ?? nil)?.string
        }
        guard let value = values.first(where: { !$0.isEmpty }),
            value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw .failure(
                PortFailure(
                    code: .garbled, subject: realm.address.authority,
                    detail: "the token service answered \(response.status) without a token"))
        }
        let seconds = ((try? document?.member("expires_in")) ?? nil)?.integer ?? 0
        let life = max(Self.lifeMin, .seconds(min(seconds, 86400)))
        // A tenth is kept for the way and for clocks that run apart.
        return Token(value: value, until: clock.now() + life * 9 / 10)
    }

    private func failure(_ response: Response) -> PortFailure {
        let answer = RegistryAnswer(response)
        let code: PortFailure.Code =
            answer.isRateLimit ? .throttled : answer.status >= 500 ? .serverFailed : .garbled
        return PortFailure(
            code: code, subject: realm.address.authority,
            detail: "the token service answered \(answer.words)")
    }
}
