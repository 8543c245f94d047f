import FoundationEssentials
import PawlCore
import PawlLoopback
import Synchronization
import Testing

/// A ledger's ref that somebody deleted or moved, or that may not be written, through the whole
/// program: at the code host, and at any remote by the git command.
@Suite("A ledger's ref in trouble")
struct RefDamageTests {
    private static let ref = "refs/pawl/latest"
    private static let kinds = [LedgerKind.gitHub, .gitRemote]

    /// The ref's commits, newest first.
    private func commits(_ world: CrashWorld) async throws -> [String] {
        guard world.kind == .gitRemote else {
            return world.gitHub.commits(from: Self.ref).map(\.sha)
        }
        return try await git("rev-list \(Self.ref)", world).split { $0.isWhitespace }
            .map(String.init)
    }

    /// Moves the ref by force; `nil` deletes it.
    private func force(_ sha: String?, _ world: CrashWorld) async throws {
        guard world.kind == .gitRemote else { return world.gitHub.ref(Self.ref, at: sha) }
        try await git("update-ref " + (sha.map { "\(Self.ref) \($0)" } ?? "-d \(Self.ref)"), world)
    }

    @discardableResult
    private func git(_ arguments: String, _ world: CrashWorld) async throws -> String {
        try await world.sh("git --git-dir \(world.ledgerFolder)/remote.git \(arguments)")
    }

    @Test(
        "a ref that was deleted: a new ledger begins with what is found, and says so",
        arguments: kinds)
    func deleted(_ kind: LedgerKind) async throws {
        try await CrashWorld.withRegistry { server in
            try await DamageStory.with(kind, on: server) { story in
                try await force(nil, story.world)
                let ran = try await story.expectPromoted()
                #expect(ran.stdout.contains("If a ledger was deleted"), "\(ran)")
                let begin = try await story.world.entries().first
                #expect(begin?["kind"]?.string == "adopt")
                #expect(begin?["sha"]?.string == DamageStory.first)
            }
        }
    }

    @Test(
        "a ref that was pushed back to an older entry: the tags decide what is missing",
        arguments: kinds)
    func rewound(_ kind: LedgerKind) async throws {
        try await CrashWorld.withRegistry { server in
            // Before it knew of the move, before the tags had followed it, before it was told.
            _ = try await Cycles.each(of: [1, 2, 3], atOnce: 3) { _, left in
                try await DamageStory.with(kind, on: server) { story in
                    let commits = try await commits(story.world)
                    try #require(commits.count == 5)
                    try await force(commits[commits.count - left], story.world)
                    try await story.expectPromoted()
                }
            }
        }
    }

    @Test(
        "a ref that was pushed to something else is refused until it is put back", arguments: kinds)
    func foreign(_ kind: LedgerKind) async throws {
        try await CrashWorld.withRegistry { server in
            try await DamageStory.with(kind, on: server) { story in
                let world = story.world
                var other = CrashWorld.commits[0]
                if kind == .gitRemote {
                    let made = try await git(
                        "-c user.name=x -c user.email=x commit-tree -m 'Fix it' "
                            + "$(git --git-dir remote.git mktree </dev/null)", world)
                    other = String(made.prefix(40))
                }
                let tip = try #require(try await commits(world).first)
                try await force(other, world)
                try await story.expectRefused("is no entry of a ledger")
                try await force(tip, world)
                try await story.expectWell()
            }
        }
    }

    @Test(
        "a ref that is deleted while a run is at it: before its entry, and before its tags",
        arguments: kinds)
    func deletedMeanwhile(_ kind: LedgerKind) async throws {
        try await CrashWorld.withRegistry { server in
            for word in [
                "PUT /v2/", kind == .gitHub ? "POST /repos/acme/app/git/commits" : "git push",
            ] {
                try await CrashWorld.with(kind, on: server, doors: 2) { world in
                    world.gitHub.branch("main", at: DamageStory.first)
                    let first = try await world.pawl(["promote"])
                    try #require(first.status == 0, "\(first)")
                    world.gitHub.branch("main", at: DamageStory.next)
                    let isDone = Mutex(false)
                    let failure = Mutex<String?>(nil)
                    world.setGate { step, line in
                        guard step == .before, line.hasPrefix(word),
                            !isDone.withLock({ done in
                                defer { done = true }
                                return done
                            })
                        else { return true }
                        do { try await force(nil, world) } catch {
                            failure.withLock { $0 = "\(error)" }
                        }
                        return true
                    }
                    let ran = try await world.pawl(["promote"])
                    world.setGate(nil)
                    #expect(failure.withLock { $0 } == nil)
                    #expect(isDone.withLock { $0 })
                    if word == "PUT /v2/" {
                        #expect(ran.status == 3, "\(ran)")
                        #expect(ran.stdout.contains("was deleted while Pawl was writing"), "\(ran)")
                    }
                    let again = try await world.pawl(["promote"])
                    #expect(again.status == 0, "\(word): \(ran) \(again)")
                    #expect(try await world.live() == [DamageStory.next, DamageStory.next])
                    let verified = try await world.pawl(["ledger", "verify"])
                    #expect(verified.status == 0, "\(verified)")
                }
            }
        }
    }

    @Test("a token that may not write contents is told the permission that it needs")
    func readOnlyToken() async throws {
        try await CrashWorld.withRegistry { server in
            try await DamageStory.with(.gitHub, on: server) { story in
                story.world.gitHub.revoke("contents: write")
                try await story.expectRefused("contents: write", "Nothing was moved")
                story.world.gitHub.grant("contents: write")
                try await story.expectWell()
            }
        }
    }

    @Test("a token that loses the right to write between the entry and its end")
    func tokenExpires() async throws {
        try await CrashWorld.withRegistry { server in
            try await DamageStory.with(.gitHub, on: server) { story in
                let world = story.world
                world.setGate { step, line in
                    if step == .before, line.hasPrefix("PUT /v2/") {
                        world.gitHub.revoke("contents: write")
                    }
                    return true
                }
                let ran = try await world.pawl(["promote"])
                world.setGate(nil)
                #expect(ran.status == 3, "\(ran)")
                #expect(ran.stdout.contains("The tags are moved"), "\(ran)")
                #expect(ran.stdout.contains("contents: write"), "\(ran)")
                try await story.expectRecorded("\(ran)")
                world.gitHub.grant("contents: write")
                try await story.expectPromoted()
            }
        }
    }

    @Test("a remote whose hook refuses pushes: its words, and nothing moved")
    func preReceive() async throws {
        try await CrashWorld.withRegistry { server in
            try await DamageStory.with(.gitRemote, on: server) { story in
                let hook = "remote.git/hooks/pre-receive"
                try await story.world.sh(
                    "printf '#!/bin/sh\\necho closed for today >&2\\nexit 1\\n' > \(hook); "
                        + "chmod +x \(hook)")
                try await story.expectRefused("closed for today", "Nothing was moved")
                try await story.world.sh("rm \(hook)")
                try await story.expectWell()
            }
        }
    }

    @Test("a remote that is away is not a ledger without entries")
    func away() async throws {
        try await CrashWorld.withRegistry { server in
            try await DamageStory.with(.gitRemote, on: server) { story in
                try await story.world.sh("mv remote.git elsewhere.git")
                try await story.expectRefused("ledger-unreadable")
                try await story.world.sh("mv elsewhere.git remote.git")
                try await story.expectWell()
            }
        }
    }

    @Test("a ref whose lock was left behind")
    func lock() async throws {
        try await CrashWorld.withRegistry { server in
            try await DamageStory.with(.gitRemote, on: server) { story in
                let lock = "remote.git/\(Self.ref).lock"
                try await story.world.sh("mkdir -p remote.git/refs/pawl; touch \(lock)")
                try await story.expectRefused("lock file", "Nothing was moved")
                try await story.world.sh("rm \(lock)")
                try await story.expectWell()
            }
        }
    }

    @Test("a remote whose objects and refs may not be written")
    func readOnlyRemote() async throws {
        try await CrashWorld.withRegistry { server in
            try await SmallDisk.with("2m") { folder in
                try await DamageStory.with(.gitRemote, on: server, ledgerFolder: folder) { story in
                    try await story.world.sh("mount -o remount,ro \(folder)")
                    try await story.expectRefused("Nothing was moved")
                    try await story.world.sh("mount -o remount,rw \(folder)")
                    try await story.expectWell()
                }
            }
        }
    }

    @Test("a remote whose disk is full")
    func fullRemote() async throws {
        try await CrashWorld.withRegistry { server in
            try await SmallDisk.with("2m") { folder in
                try await DamageStory.with(.gitRemote, on: server, ledgerFolder: folder) { story in
                    try await story.world.sh("cat /dev/zero > \(folder)/fill || true")
                    try await story.expectRefused("Nothing was moved", "No space left on device")
                    try await story.world.sh("rm \(folder)/fill")
                    try await story.expectWell()
                }
            }
        }
    }
}
