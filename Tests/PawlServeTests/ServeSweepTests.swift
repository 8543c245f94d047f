import FoundationEssentials
import PawlLoopback
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("pawl serve, what it does by itself", .serialized)
struct ServeSweepTests {
    @Test("an event that is never sent is made up for by the sweep")
    func sweep() async throws {
        try await ServeWorld.with { world in
            let server = try await world.serve(options: ["--sweep", "1s"])
            try await eventually("two sweeps that found nothing: \(server.log)") {
                try await server.figure("pawl_sweeps_total", #"result="unchanged""#, world) >= 2
            }
            _ = world.proved(ServeWorld.commits[1])
            try await eventually("the tag moves: \(server.log)") {
                world.live == ServeWorld.commits[1]
            }
            #expect(try await server.figure("pawl_looks_total", #"cause="sweep""#, world) >= 1)
            #expect(try await server.figure("pawl_looks_total", #"cause="event""#, world) == 0)
            try await server.end()
        }
    }

    @Test("the verdict is shown beside the commit if that is asked for, once and not at each look")
    func statuses() async throws {
        try await ServeWorld.with { world in
            let server = try await world.serve(
                ["PAWL_COMMIT_STATUS": "true"], options: ["--sweep", "1s", "--full-sweep", "1s"])
            _ = world.proved(ServeWorld.commits[1])
            try await eventually("the status is set: \(server.log)") {
                world.github.statuses(at: ServeWorld.commits[1]).last?.state == "success"
            }
            let looks = try await server.figure("pawl_looks_total", "", world)
            try await eventually("it looked three times more: \(server.log)") {
                try await server.figure("pawl_looks_total", "", world) >= looks + 3
            }
            try await server.end()
            let shown = world.github.statuses(at: ServeWorld.commits[1])
            #expect(Set(shown.map(\.context)) == ["pawl/latest"])
            // Promoted, and settled at the next look.
            #expect(shown.count <= 3, "\(shown)")
        }
    }

    @Test("a status that may not be set is told, and the tag moves all the same")
    func statusDenied() async throws {
        try await ServeWorld.with { world in
            world.github.revoke("statuses: write")
            _ = world.proved(ServeWorld.commits[1])
            let server = try await world.serve(options: ["--commit-status"])
            try await eventually("it is told: \(server.log)") {
                server.log.contains("the status pawl/latest of 2a2a2a2 was not set")
            }
            #expect(world.live == ServeWorld.commits[1])
            try await server.end()
        }
    }

    @Test("no status is set that nobody asked for, and a word that is none stops the start")
    func noStatus() async throws {
        try await ServeWorld.with { world in
            _ = world.proved(ServeWorld.commits[1])
            let server = try await world.serve()
            try await eventually("the tag moves: \(server.log)") {
                world.live == ServeWorld.commits[1]
            }
            try await server.end()
            #expect(world.github.statuses(at: ServeWorld.commits[1]).isEmpty)
            let ran = try await world.command(
                ["serve", "--listen", "127.0.0.1:0"], ["PAWL_COMMIT_STATUS": "yes"])
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.text.contains(#"PAWL_COMMIT_STATUS is "yes""#), "\(ran)")
        }
    }

    #if os(Linux)
        @Test("connections of a policy that changed are closed, and not kept for ever")
        func connections() async throws {
            try await ServeWorld.with { world in
                let server = try await world.serve()
                var sockets: [Int] = []
                for number in 0..<12 {
                    let policy = world.policy.replacing("  latest:", with: "  n\(number):")
                        .replacing("    build:", with: "    to: latest\n    build:")
                    try world.folder.write(policy, to: "pawl.yaml")
                    kill(server.pid, SIGHUP)
                    try await eventually("n\(number) is looked at: \(server.log)") {
                        let answer = try await server.ask(
                            "/api/v1/channels/n\(number)", by: world.client)
                        return answer.status == 200 && answer.text.contains(#""revision""#)
                    }
                    sockets.append(server.sockets)
                }
                // Each that was left open would add one or more.
                let first = sockets.prefix(2).max() ?? 0
                try await eventually("sockets are closed: \(sockets)", within: .seconds(30)) {
                    server.sockets <= first + 6
                }
                try await server.end()
            }
        }
    #endif
}

extension ServeProcess {
    /// A counter, over all series with these labels; 0 if it was not counted yet.
    fileprivate func figure(
        _ name: String, _ labels: String, _ world: ServeWorld
    ) async throws -> Double {
        let text = try await ask("/metrics", by: world.client).text
        return text.split(separator: "\n").filter {
            $0.hasPrefix(name) && $0.contains(labels)
        }.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }

    /// How many sockets it has open.
    fileprivate var sockets: Int {
        let folder = "/proc/\(pid)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.count { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)"))?
                .hasPrefix("socket:") == true
        }
    }
}
