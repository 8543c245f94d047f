import PawlCore
import PawlLoopback
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("pawl serve, the real binary", .serialized)
struct ServeStoryTests {
    @Test("a signed event moves the tag; the order of a person does too; no secret is told")
    func story() async throws {
        try await ServeWorld.with { world in
            let server = try await world.serve()
            try await eventually("ready: \(server.log)") {
                try await server.ask("/readyz", by: world.client).status == 200
            }
            let run = world.proved(ServeWorld.commits[1])
            let event = world.github.event(for: run)
            #expect(try await server.deliver(event, id: "1", by: world.client) == 202)
            try await eventually("the tag moves: \(server.log)") {
                world.live == ServeWorld.commits[1]
            }
            // Doubled: the same answer, and nothing more happens.
            #expect(try await server.deliver(event, id: "1", by: world.client) == 202)

            let path = "/api/v1/channels/acme/app/latest"
            let refused = try await server.ask(
                "POST", path + "/hold", #"{"reason": "db"}"#, token: "wrong", by: world.client)
            #expect(refused.status == 401)
            let held = try await server.ask(
                "POST", path + "/hold", #"{"reason": "the database", "actor": "mona"}"#,
                token: ServeProcess.adminToken, by: world.client)
            #expect(held.status == 200, "\(held)")
            let back = try await server.ask(
                "POST", "/api/v1/channels/latest/rollback",
                #"{"reason": "login is broken", "sha": "\#(ServeWorld.commits[0])"}"#,
                token: ServeProcess.adminToken, by: world.client)
            #expect(back.status == 200, "\(back)")
            #expect(world.live == ServeWorld.commits[0])
            try await eventually("history: \(server.log)") {
                let history = try await server.ask("/api/v1/history", by: world.client)
                return history.text.contains("login is broken")
                    && history.text.contains("the database") && history.text.contains("mona")
                    && history.text.contains("admin")
            }
            var told = ""
            for path in ["/", path, "/api/v1/channels", "/metrics", "/readyz", "/api/v1/history"] {
                let answer = try await server.ask(path, by: world.client)
                #expect(answer.status == 200, "\(path): \(answer)")
                told += answer.text
            }
            #expect(told.contains("pawl_webhooks_total"))
            #expect(try await server.end() == 0)
            told += server.log
            for secret in [ServeProcess.secret, ServeProcess.adminToken, ServeWorld.token] {
                #expect(!told.contains(secret))
            }
        }
    }

    @Test("what happened while no server ran, or while no event arrived, is found at the start")
    func lost() async throws {
        try await ServeWorld.with { world in
            _ = world.proved(ServeWorld.commits[2])
            let server = try await world.serve(["PAWL_WEBHOOK_SECRETS": ""])
            try await eventually("the tag moves: \(server.log)") {
                world.live == ServeWorld.commits[2]
            }
            let refused = try await server.deliver([0x7B, 0x7D], id: "1", by: world.client)
            #expect(refused == 503)
            #expect(server.log.contains("PAWL_WEBHOOK_SECRETS is not set"))
            #expect(try await server.end(by: SIGINT) == 0)
        }
    }

    @Test("an event that was kept and not looked at is looked at by the next process")
    func kept() async throws {
        try await ServeWorld.with { world in
            var server = try await world.serve()
            let run = world.proved(ServeWorld.commits[1])
            #expect(
                try await server.deliver(
                    world.github.event(for: run), id: "1", by: world.client) == 202)
            #expect(try await server.end(by: SIGKILL) == 128 + SIGKILL)
            server = try await world.serve()
            try await eventually("the tag moves: \(server.log)") {
                world.live == ServeWorld.commits[1]
            }
            try await server.end()
        }
    }

    @Test("a changed policy is taken over; a bad one keeps the last good one and is complained of")
    func reload() async throws {
        try await ServeWorld.with { world in
            let server = try await world.serve()
            try world.folder.write(world.policy + "\nnonsense: 1\n", to: "pawl.yaml")
            kill(server.pid, SIGHUP)
            try await eventually("readyz complains: \(server.log)") {
                let answer = try await server.ask("/readyz", by: world.client)
                return answer.status == 503 && answer.text.contains("nonsense")
            }
            #expect(
                try await server.ask("/api/v1/channels/latest", by: world.client).status == 200)
            let policy = world.policy.replacing("  latest:", with: "  stable:")
            try world.folder.write(policy, to: "pawl.yaml")
            // Without any signal.
            try await eventually("the new channel is there: \(server.log)") {
                try await server.ask("/api/v1/channels/stable", by: world.client).status == 200
            }
            #expect(
                try await server.ask("/api/v1/channels/latest", by: world.client).status == 404)
            try await server.end()
        }
    }

    @Test("SIGTERM in the middle of a promotion ends well, with the move recorded or not begun")
    func stopWhilePromoting() async throws {
        try await ServeWorld.with { world in
            let server = try await world.serve()
            let run = world.proved(ServeWorld.commits[1])
            #expect(
                try await server.deliver(
                    world.github.event(for: run), id: "1", by: world.client) == 202)
            #expect(try await server.end() == 0)
            let next = try await world.serve()
            try await eventually("the tag moves: \(next.log)") {
                world.live == ServeWorld.commits[1]
            }
            try await eventually("one move is recorded: \(next.log)") {
                let history = try await next.ask("/api/v1/history", by: world.client).text
                // What stands before the entries sums them up, and names the newest move too.
                let entries = history.split(separator: #""entries": ["#).dropFirst().joined()
                return entries.split(separator: #""kind": "promote""#).count == 2
            }
            try await next.end()
        }
    }

    @Test("a second server on the same files says who has them, and a bad file stops the start")
    func starts() async throws {
        try await ServeWorld.with { world in
            let server = try await world.serve()
            await #expect(throws: NotInTime.self) { _ = try await world.serve() }
            #expect(server.log.contains("process \(server.pid)"))
            try await server.end()
            try world.folder.write("version: 2", to: "pawl.yaml")
            await #expect(throws: NotInTime.self) { _ = try await world.serve() }
            #expect(world.folder.text(of: "log").contains("pawl.yaml"))
        }
    }

    @Test("two spellings of a ledger's path are one ledger, which its server has open already")
    func spellings() async throws {
        try await ServeWorld.with { world in
            func order(_ verb: String, of server: ServeProcess) async throws -> Int {
                try await server.ask(
                    "POST", "/api/v1/channels/stable/\(verb)", #"{"reason": "db"}"#,
                    token: ServeProcess.adminToken, by: world.client
                ).status
            }
            let stable = world.policy.replacing("  latest:", with: "  stable:")
            try world.folder.write(stable, to: "pawl.yaml")
            let server = try await world.serve()
            #expect(try await order("hold", of: server) == 200)
            let other = "sqlite:\(world.folder.path)/./pawl.db"
            // A further channel tells when the new policy is in force.
            try world.folder.write(
                stable.replacing("branch: main", with: "branch: main\nledger: \(other)")
                    + "\n  taken-over:\n    images: [\(world.registry.host)/acme/web]\n"
                    + "    from: \"staging-{short_sha}\"\n    build: build.yml\n",
                to: "pawl.yaml")
            kill(server.pid, SIGHUP)
            try await eventually("the other spelling is taken over: \(server.log)") {
                try await server.ask("/api/v1/channels/taken-over", by: world.client).status
                    == 200
            }
            #expect(try await order("resume", of: server) == 200, "\(server.log)")
            #expect(try await order("hold", of: server) == 200, "\(server.log)")
            try await server.end()
        }
    }
}
