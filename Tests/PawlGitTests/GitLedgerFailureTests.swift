import FoundationEssentials
import PawlCore
import PawlGit
import PawlLoopback
import PawlPorts
import PawlTesting
import Synchronization
import Testing

@Suite("What is wrong with a ledger's remote is said, and is never taken for no entry")
struct GitLedgerFailureTests {
    private let key = LedgerFixture.latest

    /// What reading the tip fails with; and that a list of lines fails with the same.
    private func reading(_ ledger: GitLedger) async -> PortFailure? {
        let tip = await failure { () throws(PortFailure) in _ = try await ledger.tip(of: key) }
        let lines = await failure { () throws(PortFailure) in
            _ = try await ledger.lines(of: key, before: nil, limit: 10)
        }
        #expect(tip?.code == lines?.code)
        return tip
    }

    private func writing(_ ledger: GitLedger, after tip: LedgerLine?) async -> PortFailure? {
        await failure { () throws(PortFailure) in
            _ = try await ledger.append(title: "t", text: "{\"late\":1}", to: key, after: tip)
        }
    }

    @Test("a ref that leads to anything else than an entry")
    func foreignCommits() async throws {
        let fixture = try await LedgerFixture()
        let one = try await fixture.fill(1)[0]
        let remote = fixture.remote
        let blob = try await remote.blob("text")
        let tree = try await remote.git("mktree", input: "100644 blob \(blob)\tfile\n")
        func commit(_ message: String, _ parents: String...) async throws -> String {
            try await remote.git(
                ["commit-tree", tree] + parents.flatMap { ["-p", $0] } + ["-F", "-"],
                input: message)
        }
        let merge = try await commit("a\n\n{}\n", one.mark, try await commit("b\n\n{}\n"))
        let tag = try await remote.git(
            "mktag", input: "object \(one.mark)\ntype commit\ntag t\ntagger A <a@b> 0 +0000\n\nx\n")
        let wrong = [
            (try await commit("mend the parser\n"), "its message is not a title"),
            (try await commit("mend\n\nIt was\nbroken.\n"), "its message is not a title"),
            (try await commit("mend\n\nIt was broken.\n"), "no JSON object"),
            (try await commit("{\"n\":1}\n"), "its message is not a title"),
            (merge, "it is a merge"), (tag, "it is a tag"), (tree, "it is a tree"),
            (blob, "it is a blob"),
        ]
        for (object, reason) in wrong {
            try await remote.git("update-ref", LedgerFixture.ref, object)
            let failed = await reading(fixture.ledger())
            #expect(failed?.code == .garbled)
            #expect(failed?.detail.contains(reason) == true, "\(failed?.detail ?? "")")
            #expect(failed?.subject == "refs/pawl/latest of origin")
            #expect(failed?.advice?.contains("git log refs/pawl/latest") == true)
        }
        // A writer who read an entry before is told the same.
        #expect(await writing(fixture.ledger(), after: one)?.code == .garbled)
    }

    @Test("a ref that was deleted is no entry, by the remote's own word; a new ledger can begin")
    func deleted() async throws {
        let fixture = try await LedgerFixture()
        let ledger = fixture.ledger()
        let one = try await fixture.add("{\"n\":1}", to: ledger, after: nil)
        let two = try await fixture.add("{\"n\":2}", to: ledger, after: one)
        try await fixture.remote.git("update-ref", "-d", LedgerFixture.ref)
        #expect(
            try await ledger.append(title: "t", text: "{\"n\":3}", to: key, after: two)
                == .moved(to: nil))
        #expect(try await ledger.tip(of: key) == nil)
        #expect(try await fixture.ledger().tip(of: key) == nil)
        #expect(try await ledger.lines(of: key, before: nil, limit: 3) == [])
        let fresh = try await fixture.add("{\"n\":0}", to: ledger, after: nil)
        #expect(try await fixture.ledger().tip(of: key) == fresh)
        #expect(try await fixture.remote.git("rev-list", "--count", LedgerFixture.ref) == "1")
    }

    @Test("a ref whose name only ends like the channel's is not the channel's")
    func longerName() async throws {
        let fixture = try await LedgerFixture()
        let one = try await fixture.fill(1)[0]
        try await fixture.remote.git("update-ref", "refs/copies/refs/pawl/latest", one.mark)
        try await fixture.remote.git("update-ref", "-d", LedgerFixture.ref)
        #expect(try await fixture.ledger().tip(of: key) == nil)
    }

    @Test("a ref that was forced back, or to another chain, is told from one that moved on")
    func forced() async throws {
        let fixture = try await LedgerFixture()
        let lines = try await fixture.fill(4)
        for other in [lines[1].mark, try await chainOfItsOwn(fixture)] {
            try await fixture.remote.git("update-ref", LedgerFixture.ref, lines[3].mark)
            let ledger = fixture.ledger()
            #expect(try await ledger.tip(of: key) == lines[3])
            try await fixture.remote.git("update-ref", LedgerFixture.ref, other)
            let failed = await reading(ledger)
            #expect(failed?.code == .mismatched)
            #expect(failed?.detail.contains("no longer comes after") == true)
            #expect(await writing(ledger, after: lines[3])?.code == .mismatched)
            #expect(try await fixture.tip() == other)
            // What somebody read before it was forced is not there any more.
            let page = await failure { () throws(PortFailure) in
                _ = try await fixture.ledger().lines(of: key, before: lines[3], limit: 5)
            }
            #expect(page?.code == .mismatched)
        }
        // Three lines at once are no force.
        try await fixture.remote.git("update-ref", LedgerFixture.ref, lines[0].mark)
        let ledger = fixture.ledger()
        #expect(try await ledger.tip(of: key) == lines[0])
        try await fixture.remote.git("update-ref", LedgerFixture.ref, lines[3].mark)
        #expect(try await ledger.tip(of: key) == lines[3])
    }

    private func chainOfItsOwn(_ fixture: LedgerFixture) async throws -> String {
        try await fixture.remote.git("update-ref", "-d", LedgerFixture.ref)
        return try await fixture.add("{\"n\":\"x\"}", to: fixture.ledger(), after: nil).mark
    }

    @Test("a remote that shows an old tip for a while is looked at again")
    func lagging() async throws {
        let fixture = try await LedgerFixture()
        let lines = try await fixture.fill(2)
        let remote = fixture.remote.folder
        let catchingUp = PawlPorts.Clock(
            now: { ManualClock.start },
            sleep: { duration throws(CancellationError) in
                if duration < Limits.requestTimeout {
                    try? Data("\(lines[1].mark)\n".utf8).write(
                        to: URL(filePath: remote + "/" + LedgerFixture.ref))
                }
                try await LedgerFixture.clock.sleep(duration)
            })
        let ledger = fixture.ledger(clock: catchingUp)
        #expect(try await ledger.tip(of: key) == lines[1])
        try await fixture.remote.git("update-ref", LedgerFixture.ref, lines[0].mark)
        #expect(try await ledger.tip(of: key) == lines[1])
        try await fixture.remote.git("update-ref", "-d", LedgerFixture.ref)
        #expect(try await ledger.tip(of: key) == lines[1])
    }

    @Test("a remote that is damaged is neither empty nor written to")
    func damaged() async throws {
        let fixture = try await LedgerFixture()
        let lines = try await fixture.fill(2)
        let known = fixture.ledger()
        #expect(try await known.tip(of: key) == lines[1])
        let file = URL(filePath: fixture.path(LedgerFixture.ref))
        for damage in ["", String(repeating: "1", count: 40) + "\n", "garbage\n"] {
            try Data(damage.utf8).write(to: file)
            #expect(await reading(fixture.ledger())?.code == .garbled, "\(damage)")
            for (ledger, tip) in [(known, lines[1]), (fixture.ledger(), nil)] {
                #expect(await writing(ledger, after: tip)?.code == .garbled, "\(damage)")
            }
            #expect(try String(decoding: Data(contentsOf: file), as: UTF8.self) == damage)
        }
        try Data("\(lines[1].mark)\n".utf8).write(to: file)
        #expect(try await known.tip(of: key) == lines[1])

        let object = fixture.object(lines[1].mark)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: object)
        let whole = try Data(contentsOf: URL(filePath: object))
        try whole.prefix(20).write(to: URL(filePath: object))
        let failed = await reading(fixture.ledger())
        #expect(failed?.code == .garbled)
        #expect(failed?.advice == "The remote's repository is damaged: run git fsck there.")
        #expect(await writing(known, after: lines[1]) != nil)
        #expect(try String(decoding: Data(contentsOf: file), as: UTF8.self) == "\(lines[1].mark)\n")
    }

    @Test("a hook or a rule of the remote that refuses is denied, in its words")
    func refused() async throws {
        let fixture = try await LedgerFixture()
        let one = try await fixture.fill(1)[0]
        for hook in ["pre-receive", "update"] {
            try fixture.hook(hook, "echo 'not on \u{1B}[31mmy watch' >&2; exit 1")
            for tip in [one, nil] {
                let ledger = fixture.ledger()
                if tip == nil {
                    try await fixture.remote.git("update-ref", "-d", LedgerFixture.ref)
                }
                let failed = await writing(ledger, after: tip)
                #expect(failed?.code == .denied)
                #expect(failed?.detail.contains("not on [31mmy watch") == true)
                #expect(failed?.detail.contains("declined") == true)
                #expect(failed?.advice?.contains("contents: write") == true)
                try await fixture.remote.git("update-ref", LedgerFixture.ref, one.mark)
            }
            try FileManager.default.removeItem(atPath: fixture.path("hooks"))
        }
        try await fixture.remote.git("config", "transfer.hideRefs", "refs/pawl")
        #expect(await writing(fixture.ledger(), after: nil)?.code == .denied)
    }

    @Test("a folder that may not be written to is denied, one without room is full")
    func readOnly() async throws {
        let fixture = try await LedgerFixture()
        let one = try await fixture.fill(1)[0]
        // As another user, because nothing is read-only to root.
        let nobody = "setpriv --reuid=65534 --clear-groups "
        let isRoot =
            try await fixture.clone.git(
                ["-c", "alias.me=!id -u", "me"]) == "0"
        let trusting =
            "env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory 'GIT_CONFIG_VALUE_0=*' "
        try await fixture.clone.git(
            "config", "remote.origin.receivepack",
            trusting + (isRoot ? nobody : "") + "git-receive-pack")
        if !isRoot {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o555], ofItemAtPath: fixture.path("objects"))
        }
        let failed = await writing(fixture.ledger(), after: one)
        #expect(failed?.code == .denied, "\(failed?.detail ?? "")")
        #expect(try await fixture.tip() == one.mark)
        if !isRoot {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: fixture.path("objects"))
        }

        try await fixture.clone.git("config", "--unset", "remote.origin.receivepack")
        try fixture.hook("pre-receive", "echo 'No space left on device' >&2; exit 1")
        #expect(await writing(fixture.ledger(), after: one)?.code == .full)
    }

    @Test("a remote that does not answer, or is none")
    func unreachable() async throws {
        let fixture = try await LedgerFixture()
        for (address, code) in [
            ("http://127.0.0.1:1/remote.git", PortFailure.Code.unreachable),
            ("ssh://127.0.0.1:1/remote.git", .unreachable),
            ("file:///nonexistent/remote.git", .missing),
            ("../nonexistent.git", .missing), ("ext::cat", .unsupported),
            ("no-such-helper::x", .unsupported),
        ] {
            let failed = await reading(fixture.ledger(address))
            #expect(failed?.code == code, "\(address): \(failed?.detail ?? "nil")")
            let unwritten = await writing(fixture.ledger(address), after: nil)
            #expect(unwritten?.code == code, "\(address): \(unwritten?.detail ?? "nil")")
        }
        let other = try GitFixture.emptyFolder()
        try await other.git("init", "--quiet", "--bare", "--object-format=sha256")
        #expect(await writing(fixture.ledger(other.folder), after: nil)?.code == .unsupported)
    }

    @Test(
        "what a server answers in place of git",
        arguments: [
            (401, PortFailure.Code.denied), (403, .denied), (404, .denied), (429, .throttled),
            (500, .serverFailed), (503, .serverFailed), (200, .garbled),
        ])
    func answers(_ status: Int, _ code: PortFailure.Code) async throws {
        let fixture = try await LedgerFixture()
        let server = try await GitServer.start(fixture.remote) { _ in
            CannedResponse(status: status, contentType: "text/html", text: "<html>Sign in</html>")
        }
        let secret = server.url.replacing("http://", with: "http://ada:hunter2@")
        for failed in [
            await reading(fixture.ledger(secret)),
            await writing(fixture.ledger(secret), after: nil),
        ] {
            #expect(failed?.code == code, "\(failed?.detail ?? "nil")")
            #expect(failed?.detail.contains("hunter2") == false)
            #expect(failed?.subject.contains("hunter2") == false)
        }
        await server.stop()
    }

    @Test("an answer that breaks off says nothing about whether the line was added")
    func lostOnTheWay() async throws {
        let fixture = try await LedgerFixture()
        let one = try await fixture.fill(1)[0]
        for ending in [CannedResponse.Ending.dropsBeforeAnswer, .dropsInBody] {
            let server = try await GitServer.start(fixture.remote) { request in
                request.line == "POST /remote.git/git-receive-pack"
                    ? CannedResponse(
                        status: 200, body: Array(repeating: 0, count: 9), ending: ending)
                    : nil
            }
            let ledger = fixture.ledger(server.url)
            #expect(try await ledger.tip(of: key) == one)
            #expect(await writing(ledger, after: one)?.code == .unreachable)
            await server.stop()
        }
    }

    /// Running programs that have the text in their arguments, where the system lists them so.
    private func programs(with text: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.filter { Int($0) != nil }.compactMap { process in
            FileManager.default.contents(atPath: "/proc/\(process)/cmdline")
                .map { String(decoding: $0, as: UTF8.self) }
        }.filter { $0.contains(text) }
    }

    @Test(
        "a remote that never answers is left at the time limit, with all that git started",
        .timeLimit(.minutes(20)))
    func hanging() async throws {
        let fixture = try await LedgerFixture()
        let hangs = Mutex(true)
        let asked = Mutex(false)
        let server = try await GitServer.start(fixture.remote) { _ in
            guard hangs.withLock({ $0 }) else { return nil }
            asked.withLock { $0 = true }
            return CannedResponse(status: 200, ending: .never)
        }
        // The limit is over when the server has been asked.
        let impatient = PawlPorts.Clock(
            now: { ManualClock.start },
            sleep: { _ throws(CancellationError) in
                while !asked.withLock({ $0 }) {
                    do { try await Task.sleep(for: .milliseconds(5)) } catch {
                        throw CancellationError()
                    }
                }
            })
        let ledger = fixture.ledger(server.url, clock: impatient)
        let failed = await failure { () throws(PortFailure) in _ = try await ledger.tip(of: key) }
        #expect(failed?.code == .timedOut)
        #expect(failed?.detail == "no answer from git within \(Limits.requestTimeout)")
        // What was ended takes a moment to be gone.
        while !programs(with: server.url).isEmpty, !Task.isCancelled { await Task.yield() }
        hangs.withLock { $0 = false }
        asked.withLock { $0 = false }
        #expect(try await ledger.tip(of: key) == nil)
        await server.stop()
    }

    @Test("whoever is cancelled while it waits for its turn is let go")
    func cancelled() async throws {
        let fixture = try await LedgerFixture()
        let (arrived, arrive) = AsyncStream<Void>.makeStream()
        let server = try await GitServer.start(fixture.remote) { _ in
            arrive.yield()
            return CannedResponse(status: 200, ending: .never)
        }
        let ledger = fixture.ledger(server.url)
        let tasks = (0..<3).map { _ in
            Task { await failure { () throws(PortFailure) in _ = try await ledger.tip(of: key) } }
        }
        for await _ in arrived { break }
        for task in tasks.reversed() { task.cancel() }
        for task in tasks { #expect(await task.value?.code == .timedOut) }
        await server.stop()
    }

    @Test("a temporary folder that is not there, and a machine without git")
    func machine() async throws {
        let fixture = try await LedgerFixture()
        var environment = GitFixture.environment
        environment["TMPDIR"] = "/nonexistent"
        let noPlace = await reading(fixture.ledger(environment: environment))
        #expect(noPlace?.code == .denied)
        #expect(noPlace?.detail.hasPrefix("no folder could be made in /nonexistent") == true)
        environment["TMPDIR"] = nil
        environment["PATH"] = fixture.clone.folder
        let failed = await reading(fixture.ledger(environment: environment))
        #expect(failed?.code == .missing)
        #expect(failed?.advice == "Install git, or name its folder in PATH.")
    }
}
