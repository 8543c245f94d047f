import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import Testing

/// Hands requests to the double without a network between.
struct DirectExchange: Exchange {
    let github: GitHubDouble
    let origin: String

    func send(_ request: Request) async throws(PortFailure) -> Response {
        guard let address = Address(request.url) else {
            throw PortFailure(code: .garbled, subject: "a request", detail: "no address")
        }
        // Nothing but the double's own origin exists here; a token sent elsewhere would be seen.
        guard address.origin == origin else {
            throw PortFailure(
                code: .unreachable, subject: address.authority, detail: "no such host")
        }
        let answer = await github.answer(
            RecordedRequest(
                method: request.method.rawValue.uppercased(), target: address.target,
                headers: request.headers + [(name: "Host", value: address.authority)],
                body: request.body))
        switch answer.ending {
        case .whole, .closesAfterwards: break
        case .endless:
            throw PortFailure(code: .tooLarge, subject: address.authority, detail: "no end")
        case .never:
            throw PortFailure(code: .timedOut, subject: address.authority, detail: "no answer")
        case .dropsBeforeAnswer, .dropsInBody:
            throw PortFailure(
                code: .unreachable, subject: address.authority, detail: "the connection broke")
        }
        guard answer.body.count <= request.answerBytesMax else {
            throw PortFailure(
                code: .tooLarge, subject: address.authority,
                detail: "the answer is larger than \(request.answerBytesMax) bytes")
        }
        return Response(status: answer.status, headers: answer.headers, body: answer.body)
    }
}

/// The token of every private repository here.
let token = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"

/// A GitHub and the host that talks to it. The repository is `acme/app`, private.
struct Stage {
    let github: GitHubDouble
    let host: GitHubHost

    init(
        _ github: GitHubDouble = GitHubDouble(token: token), token given: String? = token,
        repository: String = "acme/app", base: String = "http://localhost"
    ) throws {
        self.github = github
        host = GitHubHost(
            exchange: DirectExchange(github: github, origin: "http://localhost"),
            address: try GitHubAddress(base), repository: try CodeRepository(repository),
            token: given, userAgent: "pawl-tests")
    }

    /// Another host of the same GitHub, over an exchange that this function puts in between.
    func host(by wrap: (DirectExchange) -> any Exchange) throws -> GitHubHost {
        GitHubHost(
            exchange: wrap(DirectExchange(github: github, origin: "http://localhost")),
            address: try GitHubAddress("http://localhost"),
            repository: try CodeRepository("acme/app"), token: token, userAgent: "pawl-tests")
    }

    /// The requests so far, as `METHOD target`.
    var lines: [String] { github.requests.map(\.line) }
}

/// A full id that begins with these digits and goes on in zeros.
func sha(_ digits: String) -> String {
    digits + String(repeating: "0", count: max(0, 40 - digits.count))
}

func commit(_ digits: String) throws -> CommitID { try CommitID(sha(digits)) }

/// The failure that the body ends in; a body that ends well, or otherwise, is a test failure.
func failure<Answer>(
    _ sourceLocation: SourceLocation = #_sourceLocation, of body: () async throws -> Answer
) async -> PortFailure? {
    do {
        let answer = try await body()
        Issue.record("answered \(answer)", sourceLocation: sourceLocation)
        return nil
    } catch {
        if let failure = error as? PortFailure { return failure }
        Issue.record(error, sourceLocation: sourceLocation)
        return nil
    }
}

extension CannedResponse {
    /// The same with some text of the body in place of other text.
    func replacing(_ old: String, _ new: String) -> Self {
        var changed = self
        changed.body = Array(
            String(decoding: body, as: UTF8.self).replacing(old, with: new).utf8)
        return changed
    }

    func adding(_ name: String, _ value: String) -> Self {
        var changed = self
        changed.headers = headers.filter { $0.name != name } + [(name: name, value: value)]
        return changed
    }
}

extension GitHubFault: CustomTestStringConvertible {
    /// Status and first words in place of all bytes.
    public var testDescription: String {
        switch self {
        case .answer(let answer):
            let text = String(decoding: answer.body.prefix(60), as: UTF8.self)
            return "\(answer.status) \(answer.ending) \(text)"
        case .changed: return "changed"
        case .heldUntil: return "held"
        }
    }
}
