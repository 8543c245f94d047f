import FoundationEssentials
import PawlCore
import PawlGit
import PawlPorts
import PawlTesting
import Testing

@Suite("A ledger reaches its remote as the clone does, and nothing else of the clone counts")
struct GitLedgerSettingsTests {
    private let key = LedgerFixture.latest
    private let authorization = "basic c2VjcmV0"

    private func failed(_ ledger: GitLedger) async -> PortFailure? {
        await failure { () throws(PortFailure) in _ = try await ledger.tip(of: key) }
    }

    /// A remote that wants a header, and a clone that knows it but not the header.
    private func guarded() async throws -> (LedgerFixture, GitServer) {
        let fixture = try await LedgerFixture()
        _ = try await fixture.fill(1)
        let server = try await GitServer.start(
            fixture.remote, gate: GitServer.wanting(authorization))
        try await fixture.clone.git("remote", "set-url", "origin", server.url)
        return (fixture, server)
    }

    private func header(for server: GitServer) -> String {
        "[http \"\(server.url)\"]\n\textraheader = AUTHORIZATION: \(authorization)\n"
    }

    @Test("a token that checkout brings in by a conditional include of the clone")
    func conditionalInclude() async throws {
        let (fixture, server) = try await guarded()
        #expect(await failed(fixture.ledger())?.code == .denied)
        let file = fixture.path("credentials.config")
        try Data(header(for: server).utf8).write(to: URL(filePath: file))
        try await fixture.clone.git(
            "config", "includeIf.gitdir:\(fixture.clone.folder)/.git.path", file)
        #expect(try await fixture.ledger().tip(of: key)?.text == "{\"n\":1}")
        await server.stop()
    }

    @Test("a user's own settings, plain and conditional, count once")
    func globalSettings() async throws {
        let (fixture, server) = try await guarded()
        let (file, included) = (fixture.path("global"), fixture.path("included"))
        var environment = GitFixture.environment
        environment["GIT_CONFIG_GLOBAL"] = file
        for (global, conditional) in [
            (header(for: server), ""),
            (
                "[includeIf \"gitdir:\(fixture.clone.folder)/\"]\n\tpath = \(included)\n",
                header(for: server)
            ),
        ] {
            try Data(global.utf8).write(to: URL(filePath: file))
            try Data(conditional.utf8).write(to: URL(filePath: included))
            #expect(
                try await fixture.ledger(environment: environment).tip(of: key)?.text
                    == "{\"n\":1}")
        }
        await server.stop()
    }

    @Test("settings given in git's environment")
    func environmentSettings() async throws {
        let (fixture, server) = try await guarded()
        let environment = GitFixture.environment.merging([
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.\(server.url).extraheader",
            "GIT_CONFIG_VALUE_0": "AUTHORIZATION: \(authorization)",
        ]) { _, new in new }
        #expect(
            try await fixture.ledger(environment: environment).tip(of: key)?.text == "{\"n\":1}")
        await server.stop()
    }

    @Test("a linked worktree with settings of its own, and a folder below the top")
    func worktrees() async throws {
        let (fixture, server) = try await guarded()
        let clone = fixture.clone
        try await clone.point("refs/heads/main", at: try await clone.commit("one"))
        try await clone.git("config", "extensions.worktreeConfig", "true")
        let other = clone.folder + "-other"
        try await clone.git("worktree", "add", "--quiet", "--detach", other, "main")
        _ = try await clone.git([
            "-C", other, "config", "--worktree", "http.\(server.url).extraheader",
            "AUTHORIZATION: \(authorization)",
        ])
        #expect(await failed(fixture.ledger())?.code == .denied)
        #expect(try await fixture.ledger(from: other).tip(of: key)?.text == "{\"n\":1}")
        let below = other + "/below"
        try FileManager.default.createDirectory(atPath: below, withIntermediateDirectories: true)
        #expect(try await fixture.ledger(from: below).tip(of: key)?.text == "{\"n\":1}")
        await server.stop()
    }

    @Test("a password from a credential helper, which is asked as for any push")
    func credentialHelper() async throws {
        let (fixture, server) = try await guarded()
        let helper = fixture.path("helper")
        try LedgerFixture.program(helper, "echo username=; echo password=wrong")
        try await fixture.clone.git("config", "credential.helper", helper)
        #expect(await failed(fixture.ledger())?.code == .denied)
        await server.stop()

        let basic = try await GitServer.start(
            fixture.remote,
            gate: GitServer.wanting("Basic " + Data("ada:hunter2".utf8).base64EncodedString()))
        try LedgerFixture.program(helper, "echo username=ada; echo password=hunter2")
        #expect(try await fixture.ledger(basic.url).tip(of: key)?.text == "{\"n\":1}")
        await basic.stop()
    }

    @Test("addresses: by name, rewritten, relative, of a bare clone, and without any clone")
    func addresses() async throws {
        let fixture = try await LedgerFixture()
        let line = try await fixture.fill(1)[0]
        let clone = fixture.clone
        try await clone.git("remote", "add", "by-rule", "short:remote.git")
        let parent = String(fixture.remote.folder.dropLast("/remote.git".count))
        try await clone.git("config", "url.file://\(parent)/.insteadOf", "short:")
        #expect(try await fixture.ledger("by-rule").tip(of: key) == line)
        #expect(try await fixture.ledger("short:remote.git").tip(of: key) == line)

        let copy = clone.folder + "/copy.git"
        try await fixture.remote.git("clone", "--quiet", "--mirror", ".", copy)
        try await clone.git("remote", "add", "near", "copy.git/../copy.git")
        let below = clone.folder + "/below"
        try FileManager.default.createDirectory(atPath: below, withIntermediateDirectories: true)
        #expect(try await fixture.ledger("near", from: below).tip(of: key) == line)
        #expect(try await fixture.ledger("../copy.git", from: below).tip(of: key) == line)
        #expect(try await fixture.ledger(from: copy).tip(of: key) == line)

        let empty = try GitFixture.emptyFolder()
        #expect(
            try await fixture.ledger(fixture.remote.folder, from: empty.folder).tip(of: key)
                == line)
    }

    @Test("one address to read from and to push to, where a remote has several")
    func severalAddresses() async throws {
        let (one, two) = (try await LedgerFixture(), try await LedgerFixture())
        try await one.clone.git("remote", "set-url", "--add", "--push", "origin", two.remote.folder)
        let line = try await one.add("{\"n\":1}", to: one.ledger(), after: nil)
        #expect(try await one.ledger().tip(of: key) == line)
        #expect(try await two.tip() == line.mark)
        #expect(try await one.remote.git("for-each-ref") == "")
    }

    @Test("a name that the clone does not know, no clone at all, one that git does not trust")
    func unknownNames() async throws {
        let fixture = try await LedgerFixture()
        let unknown = await failed(fixture.ledger("upstream"))
        #expect(unknown?.code == .missing)
        #expect(
            unknown?.detail == "the clone in \(fixture.clone.folder) has no remote upstream")
        #expect(
            unknown?.advice == "Add it (git remote add), or give the address: git:ADDRESS.")

        let empty = try GitFixture.emptyFolder()
        let noClone = await failed(fixture.ledger(from: empty.folder))
        #expect(noClone?.code == .missing)
        #expect(noClone?.detail == "\(empty.folder) is not in a git repository")
        #expect(
            await failed(fixture.ledger(from: "/nonexistent"))?.detail
                == "the folder /nonexistent cannot be entered")

        try Data("[remote \"origin\"\n".utf8).write(
            to: URL(filePath: fixture.clone.folder + "/.git/config"))
        #expect(await failed(fixture.ledger())?.code == .garbled)
    }

    @Test("hooks, signing, mirrors, filters, dates and places of the user do not count")
    func userSettings() async throws {
        let fixture = try await LedgerFixture()
        let first = try await fixture.fill(1)[0]
        let global = fixture.path("global")
        // The user's hooks are also those of a remote on the same machine; this one is no remote's.
        let (hooks, cloneHooks) = (fixture.path("hooks-of-user"), fixture.path("hooks-of-clone"))
        for folder in [hooks, cloneHooks] {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try LedgerFixture.program(folder + "/pre-push", "exit 1")
        }
        try LedgerFixture.program(cloneHooks + "/reference-transaction", "exit 1")
        try Data(
            """
            [user]
                useConfigOnly = true
            [commit]
                gpgSign = true
            [gpg]
                program = /bin/false
            [push]
                gpgSign = true
                followTags = true
                pushOption = ci.skip
                default = nothing
            [core]
                hooksPath = \(hooks)
            [i18n]
                commitEncoding = ISO-8859-1
            [init]
                templateDir = \(hooks)
                defaultBranch = odd
            [fetch]
                prune = true
                recurseSubmodules = true
            [transfer]
                fsckObjects = true
            [log]
                showSignature = true

            """.utf8
        ).write(to: URL(filePath: global))
        let clone = fixture.clone
        for (name, value) in [
            ("remote.origin.mirror", "true"), ("remote.origin.promisor", "true"),
            ("remote.origin.partialclonefilter", "tree:0"), ("remote.origin.prune", "true"),
            ("remote.origin.push", "refs/heads/*"), ("remote.origin.tagOpt", "--tags"),
            ("extensions.partialClone", "origin"), ("core.bare", "false"),
            ("core.worktree", "/nonexistent"), ("core.hooksPath", cloneHooks),
        ] { try await clone.git("config", name, value) }
        let environment = GitFixture.environment.merging([
            "GIT_CONFIG_GLOBAL": global, "GIT_DIR": "/nonexistent", "GIT_WORK_TREE": "/nonexistent",
            "GIT_OBJECT_DIRECTORY": "/nonexistent", "GIT_INDEX_FILE": "/nonexistent",
            "GIT_NAMESPACE": "elsewhere", "GIT_AUTHOR_NAME": "Eve", "GIT_AUTHOR_DATE": "1 +0000",
            "GIT_COMMITTER_EMAIL": "eve@example.org", "GIT_DEFAULT_HASH": "sha256",
            "GIT_ASKPASS": "/bin/false", "GIT_SHALLOW_FILE": "/nonexistent", "LC_ALL": "de_DE",
            "GIT_TRACE": "1", "GIT_PROTOCOL": "version=0", "GIT_EDITOR": "/bin/false",
        ]) { _, new in new }
        let ledger = fixture.ledger(environment: environment)
        #expect(try await ledger.tip(of: key) == first)
        let line = try await fixture.add("{\"n\":2}", to: ledger, after: first)
        let log = try await fixture.remote.git(
            "log", "-1", "--format=%an %ae %cn %ce %at %ct %e", line.mark)
        #expect(
            log == "Pawl pawl@pawl.invalid Pawl pawl@pawl.invalid 1777550400 1777550400 ")
        #expect(
            try await fixture.remote.git("for-each-ref", "--format=%(refname)")
                == LedgerFixture.ref)
        #expect(try await fixture.ledger().lines(of: key, before: nil, limit: 9).count == 2)
    }

    @Test("a git that takes no settings from its environment is too old")
    func oldGit() async throws {
        let fixture = try await LedgerFixture()
        let bin = fixture.path("bin")
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
        let search = GitFixture.environment["PATH"] ?? ""
        try LedgerFixture.program(
            bin + "/git", "unset GIT_CONFIG_COUNT; PATH='\(search)' exec git \"$@\"")
        let environment = GitFixture.environment.merging(["PATH": bin + ":" + search]) { $1 }
        let old = await failed(fixture.ledger(environment: environment))
        #expect(old?.code == .unsupported)
        #expect(old?.advice == "Install git 2.31 or newer.")
    }
}
