import PawlCore
import PawlLoopback
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A ledger that was well for one promotion, and what becomes of the next one when it is not.
struct DamageStory: Sendable {
    static let first = CrashWorld.commits[1]
    static let next = CrashWorld.commits[2]

    let world: CrashWorld

    /// The first promotion is done; the next one is ready.
    static func with(
        _ kind: LedgerKind, on server: DistributionServer, ledgerFolder: String? = nil,
        prefix: [String] = [], _ body: @Sendable (DamageStory) async throws -> Void
    ) async throws {
        try await CrashWorld.with(kind, on: server, ledgerFolder: ledgerFolder) { world in
            world.gitHub.branch("main", at: first)
            let ran = try await world.pawl(["promote"], prefix: prefix)
            try #require(ran.status == 0, "\(ran)")
            try #require(try await world.live() == [first, first])
            world.gitHub.branch("main", at: next)
            try await body(DamageStory(world: world))
        }
    }

    /// The next promotion is refused in these words, with advice, and nothing is moved.
    func expectRefused(
        _ words: String..., prefix: [String] = [], _ place: SourceLocation = #_sourceLocation
    ) async throws {
        let ran = try await world.pawl(["promote"], prefix: prefix)
        #expect(ran.status == 3, "\(ran)", sourceLocation: place)
        for word in words + ["\n    -> "] {
            #expect(ran.stdout.contains(word), "\(word): \(ran)", sourceLocation: place)
        }
        let live = try await world.live()
        #expect(live == [Self.first, Self.first], "\(ran)", sourceLocation: place)
    }

    /// The cause is gone: the ledger is as it was, and the next promotion goes.
    func expectWell(
        prefix: [String] = [], _ place: SourceLocation = #_sourceLocation
    ) async throws {
        let entries = try await world.entries()
        #expect(world.promotions(of: Self.next, in: entries).isEmpty, sourceLocation: place)
        try await expectPromoted(prefix: prefix, place)
    }

    /// Nothing is moved without its entry, whatever became of the run.
    func expectRecorded(
        _ what: String, _ place: SourceLocation = #_sourceLocation
    ) async throws {
        let live = try await world.live()
        guard live.contains(Self.next) else {
            return #expect(live == [Self.first, Self.first], "\(what)", sourceLocation: place)
        }
        let entries = try await world.entries()
        #expect(
            world.promotions(of: Self.next, in: entries).count == 1,
            "\(what): \(live) \(entries.map(\.text))", sourceLocation: place)
    }

    /// The next run ends with the next commit live, and its one entry.
    @discardableResult
    func expectPromoted(
        prefix: [String] = [], _ place: SourceLocation = #_sourceLocation
    ) async throws -> Ran {
        let ran = try await world.pawl(["promote"], prefix: prefix)
        #expect(ran.status == 0, "\(ran)", sourceLocation: place)
        #expect(
            try await world.live() == [Self.next, Self.next], "\(ran)", sourceLocation: place)
        let entries = try await world.entries()
        let promotions = world.promotions(of: Self.next, in: entries)
        #expect(promotions.count == 1, "\(entries.map(\.text))", sourceLocation: place)
        #expect(world.heard.last == promotions.last, sourceLocation: place)
        let verified = try await world.pawl(["ledger", "verify"])
        #expect(verified.status == 0, "\(verified)", sourceLocation: place)
        return ran
    }
}

/// Who may not write everywhere.
enum Unprivileged {
    /// Runs a program as somebody else than root.
    static let prefix =
        geteuid() == 0
        ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []

    /// Whether that one may run `pawl` where it is.
    static var mayRun: Bool {
        guard geteuid() == 0 else { return true }
        var path = Program.pawl
        while path.count > 1 {
            var entry = stat()
            guard stat(path, &entry) == 0, entry.st_mode & 0o001 != 0 else { return false }
            path = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
        }
        return true
    }
}

/// A small file system in memory. Only root may make one, and not everywhere.
enum SmallDisk {
    static func with(
        _ size: String, _ body: @Sendable (String) async throws -> Void
    ) async throws {
        try await DistributionServer.withFolder { folder in
            let environment = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"]
            @Sendable func run(_ program: [String]) async throws -> Ran {
                try await Victim().run(program, environment: environment, in: "/")
            }
            let options = "size=\(size),mode=0777"
            let mounted = try await run(["mount", "-t", "tmpfs", "-o", options, "none", folder])
            guard mounted.status == 0 else {
                return Cycles.tell("a full disk: left out, as no file system may be mounted here")
            }
            do {
                try await body(folder)
            } catch {
                _ = try await run(["umount", folder])
                throw error
            }
            _ = try await run(["umount", folder])
        }
    }
}
