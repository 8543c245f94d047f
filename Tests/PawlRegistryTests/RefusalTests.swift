import PawlCore
import PawlHTTP
import PawlImages
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Testing

@Suite("A refusal says who refused what, in the registry's own words, and what to do")
struct RefusalTests {
    /// What a registry answers, and what people are told.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let image: String
        var isWrite = true
        var credential = Credential.registryToken("s3cr3t")
        let status: Int
        let body: String
        let code: PortFailure.Code
        let detail: String
        var advice: String?
    }

    private static func error(_ code: String, _ message: String) -> String {
        "{\"errors\":[{\"code\":\"\(code)\",\"message\":\"\(message)\"}]}"
    }

    private static let amazon = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app"
    private static let tried = " to a push with a registry token from a file"

    static let immutable = [
        Refusal(
            testDescription: "ECR, an immutable tag", image: amazon, status: 400,
            body: error(
                "TAG_INVALID",
                "The image tag 'latest' already exists in the 'app' repository and cannot be "
                    + "overwritten because the tag is immutable."),
            code: .immutable,
            detail: "the registry answered 400 TAG_INVALID (The image tag 'latest' already exists "
                + "in the 'app' repository and cannot be overwritten because the tag is "
                + "immutable.)",
            advice: "The tag is immutable: exempt it from the rule or lock of \(amazon)."),
        Refusal(
            testDescription: "Harbor, a rule of immutability", image: "harbor.example/acme/app",
            status: 412,
            body: error(
                "PRECONDITION",
                "Failed to process request due to 'acme/app:latest' configured as immutable."),
            code: .immutable,
            detail: "the registry answered 412 PRECONDITION (Failed to process request due to "
                + "'acme/app:latest' configured as immutable.)",
            advice: "The tag is immutable: exempt it from the rule or lock of "
                + "harbor.example/acme/app."),
        Refusal(
            testDescription: "ACR, a lock", image: "acme.azurecr.io/app", status: 405,
            body: error("REGISTRY_DISALLOWED_OPERATION", "operation is disallowed"),
            code: .immutable,
            detail: "the registry answered 405 REGISTRY_DISALLOWED_OPERATION (operation is "
                + "disallowed)",
            advice: "The tag is immutable: exempt it from the rule or lock of "
                + "acme.azurecr.io/app."),
        Refusal(
            testDescription: "ACR, a lock in the protocol's code", image: "acme.azurecr.io/app",
            status: 405, body: error("UNSUPPORTED", "The operation is disallowed."),
            code: .immutable,
            detail: "the registry answered 405 UNSUPPORTED (The operation is disallowed.)",
            advice: "The tag is immutable: exempt it from the rule or lock of "
                + "acme.azurecr.io/app."),
        Refusal(
            testDescription: "Docker Hub, an immutable tag", image: "docker.io/acme/app",
            status: 403, body: error("DENIED", "tag latest is immutable"), code: .immutable,
            detail: "the registry answered 403 DENIED (tag latest is immutable)",
            advice: "The tag is immutable: exempt it from the rule or lock of docker.io/acme/app."),
    ]

    static let rights = [
        Refusal(
            testDescription: "GHCR, a token that may not write", image: "ghcr.io/acme/app",
            status: 403, body: error("DENIED", "permission_denied: write_package"), code: .denied,
            detail: "the registry answered 403 DENIED (permission_denied: write_package)" + tried,
            advice: "Give the token write:packages (in a job: the permission packages: write), and "
                + "the workflow's repository the role Write under \"Manage Actions access\" in the "
                + "settings of the package ghcr.io/acme/app."),
        Refusal(
            testDescription: "GHCR, a package of another repository", image: "ghcr.io/acme/app",
            status: 403,
            body: error("DENIED", "installation not allowed to Write organization package"),
            code: .denied,
            detail: "the registry answered 403 DENIED (installation not allowed to Write "
                + "organization package)" + tried,
            advice: "Give the workflow's repository the role Write under \"Manage Actions access\" "
                + "in the settings of the package ghcr.io/acme/app."),
        Refusal(
            testDescription: "GHCR, a private package", image: "ghcr.io/acme/app", isWrite: false,
            status: 403,
            body: error("DENIED", "requested access to the resource is denied"), code: .denied,
            detail: "the registry answered 403 DENIED (requested access to the resource is denied) "
                + "to a pull with a registry token from a file",
            advice: "Log in to ghcr.io with an account that may pull (`docker login ghcr.io`): it "
                + "needs read:packages (in a job: the permission packages: read). Check the name "
                + "too: a registry does not tell a private repository from a missing one."),
        Refusal(
            testDescription: "Docker Hub, nobody", image: "docker.io/acme/app", isWrite: false,
            credential: .anonymous, status: 401,
            body: #"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","#
                + #""detail":[{"Type":"repository","Name":"acme/app","Action":"pull"}]}]}"#,
            code: .denied,
            detail: "the registry answered 401 UNAUTHORIZED (authentication required) to a pull "
                + "with no credential",
            advice: "Log in to docker.io with `docker login`, or check the name: a registry does "
                + "not tell a private repository from a missing one."),
        Refusal(
            testDescription: "Docker Hub, a token that only reads", image: "docker.io/acme/app",
            status: 401, body: error("UNAUTHORIZED", "access token has insufficient scopes"),
            code: .denied,
            detail: "the registry answered 401 UNAUTHORIZED (access token has insufficient scopes)"
                + tried,
            advice: "Log in to docker.io with an account that may push to docker.io/acme/app "
                + "(`docker login`): it needs the permission Read & Write."),
        Refusal(
            testDescription: "ECR, a password of yesterday", image: amazon, status: 403,
            body: error(
                "DENIED", "Your authorization token has expired. Reauthenticate and try again."),
            code: .denied,
            detail: "the registry answered 403 DENIED (Your authorization token has expired. "
                + "Reauthenticate and try again.)" + tried,
            advice: "Log in to 123456789012.dkr.ecr.eu-west-1.amazonaws.com again with `aws ecr "
                + "get-login-password | docker login --username AWS --password-stdin "
                + "123456789012.dkr.ecr.eu-west-1.amazonaws.com`."),
        Refusal(
            testDescription: "Quay, a robot without the right", image: "quay.io/acme/app",
            status: 401,
            body: #"{"errors":[{"code":"UNAUTHORIZED","detail":{},"message":"access to the "#
                + #"requested resource is not authorized"}]}"#, code: .denied,
            detail: "the registry answered 401 UNAUTHORIZED (access to the requested resource is "
                + "not authorized)" + tried,
            advice: "Log in to quay.io with an account that may push to quay.io/acme/app (`docker "
                + "login quay.io`): it needs the permission Write."),
        Refusal(
            testDescription: "Artifact Registry, an account without the role",
            image: "europe-west1-docker.pkg.dev/acme/images/app", status: 403,
            body: error(
                "DENIED",
                #"Permission \"artifactregistry.repositories.uploadArtifacts\" denied on resource "#
                    + #"\"projects/acme/locations/europe-west1/repositories/images\" (or it may "#
                    + "not exist)"), code: .denied,
            detail: "the registry answered 403 DENIED (Permission "
                + "\"artifactregistry.repositories.uploadArtifacts\" denied on resource "
                + "\"projects/acme/locations/europe-west1/repositories/images\" (or it may not "
                + "exist))" + tried,
            advice: "Log in to europe-west1-docker.pkg.dev with an account that may push to "
                + "europe-west1-docker.pkg.dev/acme/images/app (`gcloud auth configure-docker "
                + "europe-west1-docker.pkg.dev`): it needs the role Artifact Registry Writer."),
        Refusal(
            testDescription: "ACR, nobody", image: "acme.azurecr.io/app", isWrite: false,
            credential: .anonymous, status: 401,
            body: error("UNAUTHORIZED", "authentication required, visit https://aka.ms/acr"),
            code: .denied,
            detail: "the registry answered 401 UNAUTHORIZED (authentication required, visit "
                + "https://aka.ms/acr) to a pull with no credential",
            advice: "Log in to acme.azurecr.io with `az acr login --name acme`, or check the name: "
                + "a registry does not tell a private repository from a missing one."),
        Refusal(
            testDescription: "GitLab, a token that may not write",
            image: "registry.gitlab.com/acme/app", status: 403,
            body: error("DENIED", "requested access to the resource is denied"), code: .denied,
            detail: "the registry answered 403 DENIED (requested access to the resource is denied)"
                + tried,
            advice: "Log in to registry.gitlab.com with an account that may push to "
                + "registry.gitlab.com/acme/app (`docker login registry.gitlab.com`): it needs "
                + "write_registry."),
        Refusal(
            testDescription: "Harbor, a robot of another project",
            image: "harbor.example/acme/app", status: 403,
            body: error("FORBIDDEN", "no permission to push"), code: .denied,
            detail: "the registry answered 403 FORBIDDEN (no permission to push)" + tried,
            advice: "Log in to harbor.example with an account that may push to "
                + "harbor.example/acme/app (`docker login harbor.example`)."),
        Refusal(
            testDescription: "a gateway with an error of its own", image: "harbor.example/acme/app",
            isWrite: false, status: 403,
            body: #"{"error":{"code":403,"message":"The caller is not allowed","status":"X"}}"#,
            code: .denied,
            detail: "the registry answered 403 (The caller is not allowed) to a pull with a "
                + "registry token from a file",
            advice: "Log in to harbor.example with an account that may pull (`docker login "
                + "harbor.example`). Check the name too: a registry does not tell a private "
                + "repository from a missing one."),
    ]

    static let others = [
        Refusal(
            testDescription: "Docker Hub, too many pulls", image: "docker.io/acme/app",
            isWrite: false, status: 429,
            body: error("TOOMANYREQUESTS", "You have reached your pull rate limit."),
            code: .throttled,
            detail: "the registry answered 429 TOOMANYREQUESTS (You have reached your pull rate "
                + "limit.)",
            advice: "Wait until the limit of docker.io is over, then run again."),
        Refusal(
            testDescription: "Docker Hub, too many pulls, in plain text",
            image: "docker.io/acme/app", isWrite: false, status: 429,
            body: "Too Many Requests (HAP429)\n", code: .throttled,
            detail: "the registry answered 429 (Too Many Requests (HAP429))",
            advice: "Wait until the limit of docker.io is over, then run again."),
        Refusal(
            testDescription: "GHCR, too many requests", image: "ghcr.io/acme/app", isWrite: false,
            status: 429,
            body: error("TOOMANYREQUESTS", "retry-after: 12.5ms, allowed: 44000/minute"),
            code: .throttled,
            detail: "the registry answered 429 TOOMANYREQUESTS (retry-after: 12.5ms, allowed: "
                + "44000/minute)",
            advice: "Wait until the limit of ghcr.io is over, then run again."),
        Refusal(
            testDescription: "ECR, no such repository", image: amazon, status: 404,
            body: error(
                "NAME_UNKNOWN",
                "The repository with name 'app' does not exist in the registry with id "
                    + "'123456789012'"), code: .refused,
            detail: "the registry answered 404 NAME_UNKNOWN (The repository with name 'app' does "
                + "not exist in the registry with id '123456789012')",
            advice: "Create the repository \(amazon) first."),
        Refusal(
            testDescription: "distribution, a manifest that a proxy cuts",
            image: "r.example/acme/app", status: 413, body: "<html>413</html>", code: .tooLarge,
            detail: "the registry answered 413 with a web page (<html>413</html>)",
            advice: "Raise the limit of r.example or of a proxy before it."),
    ]

    /// The failure of a read, or of a write whose read went well.
    private func failure(of refusal: Refusal) async throws -> PortFailure? {
        let image = contractImage("single-label")
        let exchange = PlayedExchange { request in
            if request.url.contains("/token") {
                return Response(status: 200, headers: [], body: Array(#"{"token":"t"}"#.utf8))
            }
            guard refusal.isWrite, request.method != .put else {
                return Response(
                    status: refusal.status, headers: [], body: Array(refusal.body.utf8))
            }
            let body = request.method == .head ? [] : image.top.bytes
            let digest = request.method == .head ? Digest.named("other") : image.digest
            return Response(
                status: 200,
                headers: [
                    ("Content-Type", image.top.mediaType), ("Docker-Content-Digest", "\(digest)"),
                ], body: body)
        }
        let repository = try Repository(refusal.image)
        let found = FoundCredential(refusal.credential, origin: "a file")
        let registry = OCIRegistry(
            exchange: exchange, clock: ManualClock().clock,
            credentials: CredentialSource { _ in found }, repositories: [repository],
            access: .pullPush)
        let latest = ImageReference(repository, try Tag("latest"))
        return await PawlRegistryTests.failure { () throws(PortFailure) in
            guard let digest = try await registry.pin(latest) else { return }
            try await registry.put(digest, from: repository, at: latest)
        }
    }

    @Test(
        "the words for what registries are known to answer",
        arguments: immutable + rights + others)
    func known(refusal: Refusal) async throws {
        let failure = try #require(try await failure(of: refusal))
        #expect(failure.code == refusal.code)
        #expect(failure.subject == "\(refusal.image):latest")
        #expect(failure.detail == refusal.detail)
        #expect(failure.advice == refusal.advice)
        #expect(!"\(failure)".contains("s3cr3t"))
    }

    @Test(
        "a token service that refuses is named, with its own words, and the account that was tried",
        arguments: [
            (
                #"{"errors":[{"code":"UNAUTHORIZED","message":"HTTP Basic: Access denied. The "#
                    + #"provided password or token is incorrect"}]}"#, 401,
                "401 UNAUTHORIZED (HTTP Basic: Access denied. The provided password or token is "
                    + "incorrect)"
            ),
            (
                #"{"details":"incorrect username or password"}"#, 401,
                "401 (incorrect username or password)"
            ),
            (
                #"{"error":"invalid_grant","error_description":"AADSTS70008"}"#, 400,
                "400 (AADSTS70008; invalid_grant)"
            ),
            (#"{"message":"access forbidden"}"#, 403, "403 (access forbidden)"),
            ("", 401, "401"),
            ("<html>login</html>", 403, "403 with a web page (<html>login</html>)"),
        ])
    func tokenService(body: String, status: Int, words: String) async throws {
        try await withLoopback(.bearer(TokenAuthority())) { loopback in
            loopback.plan(
                .instead(CannedResponse(status: status, body: Array(body.utf8))), "GET", "/token",
                times: .max)
            let robot = Credential.password(user: "robot", password: "s3cr3t")
            try await Stand.with([loopback.repository()], robot, access: .pull) { stand in
                let refusal = await PawlRegistryTests.failure { () throws(PortFailure) in
                    _ = try await stand.registry.digest(of: loopback.image("t"))
                }
                #expect(refusal?.code == .denied)
                #expect(
                    refusal?.detail
                        == "the token service \(loopback.host) answered \(words) to a request for "
                        + "a token with a password from the test")
                #expect(refusal.map { "\($0)".contains("s3cr3t") } == false)
            }
        }
    }
}
