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
    /// What is tried, if the registry asks for anything.
    let credential: HeldCredential

    private var host: RegistryHost { repository.host }

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
                "The tag is immutable: exempt it from the rule or lock of \(repository).")
        }
        switch answer.status {
        case 401, 403: return denied(answer, who)
        case 404 where answer.isWebPage: return failure(.garbled)
        case 404 where answer.codes.contains(where: ["DENIED", "UNAUTHORIZED"].contains):
            return denied(answer, who)
        case 404 where action == .write:
            return failure(.refused, "Create the repository \(repository) first.")
        case 404: return failure(answer.isOtherJSON ? .garbled : .missing)
        case 408, 425, 499, 500...599: return failure(.serverFailed)
        case 413 where action == .write:
            return failure(.tooLarge, "Raise the limit of \(host) or of a proxy before it.")
        case 400, 405, 409, 412, 422:
            return failure(action == .write ? .refused : .garbled)
        default: return failure(.garbled)
        }
    }

    /// The failure that a token service's refusal means, whatever its status.
    func failure(_ response: Response, fromTokenService host: String) -> PortFailure {
        let answer = RegistryAnswer(response)
        let who = "the token service \(host)"
        return answer.isRateLimit
            ? failure(response, from: who) : denied(answer, who, "a request for a token")
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

    /// Says what was tried, too: the wrong account is the commonest reason.
    private func denied(
        _ answer: RegistryAnswer, _ who: String, _ asked: String? = nil
    ) -> PortFailure {
        let tried = asked ?? (action == .write ? "a push" : "a pull")
        let words = credential.known?.words ?? "no credential"
        return PortFailure(
            code: .denied, subject: subject,
            detail: "\(who) answered \(answer.words) to \(tried) with \(words)",
            advice: denial(answer))
    }
}
