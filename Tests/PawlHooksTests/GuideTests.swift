import FoundationEssentials
import PawlCore
import PawlLoopback
import Subprocess
import Testing

@Suite("The guide to hooks says what is sent")
struct GuideTests {
    /// The first fenced block of a language.
    private func block(_ language: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appending(path: "docs/guide/hooks.md"), encoding: .utf8)
        let begin = try #require(text.firstRange(of: "```\(language)\n"))
        let end = try #require(text[begin.upperBound...].firstRange(of: "\n```"))
        return String(text[begin.upperBound..<end.lowerBound])
    }

    private func sent() async throws -> RecordedRequest {
        var request: RecordedRequest?
        try await Stage.with({ _, _ in CannedResponse(status: 200) }) { stage in
            _ = try await stage.tell()
            request = stage.requests.first
        }
        return try #require(request)
    }

    private func run(
        _ program: String, _ arguments: [String], _ variables: [Environment.Key: String]
    ) async throws -> String {
        let result = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments),
            environment: .inherit.updating(
                Dictionary(uniqueKeysWithValues: variables.map { ($0.key, Optional($0.value)) })),
            output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        #expect(result.standardError == "")
        return result.standardOutput
    }

    @Test("its example is what is sent of such a move")
    func example() async throws {
        let shown = try JSONValue(parsing: Array(try block("json").utf8))
        let body = try JSONValue(parsing: try await sent().body)
        #expect(shown == body)
    }

    @Test("its Python function accepts the signature, and none other")
    func python() async throws {
        let request = try await sent()
        let signature = try #require(request.header("X-Hub-Signature-256"))
        let script =
            try block("python") + """


                given = __import__("os").environ
                body = given["BODY"].encode()
                signature = given["SIGNATURE"]
                secret = given["SECRET"].encode()
                print(
                    is_from_pawl(secret, body, signature),
                    is_from_pawl(secret, body + b" ", signature),
                    is_from_pawl(secret + b" ", body, signature),
                    is_from_pawl(secret, body, signature.upper()),
                    is_from_pawl(secret, body, ""),
                    is_from_pawl(secret, body, "\\u00e9"),
                )
                """
        let answer = try await run(
            "python3", ["-c", script],
            [
                "BODY": String(decoding: request.body, as: UTF8.self), "SIGNATURE": signature,
                "SECRET": Stage.key.exposed,
            ])
        #expect(answer == "True False False False False False\n")
    }

    @Test("its line for openssl gives the signature")
    func openssl() async throws {
        let request = try await sent()
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "pawl-hooks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(request.body).write(to: folder.appending(path: "body.json"))
        let answer = try await run(
            "sh", ["-c", "cd \"$FOLDER\" && " + (try block("sh"))],
            ["FOLDER": folder.path(), "WEBHOOK_SECRET": Stage.key.exposed])
        try FileManager.default.removeItem(at: folder)
        #expect(answer == "\(request.header("X-Hub-Signature-256") ?? "")\n")
    }
}
