import PawlCore
import PawlHTTP

/// One document of the form of Docker's `config.json` or podman's `auth.json`.
enum DockerConfig {
    /// What a document has for a repository.
    struct Entry {
        let credential: Credential?
        /// A helper's program that the document names for the registry.
        let helper: String?
    }

    /// Names under which Docker Hub's credentials are kept.
    private static let hubNames = ["docker.io", "index.docker.io", "registry-1.docker.io"]

    /// Looks a repository up, the most specific key first: `host/a/b`, `host/a`, `host`.
    static func entry(
        for repository: Repository, in bytes: [UInt8], named name: String
    ) throws(PortFailure) -> Entry {
        do throws(Broken) {
            guard let document = try? JSON(bytes), document.object != nil else {
                throw Broken(detail: "it is not a JSON object")
            }
            let hosts =
                repository.host == .dockerHub ? hubNames : [repository.host.description]
            let auths = try document.part("auths")?.object ?? []
            for wanted in keys(of: repository, hosts) {
                for member in auths where normalized(member.name) == wanted {
                    if let credential = try credential(member.value, key: member.name) {
                        return Entry(credential: credential, helper: nil)
                    }
                }
            }
            return Entry(credential: nil, helper: try helper(for: hosts, in: document))
        } catch {
            throw PortFailure(
                code: .denied, subject: name,
                detail: "the credentials could not be read (\(error.detail))",
                advice: "Repair \(name), or log in again.")
        }
    }

    /// What is wrong, as a clause that holds nothing of the document but key names.
    fileprivate struct Broken: Error { let detail: String }

    private static func keys(of repository: Repository, _ hosts: [String]) -> [String] {
        var keys: [String] = []
        var components = repository.path.split(separator: "/")
        while !components.isEmpty {
            keys += hosts.map { "\($0)/\(components.joined(separator: "/"))" }
            components.removeLast()
        }
        return keys + hosts
    }

    /// A key with a scheme is a host with or without an API's path, as old clients wrote it; one
    /// without may be a namespace. The port is kept.
    private static func normalized(_ key: String) -> String {
        let lowered = key.lowercased()
        for scheme in ["https://", "http://"] where lowered.hasPrefix(scheme) {
            return String(lowered.dropFirst(scheme.count).prefix { $0 != "/" })
        }
        var key = key
        while key.hasSuffix("/") { key.removeLast() }
        for suffix in ["/v1", "/v2"] where key.hasSuffix(suffix) {
            key.removeLast(suffix.count)
        }
        let host = key.prefix { $0 != "/" }
        return host.lowercased() + key.dropFirst(host.count)
    }

    /// `nil` for an entry that holds nothing: `docker login` with a store leaves `{}`.
    private static func credential(
        _ entry: JSON, key: String
    ) throws(Broken) -> Credential? {
        let subject = "the entry \(OutsideText.line(key, max: 100))"
        func text(_ name: String) throws(Broken) -> String? {
            try entry.part(name)?.string.flatMap { $0.isEmpty ? nil : $0 }
        }
        var user = try text("username")
        var password = try text("password")
        if let encoded = try text("auth") {
            let decoded = bytes(base64: encoded.filter { !$0.isWhitespace })
            guard let decoded, let pair = String(validating: decoded, as: UTF8.self),
                let colon = pair.firstIndex(of: ":"), colon > pair.startIndex
            else { throw Broken(detail: "\(subject) is not base64 of user:password") }
            user = String(pair[..<colon])
            // Some writers pad the password with NULs.
            password = String(
                pair[pair.index(after: colon)...].reversed().drop { $0 == "\0" }.reversed())
        }
        if let token = try text("registrytoken") { return .registryToken(token) }
        if let token = try text("identitytoken") {
            return .identityToken(user: user ?? "<token>", token: token)
        }
        guard let user, let password else { return nil }
        // Helpers' way of saying that the password is a refresh token.
        if user == "<token>" { return .identityToken(user: user, token: password) }
        return .password(user: user, password: password)
    }

    private static func helper(
        for hosts: [String], in document: JSON
    ) throws(Broken) -> String? {
        for member in try document.part("credHelpers")?.object ?? []
        where hosts.contains(normalized(member.name)) {
            if let suffix = member.value.string { return program(suffix) }
        }
        return try document.part("credsStore")?.string.flatMap { $0.isEmpty ? nil : program($0) }
    }

    private static func program(_ suffix: String) -> String {
        "docker-credential-\(OutsideText.line(suffix, max: 60))"
    }
}

extension JSON {
    fileprivate func part(_ name: String) throws(DockerConfig.Broken) -> JSON? {
        do throws(JSON.Malformed) {
            return try member(name)
        } catch {
            throw DockerConfig.Broken(detail: "it says \(name) twice")
        }
    }
}
