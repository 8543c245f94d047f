import PawlCore
import PawlHTTP
import PawlHooks
import PawlLoopback
import Testing

@Suite("A webhook is told of a move")
struct WebhookTests {
    @Test("by a POST with the move as JSON, its key, and a signature of the very bytes")
    func request() async throws {
        try await Stage.with({ _, _ in CannedResponse(status: 200, body: [1]) }) { stage in
            let answer = try await stage.tell()
            #expect(answer == "200")
            let request = try #require(stage.requests.first)
            #expect(stage.requests.count == 1)
            #expect(
                request.line
                    == "POST /hooks/\(Stage.pathSecret)?token=\(Stage.querySecret)")
            #expect(request.header("Content-Type") == "application/json")
            #expect(request.header("User-Agent") == "pawl/test (+https://pawl.example)")
            #expect(request.header("X-Pawl-Event") == "promote")
            #expect(request.header("X-Pawl-Delivery") == "8f14e45fceea167a5a36dedd4bea2543")
            #expect(
                request.header("X-Hub-Signature-256")
                    == WebhookSignature.value(of: request.body, under: Stage.key))
            #expect(request.header("Content-Length") == "\(request.body.count)")
        }
    }

    @Test("the signature is GitHub's, by the example of its documentation")
    func vector() {
        #expect(
            WebhookSignature.value(of: Array("Hello, World!".utf8), under: Stage.key)
                == "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
    }

    @Test("without a secret there is no signature")
    func unsigned() async throws {
        try await Stage.with({ _, _ in CannedResponse(status: 204) }) { stage in
            let answer = try await stage.tell(signedBy: nil)
            #expect(answer == "204")
            #expect(stage.requests.first?.header("X-Hub-Signature-256") == nil)
        }
    }

    @Test(
        "each kind of move, with what a person said",
        arguments: Movement.Kind.allCases)
    func kinds(kind: Movement.Kind) async throws {
        try await Stage.with({ _, _ in CannedResponse(status: 200) }) { stage in
            _ = try await stage.tell(
                Sample.announcement(
                    kind: kind, previous: nil, reason: "a \"quote\"\n<!channel> \u{1B}[31m é",
                    isOverride: true))
            let request = try #require(stage.requests.first)
            #expect(request.header("X-Pawl-Event") == kind.rawValue)
            let body = String(decoding: request.body, as: UTF8.self)
            #expect(body.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
            #expect(body.contains("\"kind\": \"\(kind.rawValue)\""))
            #expect(
                body.contains(
                    #""reason": "a \"quote\"\n<!channel> \u001b[31m \u00e9""#))
            #expect(body.contains("\"previous\": null"))
            #expect(body.contains("\"override\": true"))
            #expect(
                body.contains(
                    "\"text\": \"acme/app: \(kind.rawValue) 1a2b3c4 to latest\""))
        }
    }

    @Test("an entry's id that would forge a header is not sent")
    func forgedHeader() async throws {
        try await Stage.with({ _, _ in CannedResponse(status: 200) }) { stage in
            let failure = await stage.failure(Sample.announcement(id: "a\r\nX-Evil: 1"))
            #expect(failure?.subject == stage.name)
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("an answer of any length is taken by its head", arguments: [0, 100, 3_000_000])
    func longAnswer(bytes: Int) async throws {
        let body = [UInt8](repeating: 97, count: bytes)
        try await Stage.with({ _, _ in CannedResponse(status: 200, body: body) }) { stage in
            let answer = try await stage.tell()
            #expect(answer == "200")
            #expect(stage.requests.count == 1)
        }
    }

    @Test("an answer that breaks off after its head was taken")
    func cutAnswer() async throws {
        try await Stage.with({ _, _ in
            CannedResponse(status: 200, body: [1, 2, 3, 4], ending: .dropsInBody)
        }) { stage in
            let answer = try await stage.tell()
            #expect(answer == "200")
            #expect(stage.requests.count == 1)
        }
    }

    @Test("plain http leaves this machine for no host, and a password in an address is refused")
    func untrusted() async throws {
        try await Stage.with({ _, _ in CannedResponse(status: 200) }) { stage in
            for address in [
                "http://192.0.2.1/\(Stage.pathSecret)", "http://127.0.0.1.evil.example/",
                "http://u:\(Stage.querySecret)@127.0.0.1:\(stage.server.port)/",
                "https://u@127.0.0.1:\(stage.server.port)/",
            ] {
                let refusal = await stage.failure(at: Secret(address))
                #expect(refusal?.code == .untrusted)
                #expect(refusal?.isPermanent == true)
                expectSilence(about: refusal)
            }
            let none = await stage.failure(at: Secret("\(Stage.pathSecret)://x"))
            #expect(none?.code == .garbled)
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("https that is not answered in TLS is not tried in plain")
    func noDowngrade() async throws {
        try await Stage.with({ _, _ in CannedResponse(status: 200) }) { stage in
            let secure = "https://127.0.0.1:\(stage.server.port)/\(Stage.pathSecret)"
            let failure = await stage.failure(at: Secret(secure))
            #expect(failure?.detail.hasSuffix("after 4 attempts") == true)
            #expect(stage.requests.isEmpty)
            expectSilence(about: failure)
        }
    }
}

/// No word of a failure has more of a hook than its host.
func expectSilence(
    about failure: PortFailure?, sourceLocation: SourceLocation = #_sourceLocation
) {
    let said = failure.map { "\($0) \($0.subject) \($0.detail) \($0.advice ?? "")" } ?? ""
    #expect(!said.isEmpty, sourceLocation: sourceLocation)
    for secret in [Stage.pathSecret, Stage.querySecret, Stage.key.exposed, "hooks/", "token"] {
        #expect(!said.contains(secret), sourceLocation: sourceLocation)
    }
}
