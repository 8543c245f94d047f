import FoundationEssentials
import PawlLoopback
import Subprocess
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A ledger in a file that cannot be written, or is no ledger any more, through the whole program.
@Suite("A ledger's file in trouble")
struct FileDamageTests {
    @Test("a full disk: every run with less room than it needs moves nothing without its entry")
    func full() async throws {
        try await CrashWorld.withRegistry { server in
            try await SmallDisk.with("512k") { folder in
                let refusedCount = Mutex(0)
                // Pages of 4 KiB that are left. A run that promotes needs some 20 of them.
                for pages in Cycles.sample(of: Array(0...30), 8) {
                    try await DamageStory.with(.sqlite, on: server, ledgerFolder: folder) { story in
                        try await story.world.sh(
                            """
                            set -- $(stat -f -c '%a %S' \(folder))
                            head -c $((($1 - \(pages)) * $2)) /dev/zero > \(folder)/fill
                            """)
                        let ran = try await story.world.pawl(["promote"])
                        try await story.world.sh("rm \(folder)/fill")
                        #expect([0, 3].contains(ran.status), "\(pages) pages: \(ran)")
                        #expect(
                            ran.status == 0 || ran.stdout.contains("no room left on the disk"),
                            "\(pages) pages: \(ran)")
                        try await story.expectRecorded("\(pages) pages: \(ran)")
                        try await story.expectPromoted()
                        try await story.world.sh("rm \(folder)/pawl.db*")
                        if ran.status == 3 { refusedCount.withLock { $0 += 1 } }
                    }
                }
                #expect(refusedCount.withLock { $0 } >= 2)
            }
        }
    }

    @Test("a limit on the size of files: refused wherever it is met, and nothing moved unrecorded")
    func fileSize() async throws {
        try await CrashWorld.withRegistry { server in
            let limits = Cycles.sample(of: Array(0...30).map { $0 * 4096 }, 8)
            let refused = try await Cycles.each(of: limits, atOnce: 2) { _, limit in
                let refused = Mutex(false)
                try await DamageStory.with(.sqlite, on: server) { story in
                    // Whoever does not ignore the signal is killed by it, as by any other.
                    let ran = try await story.world.pawl(
                        ["promote"],
                        prefix: [
                            "prlimit", "--fsize=\(limit)", "sh", "-c",
                            "trap '' XFSZ; exec \"$@\"", "sh",
                        ])
                    #expect([0, 3].contains(ran.status), "\(limit) bytes: \(ran)")
                    #expect(ran.status == 0 || ran.stdout.contains("-> "), "\(limit): \(ran)")
                    try await story.expectRecorded("\(limit) bytes: \(ran)")
                    try await story.expectPromoted()
                    refused.withLock { $0 = ran.status == 3 }
                }
                return refused.withLock { $0 }
            }
            #expect(refused.count { $0 } >= 2)
        }
    }

    /// What may not be done, as modes of the folder, the file and its lock.
    struct Modes: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var folder = 0o777
        var file = 0o666
        var lock = 0o666
        let word: String
    }

    @Test(
        "a folder or file that may not be written, and says so",
        .enabled(if: Unprivileged.mayRun, "only root may run pawl where it is"),
        arguments: [
            Modes(testDescription: "folder", folder: 0o555, word: "may not be"),
            Modes(testDescription: "file, to write", file: 0o444, word: "may not be"),
            Modes(testDescription: "file, to read", file: 0o000, word: "may not be"),
            Modes(testDescription: "lock", lock: 0o444, word: "may not be opened or written"),
        ])
    func modes(_ modes: Modes) async throws {
        let prefix = Unprivileged.prefix
        try await CrashWorld.withRegistry { server in
            try await DistributionServer.withFolder { folder in
                @Sendable func set(_ modes: Modes, _ world: CrashWorld) async throws {
                    let db = "\(folder)/pawl.db"
                    func octal(_ mode: Int) -> String { String(mode, radix: 8) }
                    try await world.sh(
                        "chmod \(octal(modes.folder)) \(folder); "
                            + "chmod \(octal(modes.file)) \(db)*; "
                            + "chmod \(octal(modes.lock)) \(db).lock")
                }
                try await DamageStory.with(.sqlite, on: server, ledgerFolder: folder) { story in
                    try await set(modes, story.world)
                    try await story.expectRefused(modes.word, prefix: prefix)
                    try await set(Modes(testDescription: "all", word: ""), story.world)
                    try await story.expectWell(prefix: prefix)
                }
            }
        }
    }

    @Test("a folder that is not there, or not any more")
    func noFolder() async throws {
        try await CrashWorld.withRegistry { server in
            try await DistributionServer.withFolder { outer in
                let folder = "\(outer)/ledger"
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true)
                try await DamageStory.with(.sqlite, on: server, ledgerFolder: folder) { story in
                    try await story.world.sh("mv \(folder) \(outer)/elsewhere")
                    try await story.expectRefused("there is no folder")
                    try await story.world.sh("mv \(outer)/elsewhere \(folder)")
                    try await story.expectWell()
                }
            }
        }
    }

    @Test("another pawl that writes: named by its process, and waited for a moment only")
    func locked() async throws {
        try await CrashWorld.withRegistry { server in
            try await DamageStory.with(.sqlite, on: server) { story in
                try await DistributionServer.holdingLock("\(story.world.folder)/pawl.db.lock") {
                    _ in
                    try await story.expectRefused("is writing to it and holds")
                    // Readers read beside it.
                    let read = try await story.world.pawl(["history"])
                    #expect(read.status == 0, "\(read)")
                }
                try await story.expectWell()
            }
        }
    }

    @Test("another program that keeps the file locked")
    func lockedByProgram() async throws {
        try await CrashWorld.withRegistry { server in
            try await DamageStory.with(.sqlite, on: server) { story in
                let path = "\(story.world.folder)/pawl.db"
                let script = """
                    sqlite3, time = map(__import__, ("sqlite3", "time"))
                    shell = sqlite3.connect("\(path)", isolation_level=None)
                    shell.execute("BEGIN IMMEDIATE")
                    print("held", flush=True)
                    time.sleep(600)
                    """
                _ = try await Subprocess.run(
                    .name("python3"), arguments: ["-c", script], input: .none,
                    output: .sequence, error: .discarded
                ) { shell in
                    for try await _ in shell.standardOutput.strings() { break }
                    try await story.expectRefused("another program keeps the file locked")
                    try shell.send(signal: .kill)
                }
                try await story.expectWell()
            }
        }
    }

    @Test("a file that was cut off is refused, however early, and a copy put back is good")
    func truncated() async throws {
        try await damaged { size in
            Cycles.sample(of: [0, 1, 511, 512, 4095, 4096, 8192, size - 4096], 6).map {
                ("truncate --size=\($0)", "cut off after \($0) bytes", true)
            }
        }
    }

    @Test("a file with a wrong bit is refused, or the bit means nothing")
    func bits() async throws {
        try await damaged { size in
            // Some of the file's header, and all over its pages.
            let places = [0, 18, 47, 60] + stride(from: 100, to: size, by: 617)
            return Cycles.sample(of: places, 10).map { place in
                (
                    "python3 -c 'import sys; f = open(sys.argv[1], \"r+b\"); f.seek(\(place)); "
                        + "b = f.read(1)[0]; f.seek(\(place)); f.write(bytes([b ^ 64]))'",
                    "a bit of byte \(place)", false
                )
            }
        }
    }

    @Test("what is no ledger is refused")
    func garbage() async throws {
        try await damaged { size in
            [
                ("cp /bin/true", "a program", true),
                ("sh -c 'head -c \(size) /dev/zero > $0'", "zeros", true),
            ]
        }
    }

    /// Each harm is a command that is given the file; `isFatal`: it must be refused.
    private func damaged(
        _ harms: @escaping @Sendable (Int) -> [(command: String, name: String, isFatal: Bool)]
    ) async throws {
        try await CrashWorld.withRegistry { server in
            try await DamageStory.with(.sqlite, on: server) { story in
                let (world, path) = (story.world, "\(story.world.folder)/pawl.db")
                try await world.sh("cp \(path) copy.db")
                let size = try await world.sh("stat -c %s \(path)")
                for harm in harms(Int(size.prefix { $0.isNumber }) ?? 0) {
                    try await world.sh("\(harm.command) \(path)")
                    let ran = try await world.pawl(["promote"])
                    #expect(
                        ran.status == 3 || ran.status == 0 && !harm.isFatal,
                        "\(harm.name): \(ran)")
                    #expect(ran.status == 0 || ran.stdout.contains("-> "), "\(harm.name): \(ran)")
                    let live = try await world.live()
                    if live != [DamageStory.first, DamageStory.first] {
                        // Met in the middle, after the entry.
                        #expect(!harm.isFatal, "\(harm.name): \(ran)")
                        try await world.sh("grep -q -a \(DamageStory.next) \(path)")
                    }
                    try await world.sh("rm -f \(path)-wal \(path)-shm; cp copy.db \(path)")
                    try await world.makeLive(DamageStory.first)
                }
                try await story.expectWell()
            }
        }
    }
}
