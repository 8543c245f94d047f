import PawlLoopback
import Testing

@Suite("A channel with a ledger, told by commands")
struct LedgerStoryTests {
    private static let commits = ActionWorld.commits

    @Test(
        "promote, rollback, an event that does not undo it, resume, and on",
        arguments: Kept.allCases)
    func walkThrough(kept: Kept) async throws {
        try await LedgerWorld.with(kept) { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            let newer = world.built(Self.commits[2])

            let promoted = try await ledger.well(["promote"])
            #expect(
                promoted.hasPrefix("promoted  latest  to 3a3a3a3, was at 1a1a1a1 (entry 2)\n"),
                "\(promoted)")
            #expect(promoted.contains("adopted: "), "\(promoted)")
            #expect(world.live == ActionWorld.both(at: Self.commits[2]))

            let back = try await ledger.well(
                ["rollback", "--to", "2a2a2a2", "--reason", "login is broken"])
            #expect(
                back.hasPrefix("rolled back  latest  to 2a2a2a2, was at 3a3a3a3 (entry 4)\n"),
                "\(back)")
            #expect(back.contains("by order of mona: login is broken"), "\(back)")
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))

            // Neither the event of the commit that was rolled back nor a look nor a new commit.
            let event = try await ledger.step(after: newer)
            #expect(event.status == 0 || event.status == 1, "\(event)")
            #expect(try event.outputs()["promoted"] == "false", "\(event)")
            let tip = world.built(Self.commits[3])
            #expect(try await ledger.step(after: tip).outputs()["promoted"] == "false")
            #expect(
                try await ledger.well(["promote"]).hasPrefix("hold  latest  nothing may go yet"))
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))

            let status = try await ledger.well(["status"])
            #expect(status.contains("ledger: rollback to 2a2a2a2 (entry 4), followed"), "\(status)")
            #expect(status.contains("2 commits quarantined"), "\(status)")
            #expect(status.contains("held: latest is held by mona since"), "\(status)")
            #expect(status.contains(": login is broken"), "\(status)")

            let resumed = try await ledger.well(["resume", "--from", "4a4a4a4"])
            #expect(
                resumed.hasPrefix(
                    "resumed  latest  4a4a4a4 and what descends from it go by themselves "
                        + "(entry 6)\n"), "\(resumed)")
            #expect(
                resumed.contains(
                    "What goes next:\nwould promote  latest  to 4a4a4a4, was at 2a2a2a2\n"),
                "\(resumed)")
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))

            let on = try await ledger.well(["promote"])
            #expect(
                on.hasPrefix("promoted  latest  to 4a4a4a4, was at 2a2a2a2 (entry 7)\n"), "\(on)")
            #expect(world.live == ActionWorld.both(at: Self.commits[3]))

            #expect(
                try await ledger.kinds() == [
                    "adopt", "promote", "followed", "rollback", "followed", "resume", "promote",
                    "followed",
                ])
            let verified = try await ledger.well(["ledger", "verify"])
            #expect(
                verified.hasPrefix(
                    "ok  latest  8 entries, each as it was written; the tags are where it says\n"),
                "\(verified)")
        }
    }

    @Test("the same in documents: entry, kinds, and what stands in the state")
    func documents() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            world.built(Self.commits[2])
            let promoted = try await ledger.well(["promote", Self.commits[2], "--json"])
            #expect(promoted.contains(#""promoted": true, "entry": 2, "#), "\(promoted)")
            let back = try await ledger.well(
                ["rollback", "--to", Self.commits[1], "--reason", "it is slow", "--json"])
            #expect(back.contains(#""verdict": "promote", "channel": "latest""#), "\(back)")
            #expect(
                back.contains(#""override": {"actor": "mona", "reason": "it is slow"}"#), "\(back)")
            #expect(back.contains(#""promoted": true, "entry": 4, "#), "\(back)")

            let status = try await ledger.well(["status", "--json"])
            #expect(
                status.contains(
                    #""ledger": {"entry": 4, "kind": "rollback", "sha": "\#(Self.commits[1])", "#
                        + #""followed": true, "hold": {"actor": "mona", "since": ""#), "\(status)")
            #expect(
                status.contains(
                    #""floor": null, "quarantined": ["\#(Self.commits[3])", "\#(Self.commits[2])"]"#
                ), "\(status)")

            let entries = try await ledger.entries()
            #expect(entries.map(\.entry) == [1, 2, 3, 4, 5])
            #expect(entries[3].kind == "rollback")
            #expect(entries[3].actor == "mona")
            #expect(entries[3].reason == "it is slow")
            #expect(entries[3].sha == Self.commits[1])
            #expect(entries[3].previous == Self.commits[2])
            #expect(entries[3].override == true)
            #expect(entries[1].override == false)

            let resumed = try await ledger.well(["resume", "--json"])
            #expect(resumed.contains(#""verdict": "settled""#), "\(resumed)")
            #expect(resumed.contains(#""look": {"schema": 1, "#), "\(resumed)")
            let verified = try await ledger.well(["ledger", "verify", "--json"])
            #expect(
                verified.hasPrefix(
                    #"{"schema": 1, "channel": "latest", "verdict": "ok", "entries": 6, "#),
                "\(verified)")
        }
    }

    @Test("a rollback that is only tried writes nothing, and says what it would do")
    func dryRun() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            world.built(Self.commits[2])
            _ = try await ledger.well(["promote"])
            let writes = world.writes
            let dry = try await ledger.well(
                ["rollback", "--to", Self.commits[1], "--reason", "x", "--dry-run"])
            #expect(
                dry.hasPrefix("would roll back  latest  to 2a2a2a2, was at 3a3a3a3\n"), "\(dry)")
            #expect(world.writes == writes)
            #expect(try await ledger.kinds() == ["adopt", "promote", "followed"])
        }
    }

    @Test("a rollback goes back: a newer commit is refused, and one of nowhere is wrong use")
    func refusedRollback() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            _ = try await ledger.well(["promote", Self.commits[1]])
            world.built(Self.commits[3])
            let before = try await ledger.kinds()
            let writes = world.writes
            let forward = try await ledger.pawl(
                ["rollback", "--to", Self.commits[3], "--reason", "x"])
            #expect(forward.status == 1, "\(forward)")
            #expect(forward.stdout.contains("not-behind: 4a4a4a4 is newer than"), "\(forward)")
            let nowhere = try await ledger.pawl(["rollback", "--to", "bbbbbbb", "--reason", "x"])
            #expect(nowhere.status == 2, "\(nowhere)")
            #expect(nowhere.stdout.contains("bad-candidate"), "\(nowhere)")
            let blank = try await ledger.pawl(
                ["rollback", "--to", Self.commits[0], "--reason", "  "])
            #expect(blank.status == 2, "\(blank)")
            #expect(blank.stderr.contains("Say in a sentence why"), "\(blank)")
            let missing = try await ledger.pawl(["rollback", "--to", Self.commits[0]])
            #expect(missing.status == 2, "\(missing)")
            #expect(world.writes == writes)
            #expect(try await ledger.kinds() == before)
        }
    }

    @Test("hold keeps everything where it is until resume, and is said once")
    func hold() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            let build = world.built(Self.commits[1])
            let adopted = try await ledger.well(["adopt"])
            #expect(
                adopted.hasPrefix("adopted  latest  1a1a1a1, as found (entry 1)\n"), "\(adopted)")
            let held = try await ledger.well(["hold", "--reason", "moving the database"])
            #expect(
                held.hasPrefix("held  latest  nothing moves by itself (entry 2)\n"), "\(held)")
            #expect(held.contains("moving the database"), "\(held)")
            let again = try await ledger.well(["hold"])
            #expect(
                again.hasPrefix("held  latest  as before: nothing moves by itself\n"), "\(again)")

            let event = try await ledger.step(after: build)
            #expect(event.status == 0, "\(event)")
            #expect(try event.outputs()["verdict"] == "hold", "\(event)")
            #expect(try event.outputs()["reason"] == "held", "\(event)")
            #expect(world.live == ActionWorld.both(at: Self.commits[0]))

            let resumed = try await ledger.well(["resume", "--from", Self.commits[1]])
            #expect(resumed.contains("would promote  latest  to 2a2a2a2"), "\(resumed)")
            _ = try await ledger.well(["promote"])
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))
        }
    }

    @Test("a quarantined commit does not go, and the next one does")
    func quarantine() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            world.built(Self.commits[1])
            let named = try await ledger.well(["quarantine", "2a2a2a2", "--reason", "it leaks"])
            #expect(
                named.hasPrefix("quarantined  latest  2a2a2a2 does not go by itself (entry 1)\n"),
                "\(named)")
            let explained = try await ledger.well(["explain", Self.commits[1]])
            #expect(explained.contains("quarantined: "), "\(explained)")
            _ = try await ledger.well(["promote"])
            #expect(world.live == ActionWorld.both(at: Self.commits[0]))
            world.built(Self.commits[2])
            _ = try await ledger.well(["promote"])
            #expect(world.live == ActionWorld.both(at: Self.commits[2]))
        }
    }

    @Test("without a code host the ledger is in the clone's remote origin")
    func clone() async throws {
        try await LedgerWorld.with(.gitHub) { ledger in
            let world = ledger.world
            try world.folder.write(
                try world.policy().replacing("repository: acme/platform", with: "host: git"),
                to: "pawl.yaml")
            _ = try await ledger.git(["init", "--quiet", "--bare", "origin.git"])
            _ = try await ledger.git(["init", "--quiet", "--initial-branch=main"])
            _ = try await ledger.git(["remote", "add", "origin", "./origin.git"])
            var commits: [String] = []
            for name in ["first", "second"] {
                _ = try await ledger.git(
                    ["commit", "--quiet", "--allow-empty", "--message", name])
                commits.append(
                    try await ledger.git(["rev-parse", "HEAD"]).replacing("\n", with: ""))
                world.publish(commits[commits.count - 1])
            }
            _ = try await ledger.git(["push", "--quiet", "origin", "main"])
            world.makeLive(commits[0])

            let gate = "\(ActionWorld.gate)=success"
            let promoted = try await ledger.well(["promote", commits[1], "--gate", gate])
            #expect(promoted.hasPrefix("promoted  latest  to "), "\(promoted)")
            #expect(promoted.contains("(entry 2)"), "\(promoted)")
            let refs = try await ledger.git(["ls-remote", "origin", "refs/pawl/*"])
            #expect(refs.contains("refs/pawl/latest"), "\(refs)")
            let back = try await ledger.well(
                ["rollback", "--to", commits[0], "--reason", "it is slow"])
            #expect(back.hasPrefix("rolled back  latest  to "), "\(back)")
            _ = try await ledger.well(["ledger", "verify"])
        }
    }
}
