import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import Synchronization
import Testing

/// Answers by one function, and remembers what it was asked.
private final class Server: Exchange {
    private let answer: @Sendable (Request) -> Response
    private let seen = Mutex<[Request]>([])

    init(_ answer: @escaping @Sendable (Request) -> Response) { self.answer = answer }

    var requests: [Request] { seen.withLock { $0 } }
    var marks: [String?] {
        requests.map { $0.headers.first { $0.name == "If-None-Match" }?.value }
    }

    func send(_ request: Request) async throws(PortFailure) -> Response {
        seen.withLock { $0.append(request) }
        return answer(request)
    }

    /// A body with a mark, or 304 to who shows the mark.
    static func marked(_ body: String, mark: String = "W/\"1\"") -> Server {
        Server { request in
            let isKnown = request.headers.contains {
                $0.name == "If-None-Match" && $0.value == mark
            }
            return Response(
                status: isKnown ? 304 : 200,
                headers: [("ETag", mark), ("X-RateLimit-Remaining", isKnown ? "8" : "9")],
                body: isKnown ? [] : Array(body.utf8))
        }
    }
}

private func get(
    _ url: String = "https://h/x", _ headers: [(name: String, value: String)] = [],
    bytesMax: Int = 1000
) -> Request {
    Request(.get, url, headers: headers, answerBytesMax: bytesMax)
}

@Suite("A repeated question costs a 304")
struct ConditionalTests {
    @Test("An answer that still stands is given again, with the newer headers")
    func stands() async throws {
        let server = Server.marked("hello")
        let exchange = ConditionalExchange(server)
        let first = try await exchange.send(get())
        let second = try await exchange.send(get())
        let third = try await exchange.send(get())
        #expect(first.status == 200 && second.status == 200)
        #expect(second.body == Array("hello".utf8) && third.body == second.body)
        #expect(second.all("X-RateLimit-Remaining") == ["8"])
        #expect(second.all("ETag") == ["W/\"1\""])
        #expect(server.marks == [nil, "W/\"1\"", "W/\"1\""])
    }

    @Test("A new version takes the place of the old one")
    func newVersion() async throws {
        let version = Mutex(1)
        let server = Server { request in
            let mark = "\"\(version.withLock { $0 })\""
            let isKnown = request.headers.contains { $0.value == mark }
            return Response(
                status: isKnown ? 304 : 200, headers: [("etag", mark)],
                body: isKnown ? [] : Array(mark.utf8))
        }
        let exchange = ConditionalExchange(server)
        _ = try await exchange.send(get())
        version.withLock { $0 = 2 }
        #expect(try await exchange.send(get()).body == Array("\"2\"".utf8))
        #expect(try await exchange.send(get()).body == Array("\"2\"".utf8))
        #expect(server.marks == [nil, "\"1\"", "\"2\""])
    }

    @Test(
        "Another address, media type or account never gets the answer",
        arguments: [
            get("https://h/y", [("Accept", "a"), ("Authorization", "Bearer 1")]),
            get("https://h/x?q", [("Accept", "a"), ("Authorization", "Bearer 1")]),
            get("https://h/x", [("Accept", "b"), ("Authorization", "Bearer 1")]),
            get("https://h/x", [("Accept", "a"), ("Authorization", "Bearer 2")]),
            get("https://h/x", [("Accept", "a")]),
            get("https://h/x", [("Accept", "a"), ("authorization", "bearer 1")]),
        ])
    func others(other: Request) async throws {
        let server = Server.marked("secret")
        let exchange = ConditionalExchange(server)
        _ = try await exchange.send(
            get("https://h/x", [("Accept", "a"), ("Authorization", "Bearer 1")]))
        _ = try await exchange.send(other)
        #expect(server.marks == [nil, nil])
    }

    @Test("The order and case of headers' names make no difference")
    func order() async throws {
        let server = Server.marked("x")
        let exchange = ConditionalExchange(server)
        _ = try await exchange.send(get("https://h/x", [("Accept", "a"), ("Authorization", "1")]))
        _ = try await exchange.send(get("https://h/x", [("AUTHORIZATION", "1"), ("accept", "a")]))
        #expect(server.marks == [nil, "W/\"1\""])
    }

    @Test("Writes, and questions that have a condition of their own, are left alone")
    func leftAlone() async throws {
        let server = Server.marked("x")
        let exchange = ConditionalExchange(server)
        for request in [
            Request(.put, "https://h/x", answerBytesMax: 9),
            Request(.post, "https://h/x", answerBytesMax: 9),
            Request(.head, "https://h/x", answerBytesMax: 9), get("https://h/x", [("Range", "b")]),
        ] {
            _ = try await exchange.send(request)
            _ = try await exchange.send(request)
        }
        #expect(server.marks.allSatisfy { $0 == nil })
        let own = try await exchange.send(get("https://h/x", [("if-none-match", "W/\"1\"")]))
        #expect(own.status == 200)
    }

    @Test("A 304 that nobody asked for, or about another version, stays a 304")
    func unasked() async throws {
        let never = ConditionalExchange(
            Server { _ in Response(status: 304, headers: [("ETag", "\"1\"")], body: []) })
        #expect(try await never.send(get()).status == 304)
        #expect(try await never.send(get()).status == 304)
        let other = Server { request in
            let isFirst = !request.headers.contains { $0.name == "If-None-Match" }
            return Response(
                status: isFirst ? 200 : 304, headers: [("ETag", isFirst ? "\"1\"" : "\"2\"")],
                body: [1])
        }
        let exchange = ConditionalExchange(other)
        _ = try await exchange.send(get())
        #expect(try await exchange.send(get()).status == 304)
        #expect(try await exchange.send(get()).status == 200)
    }

    @Test("A weak and a strong mark of one version are the same")
    func weak() async throws {
        let server = Server { request in
            let isFirst = !request.headers.contains { $0.name == "If-None-Match" }
            return Response(
                status: isFirst ? 200 : 304, headers: [("ETag", isFirst ? "\"1\"" : "W/\"1\"")],
                body: isFirst ? [7] : [])
        }
        let exchange = ConditionalExchange(server)
        _ = try await exchange.send(get())
        #expect(try await exchange.send(get()).body == [7])
    }

    @Test(
        "What has no usable mark, or may not be kept, is not",
        arguments: [
            [(name: "X", value: "\"1\"")], [(name: "ETag", value: "1")],
            [(name: "ETag", value: "\"a b\"")], [(name: "ETag", value: "\"a\r\nX: y\"")],
            [(name: "ETag", value: "")], [(name: "ETag", value: "W/")],
            [(name: "ETag", value: "\"1\""), (name: "Cache-Control", value: "private, No-Store")],
        ])
    func unusable(headers: [(name: String, value: String)]) async throws {
        let server = Server { _ in Response(status: 200, headers: headers, body: [1]) }
        let exchange = ConditionalExchange(server)
        _ = try await exchange.send(get())
        _ = try await exchange.send(get())
        #expect(server.marks == [nil, nil])
    }

    @Test(
        "Errors are not remembered, and do not take the place of an answer",
        arguments: [404, 500, 403])
    func errors(status: Int) async throws {
        let fails = Mutex(true)
        let server = Server { request in
            let isKnown = request.headers.contains { $0.name == "If-None-Match" }
            return Response(
                status: fails.withLock { $0 } ? status : isKnown ? 304 : 200,
                headers: [("ETag", "\"1\"")], body: isKnown ? [] : [5])
        }
        let exchange = ConditionalExchange(server)
        _ = try await exchange.send(get())
        fails.withLock { $0 = false }
        #expect(try await exchange.send(get()).body == [5])
        fails.withLock { $0 = true }
        #expect(try await exchange.send(get()).status == status)
        fails.withLock { $0 = false }
        #expect(try await exchange.send(get()).body == [5])
        #expect(server.marks == [nil, nil, "\"1\"", "\"1\""])
    }

    @Test("It is bounded by answers, the longest unused one going first")
    func answersMax() async throws {
        let server = Server.marked("x")
        let exchange = ConditionalExchange(server, answersMax: 2, bytesMax: 10_000)
        for path in ["a", "b", "a", "c", "a", "b"] {
            _ = try await exchange.send(get("https://h/\(path)"))
        }
        #expect(server.marks.map { $0 != nil } == [false, false, true, false, true, false])
    }

    @Test("It is bounded by bytes, and one answer that is too large does not empty it")
    func bytesMax() async throws {
        let server = Server { request in
            let size = request.url.contains("large") ? 1000 : 300
            return Response(
                status: 200, headers: [("ETag", "\"1\"")], body: Array(repeating: 1, count: size))
        }
        let exchange = ConditionalExchange(server, answersMax: 9, bytesMax: 900)
        for path in ["a", "b", "large", "b", "c", "a", "c"] {
            _ = try await exchange.send(get("https://h/\(path)", bytesMax: 2000))
        }
        #expect(server.marks.map { $0 != nil } == [false, false, false, true, false, false, true])
    }

    @Test("An answer larger than the question allows is not given from memory")
    func answerBytesMax() async throws {
        let server = Server.marked("0123456789")
        let exchange = ConditionalExchange(server)
        _ = try await exchange.send(get())
        _ = try await exchange.send(get(bytesMax: 5))
        #expect(server.marks == [nil, nil])
    }

    @Test("GitHub's repeated questions cost nothing, and new runs are seen at once")
    func gitHub() async throws {
        let github = GitHubDouble(token: token)
        github.answerConditionally()
        github.commit(sha("1"), files: ["a": "1"])
        github.commit(sha("2"), parents: [sha("1")], files: ["a": "2"])
        github.branch("main", at: sha("2"))
        github.run("e2e.yml", at: sha("2"), status: "queued")
        let budget = RequestBudget()
        let host = try Stage(github).host(by: {
            ConditionalExchange(BudgetExchange($0, budget: budget))
        })
        func ask() async throws -> [RunState] {
            #expect(try await host.ancestry(of: commit("2"), from: commit("1")) == .ahead)
            #expect(try await host.changes(from: commit("1"), to: commit("2")).files.count == 1)
            #expect(try await host.file(at: "a", of: commit("2")) == Array("2".utf8))
            #expect(try await host.resolve(.full(commit("2"))) == commit("2"))
            return try await host.runs(at: commit("2")).map(\.state)
        }
        #expect(try await ask() == [.queued])
        #expect(github.requestsLeft == 996)
        #expect(try await ask() == [.queued])
        #expect(github.requestsLeft == 996)
        #expect(github.requests.count == 10)
        github.run("e2e.yml", at: sha("2"))
        #expect(try await ask() == [.success, .queued])
        #expect(github.requestsLeft == 995)
        #expect(budget.newest?.remaining == 995)
    }
}

@Suite("The budget of requests")
struct RequestBudgetTests {
    private func budget(_ answers: [[(name: String, value: String)]]) async throws -> RequestBudget
    {
        let budget = RequestBudget()
        for headers in answers {
            let server = Server { _ in Response(status: 200, headers: headers, body: []) }
            _ = try await BudgetExchange(server, budget: budget).send(get())
        }
        return budget
    }

    private func headers(
        _ remaining: String, _ limit: String = "5000", _ reset: String = "1775048400"
    ) -> [(name: String, value: String)] {
        [
            ("x-ratelimit-remaining", remaining), ("X-RateLimit-Limit", limit),
            ("X-RateLimit-Reset", reset),
        ]
    }

    @Test("It is read from the answers, in words")
    func words() async throws {
        let budget = try await budget([headers("4990"), headers("4987")])
        #expect(budget.newest.map { "\($0)" } == "4987 of 5000 until 2026-04-01T13:00:00Z")
    }

    @Test("An answer that was overtaken does not raise it; a new period does")
    func overtaken() async throws {
        #expect(try await budget([headers("10"), headers("11")]).newest?.remaining == 10)
        #expect(
            try await budget([headers("10"), headers("5000", "5000", "1775052000")]).newest?
                .remaining == 5000)
    }

    @Test(
        "Without sense it is unknown",
        arguments: [
            ("", "5000", "1"), ("x", "5000", "1"), ("-1", "5000", "1"), ("6", "5", "1"),
            ("1", "5000", "99999999999999"), ("1", "5000", ""),
            ("9223372036854775808", "5000", "1"),
        ])
    func senseless(remaining: String, limit: String, reset: String) async throws {
        #expect(try await budget([headers(remaining, limit, reset), []]).newest == nil)
    }
}
