import PawlLoopback
import Testing

@Suite("Where a ledger in a file is, and what its readers need")
struct LedgerPathTests {
    private static let commits = ActionWorld.commits

    @Test("a path in the policy counts from the policy's folder, one beside it from here")
    func relative() async throws {
        try await ActionWorld.with { world in
            try world.folder.write(
                try world.policy() + "\nledger: sqlite:ledger.db\n", to: "deploy/pawl.yaml")
            world.built(Self.commits[1])
            let config = ["--config", "deploy/pawl.yaml"]
            let ran = try await world.pawl(["promote"] + config)
            #expect(ran.status == 0, "\(ran)")
            #expect(world.folder.has("deploy/ledger.db"))
            #expect(!world.folder.has("ledger.db"))

            for same in ["deploy/ledger.db", "./deploy//ledger.db"] {
                let history = try await world.pawl(
                    ["history", "--ledger", "sqlite:\(same)"] + config)
                #expect(history.stdout.contains("2a2a2a2"), "\(history)")
            }
            let other = try await world.pawl(["history", "--ledger", "sqlite:ledger.db"] + config)
            #expect(other.status == 2, "\(other)")
            #expect(
                other.stderr.contains(
                    "names sqlite:ledger.db, and the policy's ledger is sqlite:deploy/ledger.db"),
                "\(other)")
        }
    }

    @Test("who only reads needs no hook's secret; who tells hooks does, before anything is asked")
    func secrets() async throws {
        try await ActionWorld.with { world in
            let hook = """

                    after:
                      - webhook: http://127.0.0.1:9/${HOOK_PATH}
                        secret: ${WEBHOOK_SECRET}
                """
            try world.folder.write(
                try world.policy() + hook + "\nledger: sqlite:ledger.db\n", to: "pawl.yaml")
            for command in [
                ["status"], ["history"], ["explain"], ["ledger", "verify"],
                ["promote", "--dry-run"],
                ["rollback", "--to", Self.commits[0], "--reason", "x", "--dry-run"],
            ] {
                let ran = try await world.pawl(command)
                #expect(ran.status != 2, "\(command): \(ran)")
                #expect(!ran.stderr.contains("HOOK_PATH"), "\(command): \(ran)")
            }
            let check = try await world.pawl(["check"])
            #expect(check.status == 0, "\(check)")
            #expect(
                check.stderr.contains("the environment variable HOOK_PATH is not set"), "\(check)")
            for command in [["check", "--live"], ["promote"], ["hold"]] {
                let ran = try await world.pawl(command)
                #expect(ran.status == 2, "\(command): \(ran)")
                #expect(
                    ran.stderr.contains("the environment variable HOOK_PATH is not set"),
                    "\(command): \(ran)")
                world.expectUntouched(ran)
            }
        }
    }

    @Test("hooks and no ledger are warned of, but not where one is named beside the policy")
    func hooksWithoutLedger() async throws {
        try await ActionWorld.with { world in
            let hook = "\n    after:\n      - webhook: http://127.0.0.1:9/x\n"
            try world.folder.write(try world.policy() + hook, to: "pawl.yaml")
            let without = try await world.pawl(["check"])
            #expect(without.stderr.contains("the policy names no ledger"), "\(without)")
            let named = try await world.pawl(["check", "--ledger", "sqlite:ledger.db"])
            #expect(!named.stderr.contains("the policy names no ledger"), "\(named)")
            let variable = try await world.pawl(["check"], ["PAWL_LEDGER": "sqlite:ledger.db"])
            #expect(!variable.stderr.contains("the policy names no ledger"), "\(variable)")
        }
    }

    @Test("where the environment names nobody, git says who gives an order")
    func actor() async throws {
        try await LedgerWorld.with { ledger in
            try ledger.world.folder.write("[user]\n\tname = Mona Lisa\n", to: ".gitconfig")
            _ = try await ledger.well(["hold", "--reason", "lunch"], ["USER": nil])
            #expect(try await ledger.entries().last?.actor == "Mona Lisa")
            _ = try await ledger.well(["resume"])
            #expect(try await ledger.entries().last?.actor == "mona")
        }
    }

    @Test(
        "wrong arguments are told as everything else is",
        arguments: [
            (["promote", "--bogus"], "pawl: Unknown option '--bogus'.", "pawl promote --help"),
            (
                ["rollback", "--to", "1a1a1a1"], "pawl: Missing expected argument",
                "rollback --help"
            ),
            (["promote", "--timeout", "x"], "pawl: The value 'x' is invalid", "promote --help"),
            (["promot"], "pawl: ", "pawl --help"),
        ])
    func arguments(arguments: [String], says: String, advice: String) async throws {
        try await ActionWorld.with { world in
            let ran = try await world.pawl(arguments)
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.stderr.hasPrefix(says), "\(ran)")
            #expect(ran.stderr.contains("\n  -> Run "), "\(ran)")
            #expect(ran.stderr.hasSuffix("\(advice).\n"), "\(ran)")
            #expect(ran.stdout.isEmpty, "\(ran)")
        }
    }

    @Test("a commit that is not there is no missing answer")
    func unknownCommit() async throws {
        try await ActionWorld.with { world in
            let ran = try await world.pawl(["promote", String(repeating: "b", count: 40)])
            #expect(ran.stdout.hasPrefix("error  latest  no such commit\n"), "\(ran)")
        }
    }

    @Test("without a code host, what is missing is to be stated")
    func stated() async throws {
        try await LedgerWorld.with { ledger in
            let world = ledger.world
            try world.folder.write(
                try world.policy().replacing("repository: acme/platform", with: "host: git")
                    .replacing("absent: pass", with: "absent: hold"),
                to: "pawl.yaml")
            try await ledger.git(["init", "--quiet", "--initial-branch=main"])
            func commit() async throws -> String {
                try await ledger.git(["commit", "--quiet", "--allow-empty", "-m", "one"])
                return try await ledger.git(["rev-parse", "HEAD"]).replacing("\n", with: "")
            }
            let live = try await commit()
            world.publish(live)
            world.makeLive(live)
            let sha = try await commit()
            world.publish(sha)
            let ran = try await ledger.pawl(["explain", sha])
            #expect(ran.stdout.contains("gate-absent"), "\(ran)")
            #expect(
                ran.stdout.contains("pawl promote \(sha.prefix(7)) --gate "), "\(ran)")
            #expect(ran.stdout.contains("=success."), "\(ran)")
        }
    }
}
