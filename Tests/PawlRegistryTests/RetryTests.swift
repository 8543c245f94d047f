import PawlCore
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlTesting
import Synchronization
import Testing

@Suite("Requests are repeated where that can help, and never sooner than the server asks")
struct RetryTests {
    /// Answers one after the other, the last one for ever.
    private final class Script: Exchange {
        private let answers: [Result<Response, PortFailure>]
        private let sent = Mutex(0)
        var count: Int { sent.withLock { $0 } }

        init(_ answers: [Result<Response, PortFailure>]) { self.answers = answers }

        func send(_ request: Request) async throws(PortFailure) -> Response {
            let index = sent.withLock { count in
                count += 1
                return count - 1
            }
            return try answers[min(index, answers.count - 1)].get()
        }
    }

    private static func answer(
        _ status: Int, _ headers: [(String, String)] = [], _ body: String = ""
    ) -> Result<Response, PortFailure> {
        .success(
            Response(
                status: status, headers: headers.map { (name: $0.0, value: $0.1) },
                body: Array(body.utf8)))
    }

    private static let ok = answer(200)
    private static let broken = Result<Response, PortFailure>.failure(
        PortFailure(code: .unreachable, subject: "r.example", detail: "it broke"))

    private func send(
        _ answers: [Result<Response, PortFailure>], isRepeatable: Bool = true
    ) async -> (answer: Result<Response, PortFailure>, sent: Int, slept: [Duration]) {
        let script = Script(answers)
        let clock = ManualClock()
        let exchange = RetryingExchange(script, clock: clock.clock, jitter: { 0.5 })
        let request = Request(
            .get, "https://r.example/x", answerBytesMax: 100, isRepeatable: isRepeatable)
        do throws(PortFailure) {
            let response = try await exchange.send(request)
            return (.success(response), script.count, clock.slept)
        } catch {
            return (.failure(error), script.count, clock.slept)
        }
    }

    @Test(
        "which statuses are repeated",
        arguments: [
            (408, 5), (425, 5), (429, 5), (499, 5), (500, 5), (502, 5), (503, 5), (504, 5),
            (522, 5), (524, 5), (200, 1), (201, 1), (301, 1), (400, 1), (401, 1), (403, 1),
            (404, 1), (405, 1), (409, 1), (412, 1), (413, 1), (501, 1),
        ])
    func statuses(status: Int, sent: Int) async throws {
        let result = await send([Self.answer(status)])
        #expect(result.sent == sent)
        #expect(try result.answer.get().status == status)
    }

    @Test("a write is never repeated here: its target must be looked at after any pause")
    func writes() async {
        for status in [500, 502, 503, 504, 408, 429, 425] {
            #expect(await send([Self.answer(status)], isRepeatable: false).sent == 1)
        }
        #expect(await send([Self.broken, Self.ok], isRepeatable: false).sent == 1)
    }

    @Test("pauses double with full jitter; a broken connection is tried again at once, once")
    func pauses() async {
        #expect(
            await send([Self.answer(503)]).slept.map(\.milliseconds) == [125, 250, 500, 1000])
        #expect(await send([Self.broken]).slept.map(\.milliseconds) == [250, 500, 1000])
        #expect(await send([Self.broken, Self.ok]).slept == [])
    }

    @Test(
        "the server's own word is the least that is waited",
        arguments: [
            ([("Retry-After", "2")], "", 2000), ([("Retry-After", "0")], "", 125),
            ([("Retry-After", "-1")], "", 125), ([("Retry-After", "soon")], "", 125),
            ([("Retry-After", "Thu, 30 Apr 2026 12:00:07 GMT")], "", 7000),
            ([("Retry-After", "Thu, 30 Apr 2026 11:00:00 GMT")], "", 125),
            (
                [
                    ("Date", "Thu, 30 Apr 2026 13:00:00 GMT"),
                    ("Retry-After", "Thu, 30 Apr 2026 13:00:03 GMT"),
                ], "", 3000
            ),
            ([], #"{"message":"retry-after: 1.5s, allowed: 2000/minute"}"#, 1500),
            ([], "toomanyrequests: retry-after: 12.5ms, allowed: 2000/minute", 125),
            ([], "retry-after: 400µs", 125), ([], "retry-after: 1m2s", 62000),
            (
                [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1777550410")], "", 11000
            ),
        ] as [([(String, String)], String, Int64)])
    func asked(headers: [(String, String)], body: String, milliseconds: Int64) async {
        let result = await send([Self.answer(429, headers, body), Self.ok])
        let waited = result.slept.reduce(0) { $0 + $1.milliseconds }
        if milliseconds > Limits.serverPauseMax.milliseconds {
            #expect(result.sent == 1)
        } else {
            // The own pause may follow the server's, never replace it.
            #expect(waited >= milliseconds && waited <= milliseconds + 125)
            #expect(result.sent == 2)
        }
    }

    @Test("a server that asks for more than a minute ends the attempts and is quoted")
    func tooLong() async {
        let result = await send([Self.answer(429, [("Retry-After", "99999")])])
        #expect(result.sent == 1)
        #expect(result.slept == [])
        guard case .failure(let refusal) = result.answer else {
            Issue.record("it was answered")
            return
        }
        #expect(refusal.code == .throttled)
        #expect(
            refusal.detail == "the server answered 429 and asks for a pause of 99999 s")
    }

    @Test("a 403 that is a rate limit is told from a refusal")
    func secondary() async {
        let text = "You have exceeded a secondary rate limit. Please wait."
        let limited = await send([Self.answer(403, [], text), Self.ok])
        #expect(limited.sent == 2)
        #expect(limited.slept.first == Limits.secondaryLimitPause)
        #expect(await send([Self.answer(403, [("Retry-After", "1")]), Self.ok]).sent == 2)
        #expect(await send([Self.answer(403, [], "denied"), Self.ok]).sent == 1)
        #expect(
            await send([Self.answer(403, [("X-RateLimit-Remaining", "12")]), Self.ok]).sent == 1)
    }

    @Test("one pause is waited once by all requests to a host")
    func sharedGate() async throws {
        let clock = ManualClock()
        let limited = Mutex(true)
        let sent = Mutex(0)
        let inner = PlayedExchange { request in
            sent.withLock { $0 += 1 }
            let isFirst = limited.withLock { limited in
                defer { limited = false }
                return limited
            }
            return isFirst
                ? Response(status: 429, headers: [("Retry-After", "20")], body: [])
                : Response(status: 200, headers: [], body: [])
        }
        let exchange = RetryingExchange(inner, clock: clock.clock, jitter: { 0 })
        for path in ["a", "b", "c"] {
            _ = try await exchange.send(
                Request(.get, "https://r.example/\(path)", answerBytesMax: 100))
        }
        #expect(clock.slept == [.seconds(20)])
        #expect(sent.withLock { $0 } == 4)
    }

    @Test("a host that is waited for does not hold up another")
    func otherHost() async throws {
        let clock = ManualClock()
        let inner = PlayedExchange { request in
            request.url.hasPrefix("https://limited")
                ? Response(status: 429, headers: [("Retry-After", "3600")], body: [])
                : Response(status: 200, headers: [], body: [])
        }
        let exchange = RetryingExchange(inner, clock: clock.clock, jitter: { 0 })
        let limited = Request(.get, "https://limited.example/", answerBytesMax: 100)
        for _ in 1...2 {
            let refusal = await failure { () throws(PortFailure) in
                _ = try await exchange.send(limited)
            }
            #expect(refusal?.code == .throttled)
        }
        let answer = try await exchange.send(
            Request(.get, "https://other.example/", answerBytesMax: 100))
        #expect(answer.status == 200)
        #expect(clock.slept == [])
    }

    @Test("the trace is told of every attempt, without the query")
    func trace() async throws {
        let told = Mutex<[Trace.Attempt]>([])
        let script = Script([Self.broken, Self.answer(503), Self.ok])
        let exchange = RetryingExchange(
            script, clock: ManualClock().clock, jitter: { 0.5 },
            trace: Trace { attempt in told.withLock { $0.append(attempt) } })
        _ = try await exchange.send(
            Request(.get, "https://r.example/x?token=s3cr3t", answerBytesMax: 100))
        let attempts = told.withLock { $0 }
        #expect(attempts.map(\.attempt) == [1, 2, 3])
        #expect(attempts.map(\.status) == [nil, 503, 200])
        #expect(attempts.map(\.failure) == ["unreachable", nil, nil])
        #expect(attempts.allSatisfy { $0.address == "https://r.example/x" && $0.method == "GET" })
    }
}
