import PawlCore
import PawlLoopback
import Testing

/// Two runs at once, one for each of two commits that are ready, in every order of their requests
/// that a turnstile can force: all with one change of turns between any two requests, and all with
/// two between requests that change something.
///
/// Everyday tests take some of the second, spread evenly.
@Suite("Two at once")
struct InterleavingTests {
    private static let newer = Runner.newer.commit
    /// Cycles of one registry at the same time. A request that is held is given up after a while.
    private static let atOnce = 3
    private static let sampled = 14

    @Test(
        "with a ledger the newer commit is live when both have ended",
        arguments: LedgerKind.allCases.filter { $0 != .none })
    func turns(_ kind: LedgerKind) async throws {
        try await CrashWorld.withRegistry { server in
            let first = try await overlap(kind, Runner.allCases.map { Schedule($0, []) }, server)
            let writes = try await overlap(
                kind,
                zip(Runner.allCases, first).flatMap { runner, alone in
                    (0..<alone.writes(of: runner)).map { Schedule(runner, [.writes($0)]) }
                }, server)
            let pairs = writes.flatMap { once in
                let begins = once.schedule.turns[0]
                return (0..<once.writes(of: begins.runner.other)).map {
                    Schedule(begins.runner, [begins.until, .writes($0)])
                }
            }
            let requests = zip(Runner.allCases, first).flatMap { runner, alone in
                (0..<alone.requests(of: runner)).map { Schedule(runner, [.requests($0)]) }
            }
            let more = try await overlap(
                kind,
                Cycles.sample(of: pairs, Self.sampled)
                    + Cycles.sample(of: requests, Self.sampled),
                server)
            let count = first.count + writes.count + more.count
            #expect(count >= 10)
            Cycles.tell(
                "two at once, \(kind): \(count) orders of "
                    + "\(first.count + writes.count + pairs.count + requests.count)")
        }
    }

    @Test(
        "a run that sleeps before its tags while a newer one comes and goes undoes nothing",
        arguments: [LedgerKind.gitHub, .gitRemote])
    func sleeper(_ kind: LedgerKind) async throws {
        try await CrashWorld.withRegistry { server in
            let slept = try await overlap(kind, [Schedule(.older, [.tags])], server)
            // It had appended its entry, and wrote its tags when the newer one had ended.
            let older = try #require(slept.first?.ran[.older])
            #expect(older.stdout.contains("superseded"), "\(older)")
        }
    }

    // MARK: One order

    /// Two runs that took turns.
    private struct Overlap: Sendable {
        let schedule: Schedule
        let turnstile: Turnstile
        var ran: [Runner: Ran] = [:]

        func writes(of runner: Runner) -> Int { turnstile.writes(of: runner) }
        func requests(of runner: Runner) -> Int { turnstile.requests(of: runner) }
    }

    /// Runs both in each order, and sees that all is well after each.
    private func overlap(
        _ kind: LedgerKind, _ schedules: [Schedule], _ server: DistributionServer
    ) async throws -> [Overlap] {
        try await Cycles.each(of: schedules, atOnce: Self.atOnce) { _, schedule in
            try await CrashWorld.with(kind, on: server, doors: 2) { world in
                let overlap = try await Self.run(schedule, in: world)
                try await Self.expectWell(overlap, world)
                return overlap
            }
        }
    }

    private static func run(_ schedule: Schedule, in world: CrashWorld) async throws -> Overlap {
        let turnstile = Turnstile(schedule)
        for runner in Runner.allCases {
            world.doors[runner.rawValue].setGate { step, line in
                if step == .before, await turnstile.pass(runner, Self.step(line)) { return true }
                turnstile.leave(runner)
                return step == .after
            }
        }
        @Sendable func run(_ runner: Runner) async throws -> Ran {
            _ = await turnstile.pass(runner, .start)
            defer { turnstile.end(runner) }
            return try await world.pawl(["promote", runner.commit], through: runner.rawValue)
        }
        async let older = run(.older)
        async let newer = run(.newer)
        var overlap = Overlap(schedule: schedule, turnstile: turnstile)
        overlap.ran = [.older: try await older, .newer: try await newer]
        for door in world.doors { door.setGate(nil) }
        return overlap
    }

    /// What a request does: `METHOD target`, or a git command.
    static func step(_ line: String) -> Turnstile.Step {
        if line.hasPrefix("PUT /v2/") { return .tag }
        let writes = ["POST /repos/acme/app/git/refs", "PATCH ", "git push", "POST /hook/"]
        return writes.contains { line.hasPrefix($0) } ? .write : .read
    }

    private static func expectWell(_ overlap: Overlap, _ world: CrashWorld) async throws {
        var overlap = overlap
        let place = "\(world.kind): \(overlap.schedule)"
        for runner in Runner.allCases where overlap.ran[runner]?.status == 3 {
            // A file has one writer, and says so; whoever it refused is run again.
            let refused = try #require(overlap.ran[runner])
            #expect(world.kind == .sqlite, "\(place): \(runner): \(refused)")
            #expect(refused.description.contains("is writing to it"), "\(place): \(refused)")
            overlap.ran[runner] = try await world.pawl(
                ["promote", runner.commit], through: runner.rawValue)
        }
        // The older one may have come too late, which is a rejection.
        let older = try #require(overlap.ran[.older])
        #expect([0, 1].contains(older.status), "\(place): older: \(older)")
        #expect(
            older.status == 0 || older.stdout.contains("behind:"), "\(place): older: \(older)")
        let newer = try #require(overlap.ran[.newer])
        #expect(newer.status == 0, "\(place): newer: \(newer)")

        let entries = try await expectNewer(world, place)
        let look = try await world.pawl(["promote"])
        #expect(look.status == 0, "\(place): \(look)")
        #expect(try await expectNewer(world, place) == entries, "\(place): a look added entries")
    }

    /// The newer commit is live and each move has one entry. The number of entries.
    private static func expectNewer(_ world: CrashWorld, _ place: String) async throws -> Int {
        let live = try await world.live()
        #expect(live == [newer, newer], "\(place)")
        let verified = try await world.pawl(["ledger", "verify"])
        #expect(verified.status == 0, "\(place): \(verified)")

        let entries = try await world.entries()
        let told = entries.map(\.text).joined(separator: "\n")
        let known = ["adopt", "promote", "followed", "announcing", "announced"]
        #expect(
            entries.allSatisfy { $0["kind"]?.string.map(known.contains) == true },
            "\(place): \(told)")
        let promotions = Runner.allCases.map { world.promotions(of: $0.commit, in: entries) }
        #expect(promotions[0].count <= 1 && promotions[1].count == 1, "\(place): \(told)")
        // Nothing is announced that did not happen, and what is live is announced.
        let happened = Set(promotions.joined())
        #expect(happened.isSuperset(of: world.heard), "\(place): heard \(world.heard); \(told)")
        #expect(
            promotions[1].allSatisfy(world.heard.contains), "\(place): heard \(world.heard)")
        return entries.count
    }
}
