import PawlCore
import PawlServer
import PawlTesting
import PawlWeb
import Testing

@Suite("Open pages are told of changes", .timeLimit(.minutes(3)))
struct EventStreamTests {
    private static let ask = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func listen(_ server: PageServer) async throws -> RawConnection {
        let connection = try await server.connect()
        try await connection.send(ask)
        return connection
    }

    private static func change(_ server: PageServer) {
        server.board.show(PageSituations.all, complaints: [])
    }

    @Test("the number of the board comes at once, and again with each change, unbuffered")
    func changes() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            let listener = try await Self.listen(server)
            let first = try await listener.read(until: "data: \(server.board.number)\n\n")
            #expect(first.hasPrefix("HTTP/1.1 200 "))
            let headers = first.lowercased()
            for line in [
                "content-type: text/event-stream; charset=utf-8", "cache-control: no-store",
                "x-accel-buffering: no", "x-content-type-options: nosniff",
            ] {
                #expect(headers.contains("\r\n\(line)\r\n"), "\(line)")
            }
            #expect(first.contains("retry: 5000\n"))
            for _ in 0..<3 {
                Self.change(server)
                _ = try await listener.read(until: "data: \(server.board.number)\n\n")
            }
            await listener.close()
        }
    }

    @Test("while nothing changes the same number comes again and again, and after an hour the end")
    func heartbeat() async throws {
        let (beats, beat) = AsyncStream.makeStream(of: Void.self)
        try await PageServer.serving(
            PageSituations.all,
            sleep: { duration in
                #expect(duration == Limits.heartbeat)
                for await _ in beats { break }
                try Task.checkCancellation()
            },
            { server in
                let line = "data: \(server.board.number)\n\n"
                let listener = try await Self.listen(server)
                _ = try await listener.read(until: line)
                for _ in 0..<3 {
                    beat.yield()
                    _ = try await listener.read(until: line)
                }
                // The rest of the hour passes at once.
                beat.finish()
                _ = try await listener.read(until: "\r\n0\r\n\r\n")
                await listener.close()
            })
    }

    @Test("there is a place for so many pages; who goes makes room")
    func limit() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            var listeners: [RawConnection] = []
            for _ in 0..<Limits.pageListenersMax {
                let listener = try await Self.listen(server)
                _ = try await listener.read(until: "data: ")
                listeners.append(listener)
            }
            let refused = try await Self.listen(server)
            let answer = try await refused.answer()
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"] == "60")
            await refused.close()
            await listeners.removeLast().close()
            var status = 0
            while status != 200 {
                // One who is gone is noticed with the next change.
                Self.change(server)
                let next = try await Self.listen(server)
                status = try await next.answer().status
                listeners.append(next)
            }
            for listener in listeners { await listener.close() }
        }
    }

    @Test("a stop ends what open pages listen to, and lets no other begin")
    func stop() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            let listener = try await Self.listen(server)
            _ = try await listener.read(until: "data: ")
            server.pages.stop()
            _ = try await listener.read(until: "0\r\n\r\n")
            await listener.close()
            let late = try await Self.listen(server)
            #expect(try await late.answer().status == 503)
            await late.close()
        }
    }
}
