import PawlLoopback
import Testing

@Suite("A ledger or tags that somebody else has changed")
struct LedgerTroubleTests {
    private static let commits = ActionWorld.commits

    @Test("tags moved by hand are told, and follow puts them back")
    func follow() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            world.built(Self.commits[2])
            _ = try await ledger.well(["promote"])
            world.makeLive(Self.commits[1])

            let status = try await ledger.pawl(["status"])
            #expect(status.stdout.contains("moved-by-others: "), "\(status)")
            #expect(status.stdout.contains("pawl adopt"), "\(status)")
            let verified = try await ledger.pawl(["ledger", "verify"])
            #expect(verified.status == 1, "\(verified)")
            #expect(verified.stdout.hasPrefix("differs  latest  "), "\(verified)")
            let explained = try await ledger.pawl(["explain", Self.commits[2]])
            #expect(explained.stdout.contains("moved-by-others"), "\(explained)")
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))

            let followed = try await ledger.well(["follow", "--reason", "nobody knows why"])
            #expect(followed.hasPrefix("followed  latest  the tags back to 3a3a3a3"), "\(followed)")
            #expect(world.live == ActionWorld.both(at: Self.commits[2]))
            let again = try await ledger.well(["follow"])
            #expect(again.hasPrefix("settled  latest  at 3a3a3a3\n"), "\(again)")
            let restored = try await ledger.entries().first { $0.kind == "restore" }
            #expect(restored?.actor == "mona")
            #expect(restored?.reason == "nobody knows why")
            _ = try await ledger.well(["ledger", "verify"])
        }
    }

    @Test("a run that may write looks twice before it believes that, and then holds")
    func drift() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            world.built(Self.commits[2])
            _ = try await ledger.well(["promote"])
            world.makeLive(Self.commits[0])
            let writes = world.writes
            let newest = world.built(Self.commits[3])
            let step = try await ledger.step(after: newest)
            #expect(step.status == 0, "\(step)")
            #expect(try step.outputs()["verdict"] == "hold", "\(step)")
            #expect(try step.outputs()["reason"] == "moved-by-others", "\(step)")
            #expect(step.summary.contains("pawl adopt"), "\(step)")
            #expect(world.writes == writes)
            #expect(world.live == ActionWorld.both(at: Self.commits[0]))
        }
    }

    @Test("or adopt takes them as they are")
    func adopt() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            world.built(Self.commits[2])
            _ = try await ledger.well(["promote"])
            world.makeLive(Self.commits[1])
            let writes = world.writes
            let adopted = try await ledger.well(["adopt", "--reason", "moved in the outage"])
            #expect(
                adopted.hasPrefix("adopted  latest  2a2a2a2, as found (entry 4)\n"), "\(adopted)")
            #expect(world.writes == writes)
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))
            _ = try await ledger.well(["ledger", "verify"])
            let status = try await ledger.well(["status"])
            #expect(!status.contains("moved-by-others"), "\(status)")
        }
    }

    @Test("a run that was cut short is told by status and verify, and finished by the next")
    func unfinished() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            world.registry.plan(
                .instead(CannedResponse(status: 500)), "PUT", times: 10)
            let broken = try await ledger.pawl(["promote", "--timeout", "60s"])
            #expect(broken.status == 3, "\(broken)")
            let history = try await ledger.well(["history"])
            #expect(history.contains("(not followed to its end yet)"), "\(history)")
            let status = try await ledger.pawl(["status"])
            #expect(status.stdout.contains("not followed to its end"), "\(status)")
            let verified = try await ledger.pawl(["ledger", "verify", "--json"])
            #expect(verified.status == 3, "\(verified)")
            #expect(verified.stdout.contains(#""followed": false"#), "\(verified)")
            #expect(verified.stdout.contains(#""verdict": "unfinished""#), "\(verified)")

            let next = try await ledger.well(["promote"])
            #expect(next.contains("group-healed"), "\(next)")
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))
            _ = try await ledger.well(["ledger", "verify"])
        }
    }

    @Test("an entry that was rewritten is named by its number")
    func rewritten() async throws {
        try await LedgerWorld.with(.gitRemote) { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            _ = try await ledger.well(["promote"])
            let repository = ["--git-dir", LedgerWorld.bare]
            let ref = "refs/pawl/latest"
            func show(_ format: String, _ name: String) async throws -> String {
                try await ledger.git(repository + ["log", "-1", "--format=\(format)", name])
            }
            // Entry 2 says another name, and entry 3 stands on it as it was.
            let second = try await show("%B", "\(ref)~1").replacing("mona", with: "eve")
            let third = try await show("%B", ref)
            func commit(_ message: String, on parent: String) async throws -> String {
                let file = try world.folder.write(message, to: "message")
                return try await ledger.git(
                    repository + ["commit-tree", "\(ref)^{tree}", "-p", parent, "-F", file]
                ).replacing("\n", with: "")
            }
            let forged = try await commit(third, on: try await commit(second, on: "\(ref)~2"))
            _ = try await ledger.git(repository + ["update-ref", ref, forged])

            let verified = try await ledger.pawl(["ledger", "verify"])
            #expect(verified.status == 1, "\(verified)")
            #expect(verified.stdout.hasPrefix("damaged  latest  3 entries"), "\(verified)")
            #expect(
                verified.stdout.contains(
                    "ledger-damaged: Entry 3 does not bear the hash of the entry before it."),
                "\(verified)")
            let document = try await ledger.pawl(["ledger", "verify", "--json"])
            #expect(document.stdout.contains(#""verdict": "damaged""#), "\(document)")
            #expect(document.stdout.contains(#""faults": [{"entry": 3, "#), "\(document)")
        }
    }

    @Test("an entry of a file that was edited is named by its number, and nothing is moved on it")
    func edited() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            _ = try await ledger.well(["promote"])
            try await ledger.sql(
                "UPDATE line SET text = replace(text, 'mona', 'eve') WHERE number = 2")
            let verified = try await ledger.pawl(["ledger", "verify"])
            #expect(verified.status == 1, "\(verified)")
            #expect(verified.stdout.hasPrefix("damaged  latest  3 entries"), "\(verified)")
            #expect(
                verified.stdout.contains("ledger-damaged: Entry 2 is not as it was written"),
                "\(verified)")
            let document = try await ledger.pawl(["ledger", "verify", "--json"])
            #expect(document.stdout.contains(#""faults": [{"entry": 2, "#), "\(document)")

            try await ledger.sql("UPDATE line SET text = 'gone'")
            let all = try await ledger.pawl(["ledger", "verify"])
            #expect(all.status == 1, "\(all)")
            for number in 1...3 {
                #expect(all.stdout.contains("Entry \(number) is not as it was"), "\(all)")
            }
            let writes = world.writes
            world.built(Self.commits[2])
            let ran = try await ledger.pawl(["promote"])
            #expect(ran.status == 3, "\(ran)")
            #expect(world.writes == writes)
        }
    }

    @Test("a file that is no ledger is refused at the start, and nothing is moved")
    func garbage() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            try world.folder.write(String(repeating: "no ledger ", count: 1000), to: "ledger.db")
            for command in [["promote"], ["status"], ["history"], ["ledger", "verify"], ["hold"]] {
                for json in [[], ["--json"]] {
                    let ran = try await ledger.pawl(command + json)
                    #expect(ran.status == 3, "\(command): \(ran)")
                    #expect(ran.description.contains("ledger"), "\(command): \(ran)")
                    #expect(json.isEmpty || ran.stdout.hasPrefix("{"), "\(command): \(ran)")
                    world.expectUntouched(ran)
                }
            }
        }
    }

    @Test("a remote that cannot be reached moves nothing, and its password is never told")
    func unreachable() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            let ledger = "git:http://mona:hunter22@127.0.0.1:9/ledger.git"
            for command in [["promote"], ["history"], ["status"], ["check", "--live"], ["check"]] {
                let ran = try await world.pawl(
                    command + ["-v", "--ledger", ledger, "--timeout", "60s"])
                #expect(ran.status == (command == ["check"] ? 0 : 3), "\(command): \(ran)")
                #expect(!ran.description.contains("hunter22"), "\(command): \(ran)")
                world.expectUntouched(ran)
            }
        }
    }

    @Test("plain git reads the ledger: one commit for each entry, under a subject for people")
    func plainGit() async throws {
        try await LedgerWorld.with(.gitRemote) { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            _ = try await ledger.well(["promote"])
            _ = try await ledger.well(["hold", "--reason", "lunch"])
            _ = try await ledger.git(["init", "--quiet", "elsewhere"])
            let elsewhere = ["-C", "elsewhere"]
            _ = try await ledger.git(
                elsewhere + [
                    "fetch", "--quiet", world.folder.path(of: LedgerWorld.bare),
                    "refs/pawl/*:refs/pawl/*",
                ])
            let log = try await ledger.git(elsewhere + ["log", "--format=%s", "refs/pawl/latest"])
            #expect(
                log == """
                    hold latest
                    followed 2
                    promote 2a2a2a2 to latest
                    adopt 1a1a1a1 to latest

                    """, "\(log)")
        }
    }
}
