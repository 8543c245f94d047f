import FoundationEssentials
import PawlCore
import PawlPorts
import PawlSQLite
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("One process writes to a ledger in a file")
struct OneWriterTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test("a second writing process is told who holds which file")
    func secondProcess() async throws {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        try await ledger.add("one", to: try key("latest"))
        await #expect(processExitsWith: .success) {
            [path = folder.ledger as String, holder = getpid() as Int32] in
            let failure = try #require(await refusal(of: path, for: .writing))
            #expect(failure.code == .busy)
            #expect(failure.detail == "process \(holder) is writing to it and holds \(path).lock")
            // Reading goes on beside it.
            let reader = try await SQLiteLedger.opened(path, for: .reading)
            #expect(try await reader.texts(of: try key("latest")) == ["one"])
        }
        try await ledger.add("two", to: try key("latest"))
        ledger.close()
    }

    @Test("a second writer waits for as long as it was told, and no longer")
    func waits() async throws {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        let sleeps = Sleeps()
        let failure = try await failure {
            _ = try await SQLiteLedger(
                at: folder.ledger, for: .writing, patience: .seconds(2), clock: sleeps.clock)
        }
        #expect(failure?.code == .busy)
        #expect(sleeps.slept == .seconds(2))
        ledger.close()
    }

    @Test("a writer that ends while another waits is followed by it")
    func takesOver() async throws {
        let first = Sleeps()
        let held = Held(try await SQLiteLedger.opened(folder.ledger))
        let clock = PawlPorts.Clock(
            now: first.clock.now,
            sleep: { duration throws(CancellationError) in
                try await first.clock.sleep(duration)
                held.letGo()
            })
        let second = try await SQLiteLedger(at: folder.ledger, for: .writing, clock: clock)
        try await second.add("one", to: try key("latest"))
        #expect(first.slept > .zero && first.slept < .seconds(1))
    }

    @Test("another name of the same file has the same lock")
    func link() async throws {
        try await SQLiteLedger.opened(folder.ledger).add("one", to: try key("latest"))
        let link = folder.path + "/link.db"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: "pawl.db")
        let ledger = try await SQLiteLedger.opened(link)
        #expect(await refusal(of: folder.ledger, for: .writing)?.code == .busy)
        #expect(try await ledger.texts(of: try key("latest")) == ["one"])
        #expect(!folder.names.contains("link.db.lock"))

        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/dangling.db", withDestinationPath: "nowhere/at/all")
        let failure = await refusal(of: folder.path + "/dangling.db", for: .reading)
        #expect(failure?.code == .missing)
    }

    @Test("the lock goes with the last reference, and with close")
    func released() async throws {
        var ledger: SQLiteLedger? = try await .opened(folder.ledger)
        try await ledger?.add("one", to: try key("latest"))
        ledger = nil
        let second = try await SQLiteLedger.opened(folder.ledger)
        second.close()
        let asked = try await failure { _ = try await second.tip(of: try key("latest")) }
        #expect(asked?.code == .refused)
        let third = try await SQLiteLedger.opened(folder.ledger)
        #expect(try await third.texts(of: try key("latest")) == ["one"])
    }

    @Test("a reader in the middle of a read neither stops the writer nor is disturbed")
    func longRead() async throws {
        let latest = try key("latest")
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        try await ledger.add("one", to: latest)
        let other = try OtherProgram(at: folder.ledger, mayWrite: false)
        let count = "SELECT count(*) FROM line"
        try other.run("BEGIN")
        #expect(try other.number(count) == 1)
        for text in ["two", "three"] { try await ledger.add(text, to: latest) }
        #expect(try other.number(count) == 1)

        // What a power failure at this moment leaves: the newest lines are in the log alone.
        for use in SQLiteLedger.Use.allCases {
            let copy = try folder.copy("-wal", to: "\(use).db")
            let again = try await SQLiteLedger.opened(copy, for: use)
            #expect(try await again.texts(of: latest) == ["one", "two", "three"])
        }
        try other.run("COMMIT")
    }

    @Test("a reader finds every line when what SQLite keeps beside the file is not there")
    func aloneInItsFolder() async throws {
        let latest = try key("latest")
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        try await ledger.add("one", to: latest)
        // What a killed writer leaves: its newest line is in the log alone.
        let other = try OtherProgram(at: folder.ledger, mayWrite: false)
        try other.run("BEGIN")
        #expect(try other.number("SELECT count(*) FROM line") == 1)
        try await ledger.add("two", to: latest)
        let killed = try folder.copy("-wal", to: "killed.db")
        try other.run("COMMIT")
        other.close()
        ledger.close()
        #expect(folder.names.isDisjoint(with: ["pawl.db-wal", "pawl.db-shm", "killed.db-shm"]))
        for path in [folder.ledger, killed] {
            for _ in 1...2 {
                let reader = try await SQLiteLedger.opened(path, for: .reading)
                #expect(try await reader.texts(of: latest) == ["one", "two"])
                reader.close()
            }
        }
    }

    @Test("a ledger whose file is removed or replaced under its writer adds nothing more")
    func replaced() async throws {
        let latest = try key("latest")
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        try await ledger.add("one", to: latest)
        let reader = try await SQLiteLedger.opened(folder.ledger, for: .reading)
        #expect(try await reader.texts(of: latest) == ["one"])
        let copy = try folder.copy()
        try await ledger.add("two", to: latest)

        try FileManager.default.removeItem(atPath: folder.ledger)
        #expect(try await failure { try await ledger.add("3", to: latest) }?.code == .garbled)
        #expect(rename(copy, folder.ledger) == 0)
        let failure = try await failure { try await ledger.add("three", to: latest) }
        #expect(failure?.detail == "the file was removed or replaced while it was open")
        // A reader finds what has the name now. Its log belongs to another file.
        for ending in ["-wal", "-shm"] {
            try FileManager.default.removeItem(atPath: folder.ledger + ending)
        }
        #expect(try await reader.texts(of: latest) == ["one"])
    }

    @Test("a lock file that is removed under its holder ends the writing")
    func lockRemoved() async throws {
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        try await ledger.add("one", to: try key("latest"))
        try FileManager.default.removeItem(atPath: folder.ledger + ".lock")
        let failure = try await failure { try await ledger.add("two", to: try key("latest")) }
        #expect(failure?.code == .missing)
        let second = try await SQLiteLedger.opened(folder.ledger)
        #expect(try await second.texts(of: try key("latest")) == ["one"])
    }

    @Test(
        "a process that is killed at any moment leaves every line that it was told is there",
        arguments: [0, 200, 500, 1000, 2000, 4000, 8000, 20_000])
    func killed(afterMicroseconds delay: UInt32) async throws {
        let latest = try key("latest")
        var texts: [String] = []
        // From its first line, and then on what the one before has left.
        for isFirst in [true, false] {
            let acknowledged = folder.path + "/acknowledged"
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [
                    path = folder.ledger as String, acknowledged = acknowledged as String,
                    delay = delay as UInt32, isFirst = isFirst as Bool
                ] in
                let countDown = {
                    _ = Task.detached {
                        usleep(delay)
                        kill(getpid(), SIGKILL)
                    }
                }
                // Making the file is a moment too.
                if isFirst { countDown() }
                let ledger = try await SQLiteLedger.opened(path)
                let file = open(acknowledged, O_WRONLY | O_CREAT | O_APPEND, 0o644)
                for number in 0... {
                    let text = "\(UInt64.random(in: .min ... .max))"
                    try await ledger.add(text, to: try key("latest"))
                    let line = Array((text + "\n").utf8)
                    _ = write(file, line, line.count)
                    if !isFirst, number == 0 { countDown() }
                }
            }
            let bytes = FileManager.default.contents(atPath: acknowledged) ?? Data()
            let told = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
                .map(String.init)
            let reader = try await SQLiteLedger.opened(folder.ledger, for: .reading)
            texts = try await reader.texts(of: latest)
            // One line of each killed process may be there without its having been told.
            #expect(texts.filter { told.contains($0) } == told)
            #expect(texts.count - told.count <= (isFirst ? 1 : 2))
            #expect(isFirst || !told.isEmpty)
        }
        // Its log is not needed for that.
        let ledger = try await SQLiteLedger.opened(folder.ledger)
        try await ledger.add("after", to: latest)
        let copy = try folder.copy()
        #expect(
            try await SQLiteLedger.opened(copy, for: .reading).texts(of: latest)
                == texts + ["after"])
        #expect(!folder.names.contains { $0.contains(".new") })
    }
}

/// A ledger that another task lets go of.
private final class Held: Sendable {
    private let ledger: Mutex<SQLiteLedger?>
    init(_ ledger: SQLiteLedger) { self.ledger = Mutex(ledger) }
    func letGo() { ledger.withLock { $0 = nil } }
}
