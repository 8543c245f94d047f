import FoundationEssentials
import PawlCore
import PawlPorts
import PawlSQLite
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("A ledger on a disk that is full, read-only or failing")
struct TroubleTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test("a folder or a file that may not be written says so, and what to do")
    func denied() async throws {
        let latest = try key("latest")
        try await SQLiteLedger.opened(folder.ledger).add("one", to: latest)
        try FileManager.default.removeItem(atPath: folder.ledger + ".lock")
        let shut = try Folder()
        #expect(chmod(folder.path, 0o555) == 0 && chmod(shut.path, 0o555) == 0)
        defer { chmod(folder.path, 0o755) }
        await #expect(processExitsWith: .success) {
            [path = folder.ledger as String, shut = shut.ledger as String] in
            // Nothing is denied to root.
            if geteuid() == 0 { #expect(setgid(65534) == 0 && setuid(65534) == 0) }
            for (path, use) in [
                (path, SQLiteLedger.Use.writing), (path, .reading), (shut, .writing),
            ] {
                let failure = try #require(await refusal(of: path, for: use))
                #expect(failure.code == .denied)
                #expect(failure.advice?.contains("the right to write") == true)
            }
            // This one is known not to be there.
            let reader = try await SQLiteLedger.opened(shut, for: .reading)
            #expect(try await reader.tip(of: try key("latest")) == nil)
        }
        #expect(chmod(folder.path, 0o755) == 0 && chmod(folder.ledger, 0) == 0)
        await #expect(processExitsWith: .success) { [path = folder.ledger as String] in
            if geteuid() == 0 { #expect(setgid(65534) == 0 && setuid(65534) == 0) }
            for use in SQLiteLedger.Use.allCases {
                #expect(await refusal(of: path, for: use)?.code == .denied)
            }
        }
    }

    @Test("a lock that another program keeps is waited for, then named; afterwards all is well")
    func busy() async throws {
        let latest = try key("latest")
        let ledger = try await SQLiteLedger(
            at: folder.ledger, for: .writing, patience: .milliseconds(50), clock: Sleeps().clock)
        try await ledger.add("one", to: latest)
        let other = try OtherProgram(at: folder.ledger)
        try other.run("BEGIN IMMEDIATE")
        let failure = try await failure { try await ledger.add("two", to: latest) }
        #expect(failure?.code == .busy)
        #expect(try await ledger.texts(of: latest) == ["one"])
        try other.run("ROLLBACK")
        other.close()
        try await ledger.add("two", to: latest)
        #expect(try await ledger.texts(of: latest) == ["one", "two"])
    }

    @Test("a write that fails ends the writer; what was added is there afterwards")
    func failing() async throws {
        try await SQLiteLedger.opened(folder.ledger).add("first", to: try key("latest"))
        await #expect(processExitsWith: .success) { [path = folder.ledger as String] in
            let latest = try key("latest")
            // A file that may not grow is a disk that fails: it is not full.
            signal(SIGXFSZ, SIG_IGN)
            let ledger = try await SQLiteLedger.opened(path)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let before = limit
            limit.rlim_cur = 200_000
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            var added = ["first"]
            var first: PortFailure?
            while first == nil {
                let text = "\(added.count) " + String(repeating: "x", count: 10_000)
                first = try await failure {
                    try await ledger.add(text, to: latest)
                    added.append(text)
                }
            }
            #expect(first?.code == .serverFailed)
            #expect(added.count > 5)
            // Room does not bring it back: nobody knows what the disk did.
            var again = before
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &again)
            #expect(try await failure { _ = try await ledger.tip(of: latest) } == first)
            ledger.close()
            let next = try await SQLiteLedger.opened(path)
            let texts = try await next.texts(of: latest)
            #expect(Array(texts.prefix(added.count)) == added)
            #expect(texts.count <= added.count + 1)
            try await next.add("last", to: latest)
        }
        let reader = try await SQLiteLedger.opened(folder.ledger, for: .reading)
        #expect(try await reader.tip(of: try key("latest"))?.text == "last")
    }

    @Test(
        "a full disk adds nothing and loses nothing, and needs no new start",
        .enabled("a small file system can be mounted") { SmallDisk.isPossible })
    func full() async throws {
        let latest = try key("latest")
        let disk = try SmallDisk()
        let path = disk.path + "/pawl.db"
        try Data(repeating: 1, count: 200_000).write(to: URL(filePath: disk.path + "/other"))
        let ledger = try await SQLiteLedger.opened(path)
        var added: [String] = []
        var failed: PortFailure?
        while failed == nil {
            let text = "\(added.count) " + String(repeating: "x", count: 10_000)
            failed = try await failure {
                try await ledger.add(text, to: latest)
                added.append(text)
            }
        }
        #expect(failed?.code == .full)
        #expect(failed?.detail.hasPrefix("there is no room left on the disk") == true)
        #expect(try await ledger.texts(of: latest) == added)
        let other = try await SQLiteLedger.opened(path, for: .reading)
        #expect(try await other.texts(of: latest) == added)

        try FileManager.default.removeItem(atPath: disk.path + "/other")
        try await ledger.add("after", to: latest)
        #expect(try await ledger.texts(of: latest) == added + ["after"])
        ledger.close()
    }

    @Test(
        "a ledger that cannot be made for lack of room leaves nothing behind",
        .enabled("a small file system can be mounted") { SmallDisk.isPossible })
    func fullAtFirst() async throws {
        let disk = try SmallDisk()
        let path = disk.path + "/pawl.db"
        // A process that another test starts meanwhile must not keep the file.
        let filler = open(disk.path + "/other", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        let page = [UInt8](repeating: 1, count: 4096)
        while write(filler, page, page.count) > 0 {}
        close(filler)
        let failure = await refusal(of: path, for: .writing)
        #expect(failure?.code == .full)
        let reader = try await SQLiteLedger.opened(path, for: .reading)
        #expect(try await reader.tip(of: try key("latest")) == nil)
        try FileManager.default.removeItem(atPath: disk.path + "/other")
        try await SQLiteLedger.opened(path).add("one", to: try key("latest"))
    }
}

/// A file system of half a megabyte, in memory; unmounted when the last reference goes.
private final class SmallDisk: Sendable {
    private let folder: Folder
    var path: String { folder.path }

    init() throws {
        folder = try Folder()
        #if os(Linux)
            guard mount("tmpfs", folder.path, "tmpfs", 0, "size=512k") == 0 else {
                throw POSIXError(.EPERM)
            }
        #else
            throw POSIXError(.ENOTSUP)
        #endif
    }

    deinit {
        #if os(Linux)
            umount2(folder.path, Int32(MNT_DETACH))
        #endif
    }

    /// Mounting needs root, and a container that lets it.
    static var isPossible: Bool { (try? SmallDisk()) != nil }
}
