import PawlCore
import PawlHTTP

/// Turns refusals into failures with a remedy, for the cases that people meet.
struct RegistryErrors: Sendable {
    /// What was asked for.
    enum Action: Sendable { case read, write }

    /// Of what: `ghcr.io/acme/app:latest`.
    let subject: String
    let repository: Repository
    let action: Action
    /// A credential helper that was not asked, as a clause.
    let unaskedHelper: String?
    /// Whether there was a credential to send.
    let isAnonymous: Bool

    private var host: RegistryHost { repository.host }
    private var isGitHub: Bool { host.description == "ghcr.io" }

    /// The failure that an answer means. `who` is the registry, or a token service by its host.
    func failure(_ response: Response, from who: String = "the registry") -> PortFailure {
        let answer = RegistryAnswer(response)
        func failure(_ code: PortFailure.Code, _ advice: String? = nil) -> PortFailure {
            PortFailure(
                code: code, subject: subject, detail: "\(who) answered \(answer.words)",
                advice: advice)
        }
        if answer.isRateLimit {
            return failure(.throttled, "Wait until the limit of \(host) is over, then run again.")
        }
        if action == .write, isImmutable(answer) {
            return failure(
                .immutable,
                "Exempt the tag from the immutability rule or lock of \(repository).")
        }
        switch answer.status {
        case 401, 403: return failure(.denied, denial(answer))
        case 404 where answer.isWebPage: return failure(.garbled)
        case 404: return missing(answer, failure)
        case 408, 425, 499, 500...599: return failure(.serverFailed)
        case 413 where action == .write:
            return failure(.tooLarge, "Raise the limit of \(host) or of a proxy before it.")
        case 400, 405, 409, 412, 422:
            return failure(action == .write ? .refused : .garbled)
        default: return failure(.garbled)
        }
    }

    /// Whether a 404 to a question for a manifest means that there is none; throws where it may
    /// mean something else. `isHead`: there could be no body.
    func isAbsent(_ response: Response, isHead: Bool) throws(PortFailure) -> Bool {
        guard response.status == 404 else { return false }
        let answer = RegistryAnswer(response)
        if answer.isWebPage { throw failure(response) }
        if answer.mentions("accept header") {
            throw PortFailure(
                code: .unsupported, subject: subject,
                detail: "the registry answered \(answer.words)",
                advice: "The image is there, of a type that Pawl does not ask for.")
        }
        let known = ["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"]
        if answer.codes.contains(where: known.contains) { return true }
        guard answer.codes.isEmpty, isHead || !answer.isOtherJSON else { throw failure(response) }
        // Text that is not the protocol's may be a proxy's, which knows nothing of the image.
        guard isHead || answer.isEmpty else {
            throw PortFailure(
                code: .garbled, subject: subject,
                detail: "the registry answered \(answer.words), which is not the protocol's word "
                    + "for absent")
        }
        return true
    }

    /// A failure before there was an answer, told of the thing asked for.
    func failure(_ failure: PortFailure) -> PortFailure {
        PortFailure(
            code: failure.code, subject: subject,
            detail: failure.subject == host.description
                ? failure.detail : "\(failure.detail) (from \(failure.subject))",
            advice: failure.advice)
    }

    /// A realm that gets nothing.
    func refusal(of realm: Realm.Refused, text: String) -> PortFailure {
        switch realm {
        case .malformed(let clause):
            PortFailure(
                code: .untrusted, subject: subject,
                detail: "the token service that \(host) names cannot be used: \(clause)")
        case .foreign(let foreign):
            PortFailure(
                code: .untrusted, subject: subject,
                detail: "\(host) names a token service on another host, \(foreign), which got "
                    + "nothing",
                advice: "If that host is right, let pawl.yaml say so: "
                    + "registries: { \"\(host)\": { auth: \"\(foreign)\" } }.")
        }
    }

    /// ECR 400 TAG_INVALID, Harbor 412, ACR 405, Docker Hub 403: each in its own words.
    private func isImmutable(_ answer: RegistryAnswer) -> Bool {
        guard [400, 403, 405, 409, 412].contains(answer.status) else { return false }
        return answer.mentions("immutable", "cannot be overwritten", "operation is disallowed")
            || answer.mentions("disallowed_operation", "locked")
    }

    private func missing(
        _ answer: RegistryAnswer, _ failure: (PortFailure.Code, String?) -> PortFailure
    ) -> PortFailure {
        if answer.codes.contains(where: ["DENIED", "UNAUTHORIZED"].contains) {
            return failure(.denied, denial(answer))
        }
        switch action {
        case .read: return failure(answer.isOtherJSON ? .garbled : .missing, nil)
        case .write: return failure(.refused, "Create the repository \(repository) first.")
        }
    }

    private func denial(_ answer: RegistryAnswer) -> String {
        if let unaskedHelper {
            return "Credential helpers are not read yet (\(unaskedHelper)): log in so that the "
                + "credential stands in the file itself, or name such a file in "
                + "REGISTRY_AUTH_FILE."
        }
        if isGitHub, answer.mentions("not allowed to write organization package") {
            return "Give the workflow's repository the role Write under \"Manage Actions access\" "
                + "in the settings of the package \(repository)."
        }
        if isGitHub, action == .write || answer.mentions("write_package") {
            return "Give the job the permission packages: write, and the workflow's repository the "
                + "role Write under \"Manage Actions access\" in the settings of the package "
                + "\(repository)."
        }
        if isAnonymous {
            return "Log in to \(host), or check the name: a registry does not tell a private "
                + "repository from a missing one."
        }
        return action == .write
            ? "Log in to \(host) with an account that may push to \(repository)."
            : "Check the account's right to pull and the name: a registry does not tell a private "
                + "repository from a missing one."
    }
}
