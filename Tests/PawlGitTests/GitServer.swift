import FoundationEssentials
import PawlLoopback
import Subprocess
import Synchronization

/// A remote over HTTP: `git http-backend` behind a loopback server, which may want a header.
final class GitServer: Sendable {
    /// One request as it was served.
    struct Served: Sendable {
        let line: String
        let status: Int
        let bytes: Int
    }

    /// Answers in place of the repository; `nil` lets a request through.
    typealias Gate = @Sendable (RecordedRequest) -> CannedResponse?

    private let log = Mutex<[Served]>([])
    private let server: Mutex<LoopbackServer?>
    private let remote: GitFixture
    private let gate: Gate

    private init(_ remote: GitFixture, _ gate: @escaping Gate) {
        self.remote = remote
        self.gate = gate
        server = Mutex(nil)
    }

    /// Serves the folder as `/remote.git`.
    static func start(
        _ remote: GitFixture, gate: @escaping Gate = { _ in nil }
    ) async throws -> GitServer {
        let server = GitServer(remote, gate)
        let loopback = try await LoopbackServer.start { [weak server] request in
            await server?.answer(request) ?? CannedResponse(status: 503)
        }
        server.server.withLock { $0 = loopback }
        return server
    }

    /// A gate that wants the header `Authorization` once, with this value.
    static func wanting(_ authorization: String) -> Gate {
        { request in
            let given = request.headers.filter { $0.name.lowercased() == "authorization" }
            if given.count > 1 { return CannedResponse(status: 400) }
            guard given.first?.value == authorization else {
                return CannedResponse(
                    status: 401, headers: [("WWW-Authenticate", "Basic realm=\"git\"")])
            }
            return nil
        }
    }

    /// `http://127.0.0.1:PORT/remote.git`.
    var url: String { server.withLock { $0?.url ?? "" } + "/remote.git" }

    /// Everything served so far.
    var served: [Served] { log.withLock { $0 } }

    /// What is served while something is done.
    func during(_ body: () async throws -> Void) async throws -> [Served] {
        let before = served.count
        try await body()
        return Array(served.dropFirst(before))
    }

    func stop() async { await server.withLock { $0 }?.stop() }

    private func answer(_ request: RecordedRequest) async -> CannedResponse {
        var response = gate(request) ?? CannedResponse(status: 500)
        if gate(request) == nil, let answered = try? await backend(request) { response = answered }
        let served = Served(
            line: request.line, status: response.status, bytes: response.body.count)
        log.withLock { $0.append(served) }
        return response
    }

    /// Runs the CGI program (RFC 3875).
    private func backend(_ request: RecordedRequest) async throws -> CannedResponse {
        var variables: [Environment.Key: String] = [
            "GIT_PROJECT_ROOT": String(
                remote.folder.dropLast(remote.folder.split(separator: "/").last?.count ?? 0)),
            "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": "ada", "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_METHOD": request.method, "PATH_INFO": request.path,
            "QUERY_STRING": String(request.target.dropFirst(request.path.count + 1)),
            "CONTENT_LENGTH": String(request.body.count),
        ]
        for (variable, header) in [
            ("CONTENT_TYPE", "Content-Type"), ("HTTP_CONTENT_ENCODING", "Content-Encoding"),
            ("HTTP_GIT_PROTOCOL", "Git-Protocol"),
        ] {
            if let value = request.header(header) {
                variables[Environment.Key(stringLiteral: variable)] = value
            }
        }
        for (name, value) in GitFixture.environment {
            variables[Environment.Key(stringLiteral: name)] = value
        }
        let result = try await Subprocess.run(
            .name("git"), arguments: ["http-backend"], environment: .custom(variables),
            input: .array(request.body), output: .bytes(limit: 1 << 24),
            error: .bytes(limit: 1 << 20))
        return Self.response(result.standardOutput)
    }

    private static func response(_ output: [UInt8]) -> CannedResponse {
        var response = CannedResponse(status: 200)
        var rest = output[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line =
                String(decoding: rest[..<end], as: UTF8.self)
                .split(whereSeparator: \.isNewline).first ?? ""
            rest = rest[rest.index(after: end)...]
            guard let colon = line.firstIndex(of: ":") else { break }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            if line[..<colon] == "Status" {
                response.status = Int(value.prefix(3)) ?? 500
            } else {
                response.headers.append((String(line[..<colon]), String(value)))
            }
        }
        response.body = Array(rest)
        return response
    }
}
