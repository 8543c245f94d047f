import NIOCore
import PawlCore
import PawlTesting
import PawlWeb
import Testing

@Suite("What clients do with a connection", .timeLimit(.minutes(3)))
struct WireTests {
    private static func get(_ path: String, _ lines: String...) -> String {
        "GET \(path) HTTP/1.1\r\n" + (["Host: pawl.example"] + lines).joined(separator: "\r\n")
            + "\r\n\r\n"
    }

    @Test("odd requests get the answer that they are due, and never a file or another's header")
    func odd() async throws {
        let long = String(repeating: "a", count: 8000)
        let rows: [(story: String, status: Int, request: String)] = [
            ("HTTP/1.0", 200, "GET /healthz HTTP/1.0\r\n\r\n"),
            ("an absolute address", 200, Self.get("http://pawl.example/healthz")),
            ("doubled slashes", 200, Self.get("//healthz")),
            ("another host behind slashes", 404, Self.get("//evil.example/healthz")),
            ("a way out of the files", 404, Self.get("/assets/../../etc/passwd")),
            ("the same in escapes", 404, Self.get("/assets/%2e%2e/%2e%2e/etc/passwd")),
            ("slashes in escapes", 404, Self.get("/assets/..%2f..%2fetc%2fpasswd")),
            ("a backslash", 404, Self.get("/assets/..\\..\\etc\\passwd")),
            ("NUL in escapes", 404, Self.get("/assets/pawl.css%00.html")),
            ("a folder", 404, Self.get("/assets/")),
            ("an endless path", 404, Self.get("/\(long)")),
            ("an endless question", 200, Self.get("/?q=\(long)")),
            ("a header line in a question", 200, Self.get("/login?to=%0d%0aSet-Cookie:%20a=b")),
            ("a page before the first", 200, Self.get("/?page=-1")),
            ("a page beyond all", 200, Self.get("/?page=1000000000")),
            ("a page of no number", 200, Self.get("/?page='%3b%20drop")),
            ("a cookie of garbage", 200, Self.get("/", "Cookie: pawl-session=\u{1F600};;==")),
            ("no HTTP at all", 400, "hello\r\n\r\n"),
            ("a later HTTP", 400, "GET / HTTP/3.0\r\n\r\n"),
            ("a made-up method", 400, "EAT /healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
        ]
        try await DoorServer.serving { server in
            for row in rows {
                do {
                    let answer = try await server.exchange(row.request)
                    #expect(answer.status == row.status, "\(row.story)")
                    #expect(answer.headers["set-cookie"] == nil, "\(row.story)")
                    #expect(!answer.body.contains("root:"))
                } catch {
                    Issue.record("\(row.story): \(error)")
                }
            }
        }
    }

    @Test("requests sent all at once are answered in their order")
    func pipelined() async throws {
        try await DoorServer.serving { server in
            let connection = try await server.connect()
            let paths = (0..<300).map { $0 % 3 == 0 ? "/nothing" : "/healthz" }
            try await connection.send(paths.map { Self.get($0) }.joined())
            for path in paths {
                #expect(try await connection.answer().status == (path == "/healthz" ? 200 : 404))
            }
            await connection.close()
        }
    }

    @Test("a body that breaks off, or whose client only asked whether to go on, is not kept")
    func brokenOff() async throws {
        try await DoorServer.serving { server in
            let body = DoorServer.event
            func head(_ id: String, _ more: String = "") -> [UInt8] {
                Array(
                    ("POST /webhooks/github HTTP/1.1\r\nHost: a\r\nX-GitHub-Event: push\r\n"
                        + "X-GitHub-Delivery: \(id)\r\nContent-Length: \(body.count)\r\n"
                        + "X-Hub-Signature-256: \(DoorServer.signature(body))\r\n\(more)\r\n").utf8)
            }
            let broken = try await server.connect()
            try await broken.send(head("broken") + body.dropLast())
            await broken.close()
            let asking = try await server.connect()
            try await asking.send(head("asking", "Expect: 100-continue\r\n"))
            await asking.close()
            let patient = try await server.exchange(
                head("patient", "Expect: 100-continue\r\n") + body)
            #expect(patient.status == 202)
            #expect(server.deliveries.waitingIDs == ["patient"])
        }
    }

    /// A way of being slow: what is sent at once, and what is sent bit by bit after it.
    private struct Slow: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let atOnce: String
        var drip: String?
    }

    private static let slowOnes: [Slow] = {
        let head =
            "POST /webhooks/github HTTP/1.1\r\nHost: a\r\nX-GitHub-Event: push\r\n"
            + "X-GitHub-Delivery: slow\r\nContent-Length: \(DoorServer.event.count)\r\n"
            + "X-Hub-Signature-256: \(DoorServer.signature(DoorServer.event))\r\n"
        return [
            Slow(testDescription: "no byte", atOnce: ""),
            Slow(testDescription: "half a header", atOnce: head),
            Slow(testDescription: "a header bit by bit", atOnce: head, drip: "X: y\r\n"),
            Slow(testDescription: "half a body", atOnce: head + "\r\n{\"a\""),
            Slow(testDescription: "a body bit by bit", atOnce: head + "\r\n{", drip: " "),
            Slow(
                testDescription: "nothing after an answer",
                atOnce: "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
        ]
    }()

    @Test("whoever is slow is sent away by the server", arguments: slowOnes)
    private func slow(_ client: Slow) async throws {
        var patience = Patience()
        (patience.header, patience.body) = (.milliseconds(200), .milliseconds(200))
        (patience.idle, patience.answer) = (.milliseconds(200), .milliseconds(200))
        try await DoorServer.serving(patience) { server in
            let connection = try await server.connect()
            try await connection.send(client.atOnce)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Slowly enough that the deadline comes before the end of what was announced.
                    for _ in 0..<20 {
                        guard let drip = client.drip else { return }
                        try await Task.sleep(for: .milliseconds(50))
                        try await connection.send(drip)
                    }
                }
                // It comes back because the server closed: this side never does.
                let answer = try await connection.rest()
                #expect(!answer.contains(" 202 "))
                group.cancelAll()
            }
            #expect(server.keptCalls == 0)
            #expect(try await server.exchange(Self.get("/healthz")).status == 200)
        }
    }
}
