import PawlCore
import PawlTesting
import Testing

@Suite("What comes at the door for events", .timeLimit(.minutes(3)))
struct IntakeTests {
    /// One request, in words, and the status that it is due.
    private struct Row {
        let story: String
        let status: Int
        let request: [UInt8]

        init(_ story: String, _ status: Int, _ request: [UInt8]) {
            self.story = story
            self.status = status
            self.request = request
        }
    }

    private static let path = "/webhooks/github"

    /// An event as GitHub sends it, with header lines changed or left out (`nil`).
    private static func event(
        _ body: [UInt8] = DoorServer.event, _ changes: [String: String?] = [:],
        more lines: [String] = [], signed: String? = nil
    ) -> [UInt8] {
        var fields: [(String, String?)] = [
            ("Host", "pawl.example"), ("Content-Type", "application/json"),
            ("X-GitHub-Event", "workflow_run"), ("X-GitHub-Delivery", "delivery-refused"),
            ("X-Hub-Signature-256", signed ?? DoorServer.signature(body)),
            ("Content-Length", "\(body.count)"),
        ]
        fields = fields.map { ($0, changes[$0] ?? $1) }
        let own = Set(fields.map(\.0))
        fields += changes.filter { !own.contains($0.key) }.map { ($0, $1) }
        let head = fields.compactMap { name, value in value.map { "\(name): \($0)" } } + lines
        return Array(
            ("POST \(path) HTTP/1.1\r\n" + head.joined(separator: "\r\n") + "\r\n\r\n").utf8)
            + body
    }

    private static let forged: [Row] = {
        let right = DoorServer.signature(DoorServer.event)
        let hex = String(right.dropFirst("sha256=".count))
        let field = "X-Hub-Signature-256"
        return [
            Row("no signature", 401, event([123, 125], [field: nil])),
            Row(
                "sha1 alone", 401,
                event([123, 125], [field: nil, "X-Hub-Signature": "sha1=" + hex.prefix(40)])),
            Row("sha1 in the place of sha256", 401, event(signed: "sha1=" + hex)),
            Row("a digit too few", 401, event(signed: String(right.dropLast()))),
            Row("a digit too many", 401, event(signed: right + "0")),
            Row("no digits", 401, event(signed: "sha256=")),
            Row("upper-case digits", 401, event(signed: "sha256=" + hex.uppercased())),
            Row("an upper-case name", 401, event(signed: "SHA256=" + hex)),
            Row("a blank within", 401, event(signed: "sha256= " + hex)),
            Row("two signatures", 401, event(more: ["\(field): \(right)"])),
            Row("two in one line", 401, event(signed: right + ", " + right)),
            Row(
                "a secret that is none of ours", 401,
                event(signed: DoorServer.signature(DoorServer.event, by: "another"))),
            Row(
                "the empty secret", 401,
                event(signed: DoorServer.signature(DoorServer.event, by: " "))),
            Row(
                "the signature of another body", 401,
                event(signed: DoorServer.signature(Array(#"{"action":"x"}"#.utf8)))),
            Row(
                "a line break more", 401, event(DoorServer.event + [10], signed: right)),
            Row(
                "the same JSON written anew", 401,
                event(Array(#"{"action":"completed","n":1}"#.utf8), signed: right)),
        ]
    }()

    private static let malformed: [Row] = {
        let id = "X-GitHub-Delivery"
        let name = "X-GitHub-Event"
        let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
        let bodies: [(String, String)] = [
            ("nothing", ""), ("null", "null"), ("a list", "[]"), ("a text", "\"x\""),
            ("more behind it", "{} x"), ("two documents", "{}{}"), ("a comment", "{/**/}"),
            ("single quotes", "{'a': 1}"), ("no number", #"{"a": NaN}"#),
            ("a leading zero", #"{"a": 01}"#), ("an open object", #"{"a": 1"#),
            ("nesting without end", "{\"a\": \(deep)}"),
            ("a raw control byte", "{\"a\": \"\u{1}\"}"),
            ("a key twice", #"{"head_sha": "a", "head_sha": "b"}"#),
            ("a key twice, once in escapes", #"{"head_sha": "a", "he\u0061d_sha": "b"}"#),
            ("a key twice, deep within", #"{"a": [{"b": {"c": 1, "d": 2, "c": 3}}]}"#),
        ]
        return bodies.map { Row("JSON: \($0)", 400, event(Array($1.utf8))) } + [
            Row("no delivery id", 400, event([123, 125], [id: nil])),
            Row("an empty delivery id", 400, event([123, 125], [id: ""])),
            Row("two delivery ids", 400, event(more: ["\(id): other"])),
            Row("a delivery id of two words", 400, event([123, 125], [id: "a b"])),
            Row(
                "an endless delivery id", 400,
                event([123, 125], [id: String(repeating: "a", count: 10_000)])),
            Row("a delivery id beyond ASCII", 400, event([123, 125], [id: "ä"])),
            Row("no event", 400, event([123, 125], [name: nil])),
            Row("an event of two words", 400, event([123, 125], [name: "push push"])),
            Row("NUL in an id", 400, event([123, 125], [id: "a\u{0}b"])),
            Row("a control character in an id", 400, event([123, 125], [id: "a\u{1}b"])),
            Row("a header line injected by a bare CR", 400, event([123, 125], [id: "a\rX: y"])),
            Row("a header name with a blank", 400, event([123, 125], ["X Y": "z"])),
            Row("a header that is folded", 400, event([123, 125], ["X-Y": "a\r\n b"])),
            Row(
                "a form", 415,
                event([123, 125], ["Content-Type": "application/x-www-form-urlencoded"])),
            Row("a packed body", 415, event([123, 125], ["Content-Encoding": "gzip"])),
        ]
    }()

    private static let oversized: [Row] = {
        let length = "Content-Length"
        let most = "\(Limits.eventBytesMax + 1)"
        return [
            Row("a body announced too large", 413, event([123, 125], [length: most])),
            Row("10 GB announced", 413, event([123, 125], [length: "10000000000"])),
            Row("a negative length", 400, event([123, 125], [length: "-1"])),
            Row("a length in words", 400, event([123, 125], [length: "1e3"])),
            Row(
                "a length beyond all bounds", 400,
                event([123, 125], [length: "99999999999999999999"])),
            Row("two lengths that differ", 400, event([123, 125], more: ["Content-Length: 3"])),
            Row(
                "a length and chunks", 400,
                event([123, 125], more: ["Transfer-Encoding: chunked"])),
            Row(
                "an unknown coding", 400,
                event([123, 125], [length: nil, "Transfer-Encoding": "gzip"])),
            Row(
                "a chunk without end", 400,
                event(
                    Array("FFFFFFFFFFFFFFFFF\r\n{}".utf8),
                    [length: nil, "Transfer-Encoding": "chunked"])),
            Row(
                "a negative chunk", 400,
                event(
                    Array("-2\r\n{}\r\n".utf8),
                    [length: nil, "Transfer-Encoding": "chunked"])),
            Row(
                "one header line of 1 MB", 400,
                event([123, 125], ["X-Y": String(repeating: "a", count: 1_000_000)])),
            Row(
                "1,000 header lines", 400,
                event([123, 125], more: (0..<1000).map { "X-\($0): a" })),
        ]
    }()

    @Test("forged, malformed and oversized events are refused, each in its way; nothing is kept")
    func refusals() async throws {
        try await DoorServer.serving { server in
            for row in Self.forged + Self.malformed + Self.oversized {
                do {
                    let answer = try await server.exchange(row.request)
                    #expect(answer.status == row.status, "\(row.story)")
                    #expect(
                        answer.isProblem || answer.headers["connection"] == "close",
                        "\(row.story): \(answer)")
                } catch {
                    Issue.record("\(row.story): \(error)")
                }
            }
            #expect(server.keptCalls == 0)
            #expect(server.deliveries.waitingIDs.isEmpty)
            // After all of that a good one goes in.
            let good = try await server.exchange(Self.event())
            #expect(good.status == 202)
            #expect(server.deliveries.waitingIDs == ["delivery-refused"])
        }
    }

    @Test("what is good is kept once, by any of the secrets, however it is sent")
    func goodOnes() async throws {
        try await DoorServer.serving { server in
            func id(_ text: String) -> [String: String?] { ["X-GitHub-Delivery": text] }
            let body = DoorServer.event
            let chunks =
                "5\r\n" + String(decoding: body.prefix(5), as: UTF8.self) + "\r\n"
                + String(body.count - 5, radix: 16) + ";x=y\r\n"
                + String(decoding: body.dropFirst(5), as: UTF8.self) + "\r\n0\r\n\r\n"
            let chunked: [String: String?] = [
                "X-GitHub-Delivery": "chunked", "Transfer-Encoding": "chunked",
                "Content-Length": nil,
            ]
            let sent: [(String, [UInt8])] = [
                ("new", Self.event(body, id("new"))),
                (
                    "old",
                    Self.event(
                        body, id("old"),
                        signed: DoorServer.signature(body, by: DoorServer.secrets[0]))
                ),
                (
                    "chunked",
                    Self.event(Array(chunks.utf8), chunked, signed: DoorServer.signature(body))
                ),
                (
                    "ping",
                    Self.event(body, ["X-GitHub-Delivery": "ping", "X-GitHub-Event": "ping"])
                ),
                (
                    "unheard-of",
                    Self.event(
                        body, ["X-GitHub-Delivery": "unheard-of", "X-GitHub-Event": "sponsors"])
                ),
            ]
            for (name, request) in sent {
                let answer = try await server.exchange(request)
                #expect(answer.status == 202, "\(name): \(answer)")
                #expect(answer.body == "{\"delivery\": \"\(name)\", \"known\": false}\n")
            }
            #expect(server.deliveries.waitingIDs == sent.map(\.0))
            let again = try await server.exchange(sent[0].1)
            #expect(again.status == 202)
            #expect(again.body == "{\"delivery\": \"new\", \"known\": true}\n")
            #expect(server.deliveries.waitingIDs.count == sent.count)
        }
    }

    @Test("what cannot be stored is not acknowledged, and says when to come again")
    func cannotStore() async throws {
        try await DoorServer.serving { server in
            for (code, seconds) in [(PortFailure.Code.throttled, "1"), (.unreachable, "30")] {
                server.deliveries.fail(.keep, with: code)
                let answer = try await server.exchange(Self.event())
                #expect(answer.status == 503)
                #expect(answer.isProblem)
                #expect(answer.headers["retry-after"] == seconds)
            }
            #expect(server.deliveries.waitingIDs.isEmpty)
        }
        try await DoorServer.serving(secrets: []) { server in
            let answer = try await server.exchange(Self.event())
            #expect(answer.status == 503)
            #expect(answer.body.contains("PAWL_WEBHOOK_SECRETS"))
            #expect(server.keptCalls == 0)
        }
    }

    @Test(
        "bodies of all connections together have a bound; what goes over it is told to come again")
    func budget() async throws {
        try await DoorServer.serving { server in
            // Three bodies of 24 MB are more than may be in memory. None of them ends.
            let part = 24 * 1024 * 1024
            let head = Self.event([], ["Content-Length": "\(part + 1)"])
            var held: [RawConnection] = []
            for _ in 0..<3 {
                let connection = try await server.connect()
                try await connection.send(head + [UInt8](repeating: 0x20, count: part))
                held.append(connection)
            }
            let refused = try await withThrowingTaskGroup(of: RawAnswer?.self) { group in
                for connection in held {
                    group.addTask { try? await connection.answer() }
                }
                defer { group.cancelAll() }
                while let answer = try await group.next() {
                    if let answer { return answer }
                }
                throw RawConnection.Closed(soFar: "")
            }
            #expect(refused.status == 503)
            #expect(refused.isProblem)
            #expect(refused.headers["retry-after"] == "1")
            for connection in held { await connection.close() }
            #expect(server.keptCalls == 0)
            // They are given back with their connections.
            let request = Self.event([UInt8](repeating: 0x20, count: part) + DoorServer.event)
            var status = 0
            while status != 202 { status = try await server.exchange(request).status }
        }
    }
}
