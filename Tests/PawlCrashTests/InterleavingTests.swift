import PawlCore
import PawlLoopback
import Synchronization
import Testing

/// Two runs at once, one for each of two commits that are ready, in every order of their requests
/// that a turnstile can force: all with one change of turns between any two requests, and all with
/// two between requests that change something.
///
/// Everyday tests take some of each, spread evenly.
@Suite("Two at once", .serialized)
struct InterleavingTests {
    private static let newer = Runner.newer.commit
    /// Cycles of one registry at the same time. A request that is held is given up after a while.
    private static let atOnce = 6
    private static let sampled = 4
    /// How often an order is tried that a busy machine did not keep.
    private static let attempts = 6

    @Test(
        "with a ledger the newer commit is live when both have ended",
        arguments: LedgerKind.allCases.filter { $0 != .none })
    func turns(_ kind: LedgerKind) async throws {
        try await CrashWorld.withRegistry { server in
            let first = try await overlap(kind, Runner.allCases.map { Schedule($0, []) }, server)
            let writes = try await overlap(
                kind,
                Cycles.sample(
                    of: zip(Runner.allCases, first).flatMap { runner, alone in
                        (0..<alone.writes(of: runner)).map { Schedule(runner, [.writes($0)]) }
                    }, Self.sampled), server)
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
            #expect(count >= 6)
            Cycles.tell("two at once, \(kind): \(count) orders")
        }
    }

    @Test(
        "a run that sleeps before its tags while a newer one comes and goes undoes nothing",
        arguments: [LedgerKind.gitHub, .gitRemote])
    func sleeper(_ kind: LedgerKind) async throws {
        try await CrashWorld.withRegistry { server in
            try await inKeptOrder(kind, server) { world, overlap async throws in
                try await Self.expectWell(overlap, world)
                // It had appended its entry, and wrote its tags when the newer one had ended.
                let older = try #require(overlap.ran[.older])
                #expect(older.stdout.contains("superseded"), "\(older)")
            }
        }
    }

    // MARK: What needs mutual exclusion

    @Test("without a ledger, under the rules: a run's last look ends what another one undid")
    func lastLook() async throws {
        try await CrashWorld.withRegistry { server in
            let schedules = Runner.allCases.flatMap { runner in
                (0...3).flatMap { first in
                    (0...4).map { Schedule(runner, [.writes(first), .writes($0)]) }
                }
            }
            let taken = Cycles.sample(of: schedules, Self.sampled)
            _ = try await Cycles.each(of: taken, atOnce: Self.atOnce) { _, schedule in
                try await CrashWorld.with(.none, on: server, doors: 2) { world in
                    let overlap = try await Self.run(schedule, in: world)
                    let live = try await world.live()
                    #expect(live == [Self.newer, Self.newer], "\(schedule): \(overlap.ran)")
                }
            }
        }
    }

    /// The counter-example. A person's order has no last look: the person wants that commit.
    @Test(
        "an order that sleeps before its tags: without a ledger the older wins, with one not",
        arguments: [LedgerKind.none, .gitHub, .gitRemote])
    func order(_ kind: LedgerKind) async throws {
        try await CrashWorld.withRegistry { server in
            try await inKeptOrder(
                kind, server, older: ["--override", "the fleet needs it now"]
            ) { world, overlap async throws in
                for runner in Runner.allCases {
                    #expect(overlap.ran[runner]?.status == 0, "\(overlap.ran)")
                }
                let winner = kind == .none ? Runner.older.commit : Self.newer
                #expect(try await world.live() == [winner, winner], "\(overlap.ran)")
            }
        }
    }

    @Test(
        "killed right after late tags: the next run moves forward; with a ledger it tells first",
        arguments: [LedgerKind.none, .gitHub, .gitRemote])
    func killedLate(_ kind: LedgerKind) async throws {
        try await CrashWorld.withRegistry { server in
            try await inKeptOrder(kind, server, killsOlder: true) { world, overlap async throws in
                let older = [Runner.older.commit, Runner.older.commit]
                #expect(overlap.ran[.older]?.status == nil, "\(overlap.ran)")
                #expect(overlap.ran[.newer]?.status == 0, "\(overlap.ran)")
                #expect(try await world.live() == older, "\(overlap.ran)")

                let look = try await world.pawl(["promote"])
                #expect(look.status == 0, "\(look)")
                if kind != .none {
                    // It cannot tell this from somebody else's move, which it does not undo.
                    #expect(look.stdout.contains("moved-by-others"), "\(look)")
                    #expect(try await world.live() == older)
                    let put = try await world.pawl(["follow", "--reason", "a run was killed"])
                    #expect(put.status == 0, "\(put)")
                }
                #expect(try await world.live() == [Self.newer, Self.newer], "\(look)")
            }
        }
    }

    // MARK: One order

    /// What comes of an older run that sleeps before its tags while the newer one comes and goes.
    private func inKeptOrder(
        _ kind: LedgerKind, _ server: DistributionServer, older arguments: [String] = [],
        killsOlder: Bool = false,
        _ expect: @escaping @Sendable (CrashWorld, Overlap) async throws -> Void
    ) async throws {
        for attempt in 1...Self.attempts {
            let isKept = Mutex(false)
            try await CrashWorld.with(kind, on: server, doors: 2) { world in
                let overlap = try await Self.run(
                    Schedule(.older, [.tags]), in: world, older: arguments, killsOlder: killsOlder)
                guard overlap.turnstile.wasKept || attempt == Self.attempts else { return }
                isKept.withLock { $0 = true }
                try await expect(world, overlap)
            }
            if isKept.withLock({ $0 }) { return }
        }
    }

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

    /// `older` are more arguments of the older one; `killsOlder`: when it has written both tags.
    private static func run(
        _ schedule: Schedule, in world: CrashWorld, older arguments: [String] = [],
        killsOlder: Bool = false
    ) async throws -> Overlap {
        let turnstile = Turnstile(schedule)
        let victim = Victim()
        let tagCount = Mutex(0)
        for runner in Runner.allCases {
            world.doors[runner.rawValue].setGate { step, line in
                if step == .before, await turnstile.pass(runner, Self.step(line)) { return true }
                if step == .after, killsOlder, runner == .older, Self.step(line) == .tag,
                    tagCount.withLock({ count in
                        count += 1
                        return count == 2
                    })
                {
                    victim.kill()
                }
                turnstile.leave(runner)
                return step == .after
            }
        }
        @Sendable func run(_ runner: Runner) async throws -> Ran {
            _ = await turnstile.pass(runner, .start)
            defer { turnstile.end(runner) }
            return try await world.pawl(
                ["promote", runner.commit] + (runner == .older ? arguments : []),
                by: runner == .older ? victim : Victim(), through: runner.rawValue)
        }
        async let older = run(.older)
        async let newer = run(.newer)
        var overlap = Overlap(schedule: schedule, turnstile: turnstile)
        overlap.ran = [.older: try await older, .newer: try await newer]
        for door in world.doors { door.setGate(nil) }
        return overlap
    }

    /// What a request does: `METHOD target`, or a git command.
    private static func step(_ line: String) -> Turnstile.Step {
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
