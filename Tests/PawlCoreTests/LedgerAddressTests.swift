import PawlCore
import PawlTesting
import Testing

@Suite("Where a ledger is")
struct LedgerAddressTests {
    @Test("is one of four forms")
    func forms() throws {
        #expect(try LedgerAddress("memory:") == .memory)
        #expect(try LedgerAddress("sqlite:pawl.db") == .sqlite(path: "pawl.db"))
        #expect(
            try LedgerAddress("sqlite:/var/lib/my pawl/x.db")
                == .sqlite(path: "/var/lib/my pawl/x.db"))
        #expect(try LedgerAddress("git") == .git(remote: nil))
        #expect(try LedgerAddress("git:upstream") == .git(remote: "upstream"))
        #expect(
            try LedgerAddress("git:https://git.acme.example/ledger.git")
                == .git(remote: "https://git.acme.example/ledger.git"))
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "git:", "sqlite:", "memory", "memory:x", "postgres://db", "GIT", "git:-c", "git: x",
            "git:a\nb", "sqlite", " git",
        ])
    func others(_ text: String) {
        #expect(throws: LedgerAddress.Malformed.self) { try LedgerAddress(text) }
    }

    @Test("is shown without a user or password")
    func shown() throws {
        let address = try LedgerAddress("git:https://ada:s3cret@git.acme.example/x.git")
        #expect("\(address)" == "git:https://git.acme.example/x.git")
        #expect(
            "\(try LedgerAddress("git:git@git.acme.example:x.git"))"
                == "git:git@git.acme.example:x.git")
    }
}

@Suite("A hook")
struct HookTests {
    @Test("is called by its kind and workflow or host; nothing that may be secret is in the name")
    func names() {
        let hooks: [Hook] = [
            .dispatch(WorkflowName("redeploy.yml"), inputs: []),
            .webhook(Secret("https://u:p@chat.acme.example:8443/T0K3N?x=y"), secret: nil),
            .webhook(Secret("https://chat.acme.example:8443/other"), secret: Secret("hush")),
        ]
        let channel = Scenario(hooks: hooks).channel
        #expect(
            channel.namedHooks.map(\.name) == [
                "dispatch redeploy.yml", "webhook chat.acme.example:8443",
                "webhook chat.acme.example:8443 #2",
            ])
        #expect(!"\(hooks)".contains("T0K3N"))
        #expect(!"\(hooks)".contains("hush"))
        var dumped = ""
        dump(hooks, to: &dumped)
        #expect(!dumped.contains("T0K3N"))
    }

    @Test("gets its placeholders filled in once")
    func placeholders() throws {
        let key = ChannelKey(
            host: "github.com", repository: try CodeRepository("acme/app"),
            channel: try Channel.Name("latest"))
        let entry = Entry(
            id: "e1", at: ManualClock.start, by: "ada", reason: nil, key: key,
            event: .move(
                Movement(
                    kind: .promote, commit: .named("b"), previous: nil,
                    images: [
                        Movement.Image(
                            target: try ImageReference("ghcr.io/acme/app:latest"),
                            digest: .named("b"), before: nil)
                    ])), after: nil, hash: nil)
        let announcement = try #require(
            Announcement(entry, tag: try Tag("latest"), branch: try BranchName("main")))
        let commit = CommitID.named("b")
        #expect(
            announcement.filled("{sha}/{short_sha}/{tag}/{entry}/{digest:ghcr.io/acme/app}")
                == "\(commit)/\(commit.short)/latest/e1/\(Digest.named("b"))")
        #expect(announcement.filled("{{sha}} {x} {") == "{{sha}} {x} {")
        #expect(announcement.filled("{digest:ghcr.io/acme/none}") == "")
    }
}
