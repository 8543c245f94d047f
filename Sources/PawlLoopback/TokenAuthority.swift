import Synchronization

/// A token service and the registry's memory of what it granted (distribution, "Token
/// Authentication Specification").
package final class TokenAuthority: Sendable {
    /// What becomes of a request with several scopes; services differ.
    package enum Scopes: Hashable, Sendable { case all, firstOnly, lastOnly, refused }

    private struct State: Sendable {
        var granted: [String: Set<String>] = [:]
        var revoked: Set<String> = []
        var readOnly: Set<String> = []
        var hidden: Set<String> = []
    }

    /// The account that may do everything; anybody may pull from what is not hidden.
    package let user: String
    /// Its password.
    package let password: String
    /// A refresh token of the same account.
    package let identityToken: String
    /// How several scopes are taken.
    package let scopes: Scopes
    /// Seconds; `nil` leaves the word out of the answer.
    package let expiresIn: Int?
    /// Which member of the answer holds the token.
    package let tokenName: String
    private let state = Mutex(State())

    /// A service with one account.
    package init(
        user: String = "robot", password: String = "hunter2", identityToken: String = "refresh",
        scopes: Scopes = .all, expiresIn: Int? = 300, tokenName: String = "token"
    ) {
        self.user = user
        self.password = password
        self.identityToken = identityToken
        self.scopes = scopes
        self.expiresIn = expiresIn
        self.tokenName = tokenName
    }

    /// Tokens given so far.
    package var count: Int { state.withLock { $0.granted.count } }

    /// Every token given so far is worth nothing from now on.
    package func revokeAll() { state.withLock { $0.revoked = Set($0.granted.keys) } }

    /// The account may not push there.
    package func forbidPush(to path: String) { state.withLock { _ = $0.readOnly.insert(path) } }

    /// The account may not see it.
    package func hide(_ path: String) { state.withLock { _ = $0.hidden.insert(path) } }

    /// The answer to a token request.
    package func answer(_ request: RecordedRequest) -> CannedResponse {
        guard isKnown(request) else {
            return .json(
                #"{"errors":[{"code":"UNAUTHORIZED","message":"incorrect username or password"}]}"#,
                status: 401)
        }
        let items = request.method == "POST" ? request.form : request.query
        var asked = items.filter { $0.name == "scope" }.flatMap {
            $0.value.split(separator: " ").map(String.init)
        }
        if asked.count > 1 {
            switch scopes {
            case .all: break
            case .firstOnly: asked = Array(asked.prefix(1))
            case .lastOnly: asked = Array(asked.suffix(1))
            case .refused:
                return .json(
                    #"{"errors":[{"code":"DENIED","message":"one scope at a time"}]}"#, status: 403)
            }
        }
        let isAnonymous = request.header("Authorization") == nil && request.method == "GET"
        let token = state.withLock { state in
            let token = "token-\(state.granted.count + 1)"
            state.granted[token] = Set(
                asked.flatMap { Self.grants($0, state, isAnonymous: isAnonymous) })
            return token
        }
        let life = expiresIn.map { ",\"expires_in\":\($0)" } ?? ""
        return .json("{\"\(tokenName)\":\"\(token)\"\(life)}")
    }

    /// Whether an `Authorization` header lets an action be done.
    package func allows(_ header: String?, _ action: String, on path: String) -> Bool {
        guard let header, header.hasPrefix("Bearer ") else { return false }
        let token = String(header.dropFirst(7))
        return state.withLock { state in
            !state.revoked.contains(token)
                && state.granted[token]?.contains("\(path):\(action)") == true
        }
    }

    private func isKnown(_ request: RecordedRequest) -> Bool {
        if request.method == "POST" {
            return request.form.contains { $0 == ("grant_type", "refresh_token") }
                && request.form.contains { $0 == ("refresh_token", identityToken) }
        }
        guard let header = request.header("Authorization") else { return true }
        return header == Self.basic(user, password)
    }

    private static func grants(
        _ scope: String, _ state: State, isAnonymous: Bool
    ) -> [String] {
        guard scope.hasPrefix("repository:"), let colon = scope.lastIndex(of: ":") else {
            return []
        }
        let path = String(scope[scope.index(scope.startIndex, offsetBy: 11)..<colon])
        if state.hidden.contains(path) { return [] }
        let actions = scope[scope.index(after: colon)...].split(separator: ",")
        return actions.filter {
            $0 == "pull" || !(isAnonymous || state.readOnly.contains(path))
        }.map { "\(path):\($0)" }
    }

    /// The header of HTTP's Basic scheme.
    package static func basic(_ user: String, _ password: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        var rest = Array("\(user):\(password)".utf8)[...]
        while !rest.isEmpty {
            let group = rest.prefix(3)
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for position in 0..<4 {
                text.append(
                    position <= group.count ? alphabet[bits >> (18 - 6 * position) & 63] : "=")
            }
            rest = rest.dropFirst(3)
        }
        return "Basic \(text)"
    }
}
