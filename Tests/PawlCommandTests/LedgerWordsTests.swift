import PawlLoopback
import Testing

@Suite("Which ledger, and none")
struct LedgerWordsTests {
    private static let commits = ActionWorld.commits
    private static let orders = [
        ["rollback", "--to", commits[0], "--reason", "x"], ["resume"], ["hold"],
        ["quarantine", commits[1]], ["adopt"], ["follow"], ["history"], ["ledger", "verify"],
    ]

    @Test("what needs a ledger is wrong use without one, with what to do", arguments: orders)
    func without(arguments: [String]) async throws {
        try await ActionWorld.with { world in
            let ran = try await world.pawl(arguments)
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.stdout.isEmpty, "\(ran)")
            #expect(ran.stderr.contains("needs a ledger"), "\(ran)")
            #expect(ran.stderr.contains("--ledger: git, git:REMOTE or sqlite:PATH"), "\(ran)")
            #expect(ran.stderr.contains("--once") == (arguments[0] == "rollback"), "\(ran)")
            #expect(world.github.requests.isEmpty)
            world.expectUntouched(ran)

            let document = try await world.pawl(arguments + ["--json"])
            #expect(document.status == 2)
            #expect(document.stdout.hasPrefix(#"{"schema": 1, "verdict": "error""#), "\(document)")
        }
    }

    @Test("rollback --once moves the tags, and says that the next green commit goes forward")
    func once() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            world.built(Self.commits[2])
            world.makeLive(Self.commits[2])
            let arguments = [
                "rollback", "--to", "2a2a2a2", "--reason", "login is broken", "--once",
            ]

            let dry = try await world.pawl(arguments + ["--dry-run"])
            #expect(dry.status == 0, "\(dry)")
            #expect(dry.stdout.hasPrefix("would roll back  latest  to 2a2a2a2"), "\(dry)")
            #expect(dry.stdout.contains("would move from"), "\(dry)")
            #expect(!dry.stdout.contains("stays at"), "\(dry)")
            #expect(world.writes == 0)

            let back = try await world.pawl(arguments)
            #expect(back.status == 0, "\(back)")
            #expect(back.stdout.hasPrefix("rolled back  latest  to 2a2a2a2, was at 3a3a3a3\n"))
            #expect(back.stdout.contains("by order of mona: login is broken"), "\(back)")
            #expect(
                back.stderr.contains("the next green commit moves latest forward again"), "\(back)")
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))

            // It is a way back only.
            let forward = try await world.pawl(
                ["rollback", "--to", Self.commits[2], "--reason", "x", "--once"])
            #expect(forward.status == 1, "\(forward)")
            #expect(forward.stdout.contains("not-behind"), "\(forward)")
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))
        }
    }

    @Test("rollback --once with a ledger is wrong use: the ledger's rollback holds")
    func onceWithLedger() async throws {
        try await LedgerWorld.with { ledger in
            let ran = try await ledger.pawl(
                ["rollback", "--to", Self.commits[0], "--reason", "x", "--once"])
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.stderr.contains("--once is for channels without a ledger"), "\(ran)")
            ledger.world.expectUntouched(ran)
        }
    }

    @Test(
        "a ledger of no known form, or one that is forgotten, is wrong use; nothing of it is shown",
        arguments: [
            ("memory:", "forgotten"), ("", "no known form"), ("sqlite:", "no known form"),
            ("git:", "no known form"), ("svn", "no known form"), ("git:--upload-pack=x", "form"),
            ("postgres://pawl:hunter22@db/pawl", "PostgreSQL is not in this version"),
            ("mysql://pawl:hunter22@db/pawl", "no known form"),
        ])
    func unknown(ledger: String, says: String) async throws {
        try await ActionWorld.with { world in
            for command in [["promote"], ["check"], ["history"]] {
                let ran = try await world.pawl(command + ["--ledger", ledger])
                #expect(ran.status == 2, "\(ran)")
                #expect(ran.stderr.contains(says), "\(ran)")
                #expect(!ran.description.contains("hunter22"), "\(ran)")
                world.expectUntouched(ran)
            }
        }
    }

    @Test("a ledger that differs from the policy's is wrong use, wherever it is named")
    func differing() async throws {
        try await ActionWorld.with { world in
            try world.folder.write(
                try world.policy() + "\nledger: sqlite:ledger.db\n", to: "pawl.yaml")
            let option = try await world.pawl(["promote", "--ledger", "git"])
            #expect(option.status == 2, "\(option)")
            #expect(
                option.stderr.contains("--ledger names git, and the policy's ledger is sqlite:"),
                "\(option)")
            let variable = try await world.pawl(
                ["history"], ["PAWL_LEDGER": "git:https://mona:hunter22@git.example/x.git"])
            #expect(variable.status == 2, "\(variable)")
            #expect(
                variable.stderr.contains("PAWL_LEDGER names git:https://git.example/x.git"),
                "\(variable)")
            #expect(!variable.description.contains("hunter22"), "\(variable)")
            world.expectUntouched(variable)

            for same in [
                try await world.pawl(["history", "--ledger", "sqlite:ledger.db"]),
                try await world.pawl(["history"], ["PAWL_LEDGER": "sqlite:ledger.db"]),
                try await world.pawl(["history"]),
            ] {
                #expect(same.status == 0, "\(same)")
                #expect(same.stdout == "latest  the ledger has no entry\n", "\(same)")
            }
            // Whoever only reads makes no file.
            #expect(!world.folder.has("ledger.db"))
        }
    }

    @Test("an order is about one channel; of several it must be named")
    func severalChannels() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            try world.folder.write(try Self.twoChannels(world), to: "pawl.yaml")
            let ran = try await ledger.pawl(["hold"])
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.stderr.contains("the policy has 2"), "\(ran)")
            #expect(ran.stderr.contains("--channel"), "\(ran)")

            _ = try await ledger.well(["hold", "--channel", "stable"])
            let history = try await ledger.well(["history"])
            #expect(history.contains("latest  the ledger has no entry\n"), "\(history)")
            #expect(history.contains("stable\n"), "\(history)")
            let document = try await ledger.well(["ledger", "verify", "--json"])
            #expect(document.hasPrefix(#"[{"schema": 1, "channel": "latest""#), "\(document)")
        }
    }

    private static func twoChannels(_ world: ActionWorld) throws -> String {
        try world.policy() + """

              stable:
                images:
                  - \(world.registry.host)/acme/platform
                from: "staging-{short_sha}"
                to: stable
                build: publish-platform-image.yml
            """
    }

    @Test("check says which ledger, and --live whether it can be read and written")
    func check() async throws {
        try await LedgerWorld.with(.gitHub) { ledger in
            let plain = try await ledger.well(["check"])
            #expect(plain.contains("2 images; ledger git."), "\(plain)")
            let live = try await ledger.well(["check", "--live"])
            #expect(live.contains("ledger of latest"), "\(live)")
            #expect(live.contains("has no entry yet"), "\(live)")
            #expect(try await ledger.kinds() == [])

            ledger.world.github.revoke("contents: write")
            let lacking = try await ledger.pawl(["check", "--live"])
            #expect(lacking.status == 2, "\(lacking)")
            #expect(lacking.stdout.contains("can be read, but not written"), "\(lacking)")
            #expect(lacking.stdout.contains("contents: write"), "\(lacking)")
        }
    }

    @Test("a token without contents: write moves nothing, and says what it lacks")
    func readOnlyToken() async throws {
        try await LedgerWorld.with(.gitHub) { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            world.github.revoke("contents: write")
            let ran = try await ledger.pawl(["promote"])
            #expect(ran.status == 3, "\(ran)")
            #expect(ran.stdout.contains("ledger-unwritable"), "\(ran)")
            #expect(ran.stdout.contains("contents: write"), "\(ran)")
            world.expectUntouched(ran)
        }
    }
}
