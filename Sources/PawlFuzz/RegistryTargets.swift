import PawlCore
import PawlHTTP
import PawlImages
import PawlRegistry

extension FuzzTarget {
    private static let password = "p4ssw0rd-of-the-registry"

    /// `WWW-Authenticate` in the first line, the token service's answer after it. Challenges are
    /// read as they are written; the password goes to the registry and to the token service that
    /// is named for it, and the token to the registry alone.
    static let challenge = FuzzTarget("challenge") { bytes throws(Broken) in
        var outside = OutsideBytes(bytes)
        let header = outside.line()
        if let challenges = try? Challenge.parse(header) {
            let written = text(of: challenges)
            let again = try needed(try? Challenge.parse(written), "\(written) is not read back")
            try hold(again == challenges, "\(written) is read as \(again)")
            try hold(
                challenges.allSatisfy { !$0.scheme.isEmpty }, "a challenge has no scheme: \(header)"
            )
        }
        let token = outside.bytes
        let exchange = ScriptedExchange { request throws(PortFailure) in
            guard Address(request.url)?.host == "registry.example" else {
                return Response(status: 200, headers: [], body: token)
            }
            guard request.headers.contains(where: { $0.name == "Authorization" }) else {
                return Response(status: 401, headers: [("WWW-Authenticate", header)], body: [])
            }
            return Response(status: 404, headers: [], body: [])
        }
        let registry = try stage(exchange)
        var failure: PortFailure?
        do throws(PortFailure) {
            _ = try await registry.registry.digest(of: registry.image)
        } catch {
            failure = error
        }
        if let failure {
            try Shown.checkLine(failure)
            try hold(!"\(failure)".hasBytes(password), "a failure tells the password")
        }
        try hold(exchange.requests.count <= 8, "one question took \(exchange.requests.count)")
        for request in exchange.requests { try isTrusted(request) }
    }

    private static func isTrusted(_ request: Request) throws(Broken) {
        let address = try needed(Address(request.url), "\(request.url) is no address")
        let isOwn = address.origin == "https://registry.example"
        let isNamed = isOwn || address.origin == "https://auth.example"
        try hold(isNamed && !address.hasUserInformation, "\(request.url) was asked")
        for header in request.headers where header.name == "Authorization" {
            try hold(
                isOwn || header.value.hasPrefix("Basic "), "a token went to \(address.origin)")
            try hold(
                header.value.utf8.allSatisfy { (0x20..<0x7F).contains($0) },
                "a header has a character that no header has")
        }
    }

    /// Challenges as a registry would send them.
    private static func text(of challenges: [Challenge]) -> String {
        challenges.map { challenge in
            let parameters = challenge.parameters.map { parameter in
                let value = parameter.value.replacing("\\", with: "\\\\")
                    .replacing("\"", with: "\\\"")
                return "\(parameter.name)=\"\(value)\""
            }
            return challenge.scheme + (parameters.isEmpty ? "" : " ")
                + parameters.joined(separator: ", ")
        }.joined(separator: ", ")
    }

    private static func stage(
        _ exchange: ScriptedExchange
    ) throws(Broken) -> (registry: OCIRegistry, image: ImageReference) {
        guard let image = try? ImageReference("registry.example/acme/app:latest"),
            let auth = try? RegistryHost("auth.example")
        else { throw Broken("a constant is malformed") }
        let credentials = CredentialSource { _ in
            FoundCredential(.password(user: "reader", password: password), origin: "a test")
        }
        let registry = OCIRegistry(
            exchange: exchange, clock: SleepClock().clock, credentials: credentials,
            registries: [image.repository.host: RegistrySettings(authHost: auth)],
            repositories: [image.repository], access: .pull)
        return (registry, image)
    }

    /// A registry's answer to a question for a tag: status, `Content-Type` and
    /// `Docker-Content-Digest` in lines, then the body. "Could not look" is never "not there".
    static let absence = FuzzTarget("absence") { bytes throws(Broken) in
        var outside = OutsideBytes(bytes)
        let status = Int(outside.line()).flatMap { (200...599).contains($0) ? $0 : nil } ?? 404
        let headers = [
            (name: "Content-Type", value: outside.line()),
            (name: "Docker-Content-Digest", value: outside.line()),
        ].filter { !$0.value.isEmpty }
        let body = outside.bytes
        let exchange = ScriptedExchange(status, headers, body)
        let stage = try stage(exchange)
        let pinned: Digest?
        do throws(PortFailure) {
            pinned = try await stage.registry.pin(stage.image)
        } catch {
            try Shown.checkLine(error)
            try hold(!"\(error)".hasBytes(password), "a failure tells the password")
            return
        }
        if let pinned {
            try hold(status == 200, "an answer \(status) is taken for an image")
            try hold(
                PawlCore.Digest.of(body, by: pinned.algorithm) == pinned,
                "a digest is not that of the bytes")
            return
        }
        try hold(status == 404, "an answer \(status) is taken for absence")
        let blanks = body.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let errors = (try? JSONValue(parsing: body))?["errors"]?.array ?? []
        let codes = errors.compactMap { $0["code"]?.string?.uppercased() }
        try hold(
            blanks
                || codes.contains {
                    ["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"].contains($0)
                },
            "a 404 without the protocol's word is taken for absence")
    }

    /// Manifests and indexes: the type that the answer names in the first line, the document after
    /// it. Read again as written by another writer, it points at the same things.
    static let manifest = FuzzTarget("manifest") { bytes throws(Broken) in
        var outside = OutsideBytes(bytes)
        let type = outside.line()
        let body = outside.bytes
        if let labels = try? ConfigLabels(body) { try check(labels, of: body) }
        guard let digest = Digest.of(body),
            let manifest = try? Manifest(
                body, digest: digest, contentType: type.isEmpty ? nil : type)
        else { return }
        try hold(manifest.bytes == body, "a manifest does not keep its bytes")
        let document = try needed(try? JSON(body), "a manifest is no JSON")
        let other = document.bytes
        let again = try needed(
            try? Manifest(other, digest: digest, contentType: manifest.mediaType),
            "a manifest is not read back as written")
        let json = try needed(
            try? JSONValue(parsing: body), "the other reader of JSON does not take a manifest")
        switch (manifest.kind, again.kind) {
        case (.image(let one), .image(let other)):
            try hold(one.digest == other.digest, "configs differ")
            try hold(json["config"]?["digest"]?.string == "\(one.digest)", "configs differ")
            try hold((json["manifests"] ?? .null) == .null, "an image is an index too")
        case (.index(let one), .index(let other)):
            try hold(
                one.map(\.descriptor.digest) == other.map(\.descriptor.digest)
                    && one.map(\.isAttestation) == other.map(\.isAttestation), "children differ")
            let children = json["manifests"]?.array?.map { $0["digest"]?.string }
            try hold(
                children == one.map { "\($0.descriptor.digest)" }, "children differ")
            try hold(
                (json["config"] ?? .null) == .null && (json["layers"] ?? .null) == .null,
                "an index is an image too")
            try hold(
                one.count <= Limits.indexPlatformsMax * 2, "an index has \(one.count) children")
        default: throw Broken("an image is an index to another writer")
        }
        let layers = (try? manifest.layers())?.map(\.digest)
        try hold(layers == (try? again.layers())?.map(\.digest), "layers differ")
        try hold((try? manifest.subject()) == (try? again.subject()), "subjects differ")
        let name = "org.opencontainers.image.revision"
        let said = try? manifest.annotation(name)
        try hold(said == (try? again.annotation(name)), "annotations differ")
    }

    private static func check(_ labels: ConfigLabels, of body: [UInt8]) throws(Broken) {
        let name = "org.opencontainers.image.revision"
        guard let said = try? labels.label(name) else { return }
        let json = try? JSONValue(parsing: body)
        let other = json?["config"]?["Labels"]?[name]?.string
        try hold(other?.hasBytes(said) == true, "labels differ")
    }
}
