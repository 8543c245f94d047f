import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("The API", .timeLimit(.minutes(3)))
struct OrderTests {
    private static let channel = "/api/v1/channels/acme/app/canary"
    private static let bearer = "Bearer \(DoorServer.adminToken)"

    private static func request(
        _ method: String, _ path: String, _ body: String? = nil, token: String? = bearer
    ) -> String {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: pawl.example"]
        if let token { lines.append("Authorization: \(token)") }
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }

    /// Bodies that are no order, whatever the route's last word.
    private static let noOrders: [String] = {
        let name = String(repeating: "a", count: Limits.personCharactersMax + 1)
        let wide = "a" + String(repeating: "\u{301}", count: 300)
        let reason = String(repeating: "a", count: Limits.overrideReasonCharactersMax + 1)
        return [
            "", "x", "[]", "null", "{}", #"{"reason": "x""#, #"{"reason": 1}"#,
            #"{"reason": null}"#, #"{"reason": ""}"#, #"{"reason": " "}"#,
            "{\"reason\": \"\(reason)\"}", #"{"reason": "x", "because": "y"}"#,
            #"{"reason": "x", "reason": "y"}"#, #"{"reason": "x", "sha": 1234567}"#,
            #"{"reason": "x", "sha": ""}"#, #"{"reason": "x", "sha": "1A2B3C4"}"#,
            #"{"reason": "x", "sha": "1a2b3"}"#, #"{"reason": "x", "sha": ["1a2b3c4"]}"#,
            #"{"reason": "x", "sha": "1a2b3c4", "override": "false"}"#,
            #"{"reason": "x", "sha": "1a2b3c4", "override": 0}"#,
            #"{"reason": "x", "sha": "1a2b3c4", "override": null}"#,
            #"{"reason": "x", "sha": "1a2b3c4", "override": false, "override": true}"#,
            #"{"reason": "x", "sha": "1a2b3c4", "actor": 7}"#,
            #"{"reason": "x", "sha": "1a2b3c4", "actor": true}"#,
            #"{"reason": "x", "sha": "1a2b3c4", "actor": ""}"#,
            #"{"reason": "x", "sha": "1a2b3c4", "actor": " "}"#,
            #"{"reason": "x", "sha": "1a2b3c4", "actor": "a\nb"}"#,
            #"{"reason": "x", "sha": "1a2b3c4", "actor": "a\u0007b"}"#,
            #"{"reason": "x", "sha": "1a2b3c4", "actor": "a\u2028b"}"#,
            "{\"reason\": \"x\", \"sha\": \"1a2b3c4\", \"actor\": \"\(name)\"}",
            "{\"reason\": \"x\", \"sha\": \"1a2b3c4\", \"actor\": \"\(wide)\"}",
        ]
    }()

    @Test(
        "a body that is no order is none: no field that cannot be read counts as left out",
        arguments: ["promote", "rollback", "hold", "resume"])
    func badBodies(_ word: String) async throws {
        try await DoorServer.serving { server in
            for body in Self.noOrders {
                let answer = try await server.exchange(
                    Self.request("POST", "\(Self.channel)/\(word)", body))
                #expect(answer.status == 400, "\(body)")
                #expect(answer.isProblem, "\(answer)")
            }
            let large = String(repeating: " ", count: Limits.orderBytesMax + 1)
            let answer = try await server.exchange(
                Self.request("POST", "\(Self.channel)/\(word)", large))
            #expect(answer.status == 413)
            #expect(answer.isProblem)
            #expect(server.orders.isEmpty)
        }
    }

    @Test("without the token nothing is ordered, and nobody is told which channels there are")
    func tokens() async throws {
        let tokens: [String?] = [
            nil, "", "Bearer", "Bearer ", "Bearer wrong", "Basic \(DoorServer.adminToken)",
            DoorServer.adminToken, "Bearer \(DoorServer.adminToken)x",
            "Bearer \(DoorServer.adminToken.dropLast())",
        ]
        let good = #"{"reason": "x", "sha": "1a2b3c4"}"#
        try await DoorServer.serving { server in
            for word in ["promote", "rollback", "hold", "resume"] {
                for token in tokens {
                    for path in [Self.channel, "/api/v1/channels/none"] {
                        let answer = try await server.exchange(
                            Self.request("POST", "\(path)/\(word)", good, token: token))
                        #expect(answer.status == 401, "\(word): \(token ?? "none")")
                        #expect(answer.isProblem)
                        #expect(answer.headers["www-authenticate"] == "Bearer")
                        #expect(answer.headers["connection"] == "close")
                    }
                }
            }
            #expect(server.orders.isEmpty)
        }
        try await DoorServer.serving(token: nil) { server in
            let answer = try await server.exchange(
                Self.request("POST", "\(Self.channel)/hold", good, token: "Bearer "))
            #expect(answer.status == 403)
            #expect(answer.isProblem)
            #expect(server.orders.isEmpty)
        }
    }

    @Test("each address answers in its own way to what it does not take")
    func addresses() async throws {
        let order = #"{"reason": "x", "sha": "1a2b3c4"}"#
        let rows: [(method: String, path: String, status: Int, allow: String?)] = [
            ("POST", "/api/v1/channels", 405, "GET, HEAD"),
            ("DELETE", "/api/v1/channels", 405, "GET, HEAD"),
            ("POST", Self.channel, 405, "GET, HEAD"),
            ("PUT", Self.channel, 405, "GET, HEAD"),
            ("GET", "\(Self.channel)/promote", 405, "POST"),
            ("PUT", "\(Self.channel)/rollback", 405, "POST"),
            ("POST", "/api/v1/candidates/1a2b3c4", 405, "GET, HEAD"),
            ("DELETE", "/api/v1/history", 405, "GET, HEAD"),
            ("POST", "/healthz", 405, "GET, HEAD"), ("POST", "/readyz", 405, "GET, HEAD"),
            ("POST", "/metrics", 405, "GET, HEAD"), ("GET", "/webhooks/github", 405, "POST"),
            ("TRACE", "/webhooks/github", 405, "POST"), ("PUT", "/webhooks/github", 405, "POST"),
            ("GET", "/api/v1/channels/none", 404, nil),
            ("GET", "/api/v1/channels/other/app/canary", 404, nil),
            ("GET", "/api/v1/channels/acme/app/canary/more/parts", 404, nil),
            ("GET", "/api/v1/channels/latest", 409, nil),
            ("GET", "/api/v1/channels/%zz", 400, nil), ("GET", "/api/v1/channels/%ff", 400, nil),
            ("GET", "/api/v1/candidates/xyz", 400, nil),
            ("GET", "/api/v1/candidates/1a2b3", 400, nil),
            ("GET", "/api/v1/candidates/\(String(repeating: "a", count: 64))", 400, nil),
            ("GET", "/api/v1/candidates/1a2b3c4?channel=none", 404, nil),
            ("GET", "/api/v1/candidates/1a2b3c4?channel=latest", 409, nil),
            ("GET", "/api/v1/candidates/1a2b3c4", 404, nil),
            ("GET", "/api/v1/history?channel=none", 404, nil),
            ("GET", "/api/v1/nothing", 404, nil), ("GET", "/api", 404, nil),
            ("GET", "/api/v2/channels", 404, nil), ("GET", "/webhooks/gitlab", 404, nil),
            ("GET", "/nothing", 404, nil), ("POST", "\(Self.channel)/adopt", 404, nil),
            ("POST", "/api/v1/channels/none/hold", 404, nil),
            ("POST", "/api/v1/channels/latest/hold", 409, nil),
        ]
        try await DoorServer.serving { server in
            for row in rows {
                let answer = try await server.exchange(Self.request(row.method, row.path, order))
                #expect(answer.status == row.status, "\(row.method) \(row.path)")
                #expect(answer.isProblem, "\(row.method) \(row.path): \(answer.headers)")
                #expect(answer.headers["allow"] == row.allow, "\(row.method) \(row.path)")
                #expect(!answer.body.contains(DoorServer.adminToken))
            }
            #expect(server.orders.isEmpty)
            for path in ["/api/v1/channels", Self.channel, "/api/v1/history", "/healthz"] {
                let whole = try await server.exchange(Self.request("GET", path))
                #expect(whole.status == 200, "\(path)")
                #expect(whole.headers["content-length"] == "\(whole.body.utf8.count)")
            }
        }
    }

    @Test("what an order came to is its status, and its result stands beside it")
    func outcomes() async throws {
        let order = #"{"reason": "x", "sha": "1a2b3c4"}"#
        let request = Self.request("POST", "\(Self.channel)/promote", order)
        try await DoorServer.serving { server in
            for (outcome, status) in [
                (Receipt.Outcome.promote, 200), (.settled, 200), (.hold, 200), (.reject, 409),
                (.error, 503),
            ] {
                server.come(to: outcome)
                let answer = try await server.exchange(request)
                #expect(answer.status == status, "\(outcome)")
                #expect(answer.isProblem == (status != 200))
                #expect(answer.body.contains("\"verdict\": \"\(outcome)\""))
                #expect(answer.headers["retry-after"] == (status == 503 ? "30" : nil))
            }
            server.come(to: nil)
            let stopping = try await server.exchange(request)
            #expect(stopping.status == 503)
            #expect(stopping.isProblem)
            #expect(stopping.headers["retry-after"] == "5")
        }
    }

    @Test("each body becomes its order; only true and nothing pass the rules")
    func orders() async throws {
        let bodies = [
            ("promote", #"{"reason": "x"}"#),
            ("promote", #"{"reason": "x", "sha": null, "actor": null}"#),
            ("promote", #"{"reason": "x", "sha": "1a2b3c4"}"#),
            ("promote", #"{"reason": "x", "sha": "1a2b3c4", "override": true}"#),
            ("promote", #"{"reason": "x", "sha": "1a2b3c4", "override": false}"#),
            ("rollback", #"{"reason": "x", "sha": "1a2b3c4", "actor": "Ada"}"#),
            ("hold", #"{"reason": "x", "actor": "Ada"}"#),
            ("resume", #"{"reason": "x"}"#),
            ("resume", #"{"reason": "x", "sha": "1a2b3c4"}"#),
        ]
        let override = try Override(actor: "admin", reason: "x")
        let statement = try Statement(actor: "admin", reason: "x")
        let commit = try CommitName("1a2b3c4")
        try await DoorServer.serving { server in
            for (word, body) in bodies {
                let answer = try await server.exchange(
                    Self.request("POST", "\(Self.channel)/\(word)", body))
                #expect(answer.status == 200, "\(word) \(body)")
            }
            #expect(
                try server.orders == [
                    .look, .look, .promote(commit, override), .promote(commit, override),
                    .promote(commit, nil),
                    .rollback(commit, Override(actor: "Ada", reason: "x")),
                    .hold(Statement(actor: "Ada", reason: "x")), .resume(nil, statement),
                    .resume(commit, statement),
                ])
        }
    }
}
