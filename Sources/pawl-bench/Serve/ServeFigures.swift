import PawlCore
import PawlLoopback

/// What `pawl serve` takes, and what it costs: `pawl-bench serve [--only GROUP] [--minutes N]
/// [--pawl PATH]`. The servers that it asks and the clients are in this process.
struct ServeFigures: Sendable {
    private var pawl = Files.beside("pawl")
    /// How long memory is watched.
    private var minutes = 10
    /// One group of figures; `nil`: all.
    private var only: String?

    /// Own choice: long enough for a thousand samples of the slowest hundredth.
    private static let measured = Duration.seconds(15)

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Bench.Failed("\(option) needs a value") }
            switch option {
            case "--only": only = value
            case "--minutes":
                guard let number = Int(value), number > 1 else {
                    throw Bench.Failed("--minutes N, from 2")
                }
                minutes = number
            case "--pawl": pawl = value
            default: throw Bench.Failed("unknown option \(option)")
            }
        }
    }

    func measure(_ world: ServeWorld) async throws {
        let report = Report()
        let groups: [(String, @Sendable (ServeWorld) async throws -> [Figure])] = [
            ("tags", tags), ("intake", intake), ("forged", forged), ("slow", slow), ("idle", idle),
            ("memory", memory),
        ]
        for (name, figures) in groups where only == nil || only == name {
            for figure in try await figures(world) { report.add(figure) }
        }
    }

    private func serving(
        _ world: ServeWorld, channels: Int = 1,
        _ body: @Sendable (ServedProgram) async throws -> [Figure]
    ) async throws -> [Figure] {
        let server = try await world.start(pawl, channels: channels)
        defer { server.end(in: world.folder) }
        try await Volley.pause(.seconds(2))
        return try await body(server)
    }

    // MARK: What it takes

    private func intake(_ world: ServeWorld) async throws -> [Figure] {
        try await serving(world) { server in
            let webhooks = world.webhooks()
            _ = try await Volley(port: server.port, webhooks: webhooks).run(for: .seconds(3))
            let due = try await measured(
                Volley(port: server.port, webhooks: webhooks, connections: 128, rate: 2500),
                server, "2500 webhooks of 12 kB due in a second", status: 202, atLeast: 2490,
                p99: 50)
            let most = try await measured(
                Volley(port: server.port, webhooks: webhooks), server,
                "webhooks of 12 kB, 64 at once", status: 202, atLeast: 2500)
            return due + most
        }
    }

    private func forged(_ world: ServeWorld) async throws -> [Figure] {
        try await serving(world) { server in
            let small = SignedWebhook(
                Array(#"{"zen": "Design for failure."}"#.utf8), isForged: true)
            let volleys: [(String, [SignedWebhook], Int)] = [
                ("forged webhooks of 30 bytes, 8 in a row", [small], 8),
                ("forged webhooks of 30 bytes, one by one", [small], 1),
                ("forged webhooks of 12 kB, one by one", world.webhooks(isForged: true), 1),
            ]
            var figures: [Figure] = []
            for (subject, webhooks, depth) in volleys {
                let volley = Volley(port: server.port, webhooks: webhooks, depth: depth)
                _ = try await volley.run(for: .seconds(1))
                figures += try await measured(
                    volley, server, subject, status: 401, atLeast: 20_000)
            }
            return figures
        }
    }

    private func slow(_ world: ServeWorld) async throws -> [Figure] {
        try await serving(world) { server in
            let webhooks = world.webhooks()
            let volley = Volley(
                port: server.port, webhooks: webhooks, connections: 128, rate: 2500)
            _ = try await volley.run(for: .seconds(3))
            return try await SlowClients(port: server.port, count: 5000, webhook: webhooks[0]).drip
            {
                try await measured(
                    volley, server, "the same beside 5000 slow connections", status: 202,
                    atLeast: 2490, p99: 50)
            }
        }
    }

    private func measured(
        _ volley: Volley, _ server: ServedProgram, _ subject: String, status: Int,
        atLeast: Double, p99: Double? = nil
    ) async throws -> [Figure] {
        let before = try server.cpu()
        let outcome = try await volley.run(for: Self.measured)
        let cpu = (try server.cpu() - before) / outcome.seconds * 100
        let times = outcome.times.milliseconds([0.5, 0.99, 1])
        let others = outcome.answers.filter { $0.key != status }.values.reduce(0, +)
        return [
            Figure(
                name: "answers \(status)", subject: subject, unit: "1/s",
                values: [outcome.rate(of: status)], atLeast: atLeast),
            Figure(name: "p50", subject: subject, unit: "ms", values: [times[0]]),
            Figure(name: "p99", subject: subject, unit: "ms", values: [times[1]], atMost: p99),
            Figure(name: "longest", subject: subject, unit: "ms", values: [times[2]]),
            Figure(
                name: "other answers, and none", subject: subject, unit: "",
                values: [Double(others + outcome.broken)]),
            Figure(name: "cpu", subject: subject, unit: "% of a core", values: [cpu]),
            Figure(
                name: "resident memory", subject: subject, unit: "MiB",
                values: [try server.resident()], atMost: 100),
        ]
    }

    // MARK: What it does

    private func tags(_ world: ServeWorld) async throws -> [Figure] {
        try await serving(world) { server in
            var values: [Double] = []
            let client = LoopbackClient()
            for commit in ServeWorld.commits.dropFirst().prefix(60) {
                let event = world.prove(commit)
                let begin = ContinuousClock.now
                try await send(event, commit.hex, to: server, by: client)
                while !world.isLive(commit) {
                    guard ContinuousClock.now - begin < .seconds(60) else {
                        throw Bench.Failed("the tag did not move within a minute")
                    }
                    try await Volley.pause(.milliseconds(1))
                }
                values.append((ContinuousClock.now - begin).inMilliseconds)
                // What follows the move is over: the next event is another story.
                try await Volley.pause(.milliseconds(300))
            }
            await client.shutdown()
            return [
                Figure(
                    name: "event to tag, 2 platforms", subject: "pawl serve", unit: "ms",
                    values: values, atMost: 150)
            ]
        }
    }

    private func send(
        _ event: [UInt8], _ delivery: String, to server: ServedProgram, by client: LoopbackClient
    ) async throws {
        let webhook = SignedWebhook(event)
        let answer = try await client.send(
            "POST", "http://127.0.0.1:\(server.port)/webhooks/github",
            headers: [
                ("Content-Type", "application/json"), ("X-GitHub-Event", "workflow_run"),
                ("X-GitHub-Delivery", delivery), ("X-Hub-Signature-256", webhook.signature),
            ], body: webhook.body)
        guard answer.status == 202 else {
            throw Bench.Failed("the event was answered with \(answer.status)")
        }
    }

    // MARK: What it costs

    private func idle(_ world: ServeWorld) async throws -> [Figure] {
        try await serving(world, channels: 1000) { server in
            // Every channel is looked at once, at the start.
            var last = try server.cpu()
            for _ in 0..<60 {
                try await Volley.pause(.seconds(5))
                let now = try server.cpu()
                defer { last = now }
                if now - last < 0.5 { break }
            }
            let seconds = 60
            let before = try server.cpu()
            try await Volley.pause(.seconds(seconds))
            return [
                Figure(
                    name: "cpu", subject: "1000 channels without events", unit: "% of a core",
                    values: [(try server.cpu() - before) / Double(seconds) * 100], atMost: 1),
                Figure(
                    name: "resident memory", subject: "1000 channels without events", unit: "MiB",
                    values: [try server.resident()], atMost: 100),
            ]
        }
    }

    private func memory(_ world: ServeWorld) async throws -> [Figure] {
        try await serving(world) { server in
            let webhooks = world.webhooks()
            var values: [Double] = []
            // Each sample stands at the end of a minute.
            for _ in 0..<minutes {
                _ = try await Volley(port: server.port, webhooks: webhooks, rate: 1000)
                    .run(for: .seconds(60))
                values.append(try server.resident())
            }
            let later = values.dropFirst()
            let growth = (values.last ?? 0) - (later.first ?? 0)
            let subject = "1000 webhooks of 12 kB in a second, \(minutes) min"
            return [
                Figure(
                    name: "resident memory", subject: subject, unit: "MiB", values: values,
                    atMost: 100),
                Figure(
                    name: "growth after the second minute", subject: subject, unit: "MiB",
                    values: [growth], atMost: 5),
            ]
        }
    }
}
