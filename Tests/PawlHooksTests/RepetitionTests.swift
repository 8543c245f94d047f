import PawlCore
import PawlHooks
import PawlLoopback
import PawlPorts
import Testing

@Suite("A webhook is told again where that can help")
struct RepetitionTests {
    /// A receiver that quotes the address, as frameworks' error pages do.
    private static func answer(
        _ status: Int, _ headers: [(name: String, value: String)] = []
    ) -> CannedResponse {
        CannedResponse(
            status: status, headers: headers,
            body: Array("Cannot POST /hooks/\(Stage.pathSecret)?token=\(Stage.querySecret)".utf8))
    }

    @Test("any 2xx ends it", arguments: [200, 201, 202, 204, 226, 299])
    func taken(status: Int) async throws {
        try await Stage.with({ _, _ in Self.answer(status) }) { stage in
            let answer = try await stage.tell()
            #expect(answer == "\(status)")
            #expect(stage.requests.count == 1)
            #expect(stage.clock.pauses == [])
        }
    }

    @Test(
        "a refusal ends it at once",
        arguments: [
            (400, PortFailure.Code.refused), (401, .denied), (402, .refused), (403, .denied),
            (404, .refused), (405, .refused), (409, .refused), (410, .refused), (413, .refused),
            (422, .refused), (451, .refused), (499, .refused),
        ])
    func refused(status: Int, code: PortFailure.Code) async throws {
        try await Stage.with({ _, _ in Self.answer(status, [("Retry-After", "1")]) }) { stage in
            let failure = await stage.failure()
            #expect(failure?.code == code)
            #expect(failure?.subject == stage.name)
            #expect(failure?.detail.hasPrefix("the receiver answered \(status)") == true)
            #expect(failure?.isPermanent == true)
            #expect(stage.requests.count == 1)
            expectSilence(about: failure)
        }
    }

    @Test("a redirect is not followed", arguments: [301, 302, 303, 307, 308, 300, 304])
    func redirect(status: Int) async throws {
        try await Stage.with({ _, _ in CannedResponse(status: 200) }) { other in
            let location = "\(other.server.url)/\(Stage.pathSecret)"
            try await Stage.with({ _, _ in
                Self.answer(status, [("Location", location)])
            }) { stage in
                let failure = await stage.failure()
                #expect(failure?.code == .refused)
                #expect(
                    failure?.detail
                        == "the receiver answered \(status), a redirect, which hooks do not follow")
                #expect(
                    failure?.advice == "Write the address where it leads to into the policy.")
                #expect(stage.requests.count == 1)
                expectSilence(about: failure)
            }
            #expect(other.requests.isEmpty)
        }
    }

    @Test(
        "a passing trouble is repeated with one key and one signature, four times in all",
        arguments: [408, 425, 429, 500, 501, 502, 503, 504, 522, 599])
    func repeated(status: Int) async throws {
        try await Stage.with({ _, _ in Self.answer(status) }) { stage in
            let failure = await stage.failure()
            #expect(failure?.code == (status == 429 ? .throttled : .serverFailed))
            #expect(
                failure?.detail == "the receiver answered \(status), after 4 attempts")
            #expect(failure?.isPermanent == false)
            #expect(stage.requests.count == 4)
            let first = try #require(stage.requests.first)
            for request in stage.requests {
                #expect(request.body == first.body)
                for name in ["X-Pawl-Delivery", "X-Hub-Signature-256", "X-Pawl-Event"] {
                    #expect(request.header(name) == first.header(name))
                    #expect(request.header(name) != nil)
                }
            }
            #expect(stage.clock.pauses.map(\.milliseconds) == [1500, 3000, 6000])
            expectSilence(about: failure)
        }
    }

    @Test("it ends when the receiver takes it", arguments: [1, 2, 3])
    func recovers(failures: Int) async throws {
        try await Stage.with({ count, _ in Self.answer(count <= failures ? 503 : 202) }) { stage in
            let answer = try await stage.tell()
            #expect(answer == "202 after \(failures + 1) attempts")
            #expect(stage.requests.count == failures + 1)
        }
    }

    @Test("a pause is between half and the whole of the doubled one", arguments: [0, 0.999_999])
    func jitter(fraction: Double) async throws {
        try await Stage.with(jitter: fraction, { _, _ in Self.answer(503) }) { stage in
            _ = await stage.failure()
            let pauses = stage.clock.pauses.map(\.milliseconds)
            #expect(pauses == (fraction == 0 ? [1000, 2000, 4000] : [1999, 3999, 7999]))
        }
    }

    @Test(
        "the receiver's own word is the least that is waited",
        arguments: [
            ([("Retry-After", "7")], 7000), ([("Retry-After", "0")], 1500),
            ([("Retry-After", "30")], 30000), ([("Retry-After", "soon")], 1500),
            ([("Retry-After", "-5")], 1500), ([("Retry-After", "")], 1500),
            (
                [
                    ("Date", "Thu, 30 Apr 2026 13:00:00 GMT"),
                    ("Retry-After", "Thu, 30 Apr 2026 13:00:20 GMT"),
                ], 20000
            ),
            ([("Retry-After", "Thu, 30 Apr 2026 12:00:12 GMT")], 12000),
            ([("Retry-After", "Thu, 30 Apr 2026 11:00:00 GMT")], 1500),
        ] as [([(String, String)], Int64)])
    func retryAfter(headers: [(String, String)], milliseconds: Int64) async throws {
        let headers = headers.map { (name: $0.0, value: $0.1) }
        for status in [429, 503] {
            try await Stage.with({ count, _ in
                count == 1 ? Self.answer(status, headers) : Self.answer(200)
            }) { stage in
                let answer = try await stage.tell()
                #expect(answer == "200 after 2 attempts")
                #expect(stage.clock.pauses.map(\.milliseconds) == [milliseconds])
            }
        }
    }

    @Test(
        "a receiver that wants to be left alone for longer ends it, and is quoted",
        arguments: ["31", "3600", "99999999999999999999"])
    func tooLong(seconds: String) async throws {
        try await Stage.with({ _, _ in Self.answer(429, [("Retry-After", seconds)]) }) { stage in
            let failure = await stage.failure()
            #expect(failure?.code == .throttled)
            #expect(
                failure?.detail.hasPrefix("the receiver answered 429 and asks for a pause of ")
                    == true)
            #expect(stage.requests.count == 1)
            #expect(stage.clock.pauses == [])
        }
    }

    @Test("a receiver that never answers is left after ten seconds, and in all after thirty")
    func neverAnswers() async throws {
        try await Stage.with({ count, clock in
            clock.runOut(count)
            return CannedResponse(status: 200, ending: .never)
        }) { stage in
            let failure = await stage.failure()
            #expect(failure?.code == .timedOut)
            #expect(failure?.detail == "no answer came within 10s, after 3 attempts")
            #expect(stage.requests.count == 3)
            #expect(Set(stage.requests.map { $0.header("X-Pawl-Delivery") }).count == 1)
            expectSilence(about: failure)
        }
    }

    @Test("one slow answer is made up for by the next attempt")
    func slowOnce() async throws {
        try await Stage.with({ count, clock in
            guard count == 1 else { return Self.answer(200) }
            clock.runOut(count)
            return CannedResponse(status: 200, ending: .never)
        }) { stage in
            let answer = try await stage.tell()
            #expect(answer == "200 after 2 attempts")
        }
    }

    @Test("a connection that breaks before the answer is a trouble that may pass")
    func broken() async throws {
        try await Stage.with({ count, _ in
            count < 3 ? CannedResponse(status: 200, ending: .dropsBeforeAnswer) : Self.answer(200)
        }) { stage in
            let answer = try await stage.tell()
            #expect(answer == "200 after 3 attempts")
        }
        try await Stage.with({ _, _ in
            CannedResponse(status: 200, ending: .dropsBeforeAnswer)
        }) { stage in
            let failure = await stage.failure()
            #expect(failure?.code == .unreachable)
            #expect(
                failure?.detail
                    == "the connection was closed before the answer, after 4 attempts")
            expectSilence(about: failure)
        }
    }

    @Test("nobody listens")
    func refusedConnection() async throws {
        try await Stage.with({ _, _ in Self.answer(200) }) { stage in
            await stage.server.stop()
            let failure = await stage.failure()
            #expect(failure?.code == .unreachable)
            #expect(failure?.subject == stage.name)
            #expect(failure?.detail == "the connection was refused, after 4 attempts")
            expectSilence(about: failure)
        }
    }

    @Test("an endless error page is cut, and counts as a trouble that may pass")
    func endlessPage() async throws {
        let page = [UInt8](repeating: 97, count: Limits.hookAnswerBytesMax + 1)
        try await Stage.with({ count, _ in
            switch count {
            case 1: CannedResponse(status: 500, body: page)
            case 2: CannedResponse(status: 502, body: Array(page.prefix(4096)), ending: .endless)
            default: Self.answer(200)
            }
        }) { stage in
            let answer = try await stage.tell()
            #expect(answer == "200 after 3 attempts")
        }
    }

    @Test("a run that ends while a hook is told tells it no further")
    func cancelled() async throws {
        let (arrival, arrived) = AsyncStream<Void>.makeStream()
        try await Stage.with({ _, _ in
            arrived.finish()
            return CannedResponse(status: 200, ending: .never)
        }) { stage in
            let telling = Task { await stage.failure() }
            for await _ in arrival {}
            telling.cancel()
            let failure = await telling.value
            #expect(failure?.code == .timedOut)
            #expect(failure?.detail == "the run ended before an answer")
            #expect(stage.requests.count == 1)
        }
    }
}
