import PawlLoopback
import Testing

@Suite("pawl promote and explain, at a terminal")
struct PromoteTests {
    private static let commits = ActionWorld.commits

    @Test("a green commit goes, by its short name; the same again writes nothing")
    func promotion() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            world.github.run(ActionWorld.gate, at: Self.commits[1])

            let first = try await world.pawl(["promote", String(Self.commits[1].prefix(9))])
            #expect(first.status == 0, "\(first)")
            #expect(first.stdout.hasPrefix("promoted  latest  to 2a2a2a2, was at 1a1a1a1\n"))
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))
            #expect(world.writes == 2)

            let again = try await world.pawl(["promote", Self.commits[1]])
            #expect(again.status == 0, "\(again)")
            #expect(again.stdout.hasPrefix("settled  latest  at 2a2a2a2\n"))
            #expect(world.writes == 2)
        }
    }

    @Test("explain says what promote would do, with every finding, and writes nothing")
    func explain() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            let red = world.github.run(
                ActionWorld.gate, at: Self.commits[1], conclusion: "failure")

            let explained = try await world.pawl(["explain", Self.commits[1]])
            #expect(explained.status == 0, "\(explained)")
            #expect(explained.stdout.contains("rejected  latest"))
            #expect(explained.stdout.contains("run \(red.id), attempt 1"))
            for rule in ["branch", "sources", "build", "gate", "forward"] {
                #expect(explained.stdout.contains(rule))
            }
            world.expectUntouched(explained)

            let dry = try await world.pawl(["promote", Self.commits[1], "--dry-run"])
            #expect(dry.stdout == explained.stdout)
            #expect(dry.status == 1)
            world.expectUntouched(dry)
        }
    }

    @Test("an override passes a red gate, with a name and a reason, and no look undoes it")
    func override() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            world.built(Self.commits[2])
            world.makeLive(Self.commits[2])

            let back = try await world.pawl(
                ["promote", Self.commits[1], "--override", "login is broken", "--json"])
            #expect(back.status == 0, "\(back)")
            #expect(back.stdout.contains(#""actor": "mona", "reason": "login is broken""#))
            #expect(back.stdout.contains(#""look": null"#))
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))
        }
    }

    @Test("without a commit it is a look: the newest that may go, and why newer ones may not")
    func look() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            world.built(Self.commits[2])
            world.built(Self.commits[3])
            world.github.run(ActionWorld.gate, at: Self.commits[3], conclusion: "failure")

            let look = try await world.pawl(["promote"])
            #expect(look.status == 0, "\(look)")
            #expect(look.stdout.hasPrefix("promoted  latest  to 3a3a3a3"))
            #expect(look.stdout.contains("gate-failed: 4a4a4a4 may not go"))
            #expect(world.live == ActionWorld.both(at: Self.commits[2]))
        }
    }

    @Test("--json is one document on stdout and nothing else there, for every end")
    func json() async throws {
        try await ActionWorld.with { world in
            for arguments in [
                ["promote"], ["promote", Self.commits[1]], ["explain"], ["status"], ["check"],
                ["check", "--live"], ["promote", "xyz"], ["promote", "--frobnicate"],
            ] {
                let ran = try await world.pawl(arguments + ["--json"])
                let lines = ran.stdout.split(separator: "\n")
                #expect(lines.count == 1, "\(arguments): \(ran)")
                #expect(lines.first?.hasPrefix("{\"schema\": 1") == true, "\(arguments): \(ran)")
            }
        }
    }

    @Test("status says where the channel is, how far behind, and why")
    func status() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            world.built(Self.commits[3])
            world.github.run(ActionWorld.gate, at: Self.commits[3], status: "in_progress")

            let status = try await world.pawl(["status"])
            #expect(status.status == 0, "\(status)")
            #expect(status.stdout.hasPrefix("latest  at 1a1a1a1  3 commits behind 4a4a4a4"))
            #expect(status.stdout.contains("gate-running"))
            world.expectUntouched(status)

            let alert = try await world.pawl(["status", "--max-behind", "1s"])
            #expect(alert.status == 1, "\(alert)")
        }
    }

    @Test("check --live names the permission that the token lacks")
    func checkLive() async throws {
        try await ActionWorld.with { world in
            let fine = try await world.pawl(["check", "--live"])
            #expect(fine.status == 0, "\(fine)")

            world.github.revoke("actions")
            let lacking = try await world.pawl(["check", "--live"])
            #expect(lacking.status == 3, "\(lacking)")
            #expect(lacking.stdout.lowercased().contains("actions"))
            world.expectUntouched(lacking)
        }
    }

    @Test("without a code host, check --live calls nothing active that nobody was asked about")
    func checkLiveWithoutHost() async throws {
        try await ActionWorld.with { world in
            try world.folder.write(
                try world.policy().replacing("repository: acme/platform", with: "host: git"),
                to: "pawl.yaml")
            let ran = try await world.pawl(["check", "--live"])
            #expect(ran.status == 3, "\(ran)")
            #expect(ran.stdout.contains("branch main"), "\(ran)")
            #expect(!ran.stdout.contains("active"), "\(ran)")
            world.expectUntouched(ran)
        }
    }

    @Test("help goes to stdout with examples; wrong use goes to stderr and ends in 2")
    func help() async throws {
        let help = try await Binary.pawl.run(["--help"])
        #expect(help.status == 0)
        #expect(help.stdout.contains("EXAMPLES:"))
        #expect(help.stderr.isEmpty)
        for arguments in [["promote", "--frobnicate"], ["nonsense"], ["promote", "a", "b"]] {
            let wrong = try await Binary.pawl.run(arguments)
            #expect(wrong.status == 2, "\(wrong)")
            #expect(wrong.stdout.isEmpty)
            #expect(!wrong.stderr.isEmpty)
        }
    }
}
