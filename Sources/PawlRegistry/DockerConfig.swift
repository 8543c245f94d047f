import PawlCore
import PawlHTTP
import PawlImages

/// One document of the form of Docker's `config.json` or podman's `auth.json`.
enum DockerConfig {
    /// Names under which Docker Hub's credentials are kept.
    private static let hubNames = ["docker.io", "index.docker.io", "registry-1.docker.io"]

    /// The name under which Docker's own clients keep them with helpers.
    private static let hubServer = "https://index.docker.io/v1/"

    /// Where the document says that a repository's credential is: with a helper, then in an entry
    /// of its own, the most specific key first: `host/a/b`, `host/a`, `host`.
    static func steps(
        for repository: Repository, in bytes: [UInt8], named name: String
    ) throws(PortFailure) -> [CredentialTrail.Step] {
        do throws(Broken) {
            guard let document = try? JSON(bytes), document.object != nil else {
                throw Broken(detail: "it is not a JSON object")
            }
            let isHub = repository.host == .dockerHub
            let hosts = isHub ? hubNames : [repository.host.description]
            var steps: [CredentialTrail.Step] = []
            if let program = try helper(for: hosts, in: document) {
                steps.append(
                    .helper(
                        HelperQuestion(
                            program: program, server: isHub ? hubServer : hosts[0], place: name)))
            }
            let entry = try credential(for: keys(of: repository, hosts), in: document)
            return steps + (entry.map { [.found(FoundCredential($0, origin: name))] } ?? [])
        } catch {
            throw PortFailure(
                code: .denied, subject: name,
                detail: "the credentials in \(name) could not be read (\(error.detail))",
                advice: "Repair \(name), or log in again.")
        }
    }

    private static func credential(
        for keys: [String], in document: JSON
    ) throws(Broken) -> Credential? {
        let auths = try document.part("auths")?.object ?? []
        for wanted in keys {
            for member in auths where normalized(member.name) == wanted {
                if let credential = try credential(member.value, key: member.name) {
                    return credential
                }
            }
        }
        return nil
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

    /// A registry's own helper, else the helper for all. An empty name stands for none.
    private static func helper(
        for hosts: [String], in document: JSON
    ) throws(Broken) -> String? {
        for member in try document.part("credHelpers")?.object ?? []
        where hosts.contains(normalized(member.name)) {
            return try program(member.value.string ?? "", key: "credHelpers")
        }
        return try document.part("credsStore").flatMap { (store) throws(Broken) in
            try program(store.string ?? "", key: "credsStore")
        }
    }

    /// The name becomes a program's: no path, no blank.
    private static func program(_ name: String, key: String) throws(Broken) -> String? {
        guard !name.isEmpty else { return nil }
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isName, name.utf8.count <= 100 else {
            throw Broken(detail: "\(key) names a helper that is no program's name")
        }
        return "docker-credential-\(name)"
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
