import FoundationEssentials
import PawlCore
import PawlLoopback
import Testing

@Suite("pawl history, for people and programs")
struct HistoryTests {
    private static let commits = ActionWorld.commits
    private static let hostile =
        "broken\u{1B}[31m\u{202E} ::error::forged ##[error]forged\u{7}"

    /// Half a dozen rows, with words from outside in them.
    private func story(_ ledger: LedgerWorld) async throws {
        let world = ledger.world
        world.built(Self.commits[1])
        world.built(Self.commits[2])
        _ = try await ledger.well(["promote"])
        _ = try await ledger.well(
            ["rollback", "--to", "2a2a2a2", "--reason", Self.hostile],
            ["USER": "eve\u{1B}]0;x\u{7}"])
        _ = try await ledger.well(
            [
                "quarantine", "3a3a3a3", "--reason",
                "it leaks memory on every request that has a body of more than a megabyte, so "
                    + "it must not come back",
            ], ["USER": "a-very-long-account-name-with-39-charact"])
        world.built(Self.commits[3])
        _ = try await ledger.well(["resume", "--from", "4a4a4a4"])
        _ = try await ledger.well(["promote"])
    }

    @Test("who moved what, when, why, from where to where; bookkeeping only with --all")
    func table() async throws {
        try await LedgerWorld.with { ledger in
            try await story(ledger)
            let table = try await ledger.well(["history"])
            let lines = table.split(separator: "\n").map(String.init)
            #expect(lines[0] == "latest")
            #expect(
                lines[1]
                    == "    #  when (UTC)        what         from -> to          who", "\(table)"
            )
            let rows = lines.filter { $0.prefix(6).contains(where: \.isNumber) }
            #expect(
                rows.map { $0.split(separator: " ")[3...].joined(separator: " ") } == [
                    "promote 2a2a2a2 -> 4a4a4a4 mona", "resume from 4a4a4a4 mona",
                    "quarantine 3a3a3a3 a-very-long-account-name-with-39-charact",
                    "rollback 3a3a3a3 -> 2a2a2a2 eve\u{FFFD}]0;x\u{FFFD}",
                    "promote 1a1a1a1 -> 3a3a3a3 mona", "adopt -> 1a1a1a1 mona",
                ], "\(table)")
            #expect(!table.contains("followed"), "\(table)")
            #expect(table.contains("(2 commits after it quarantined)"), "\(table)")

            let all = try await ledger.well(["history", "--all"])
            #expect(all.contains("followed     entry 2"), "\(all)")
            let two = try await ledger.well(["history", "--limit", "2"])
            #expect(two.contains("older entries: --limit"), "\(two)")
            #expect(two.contains("resume"), "\(two)")
            #expect(!two.contains("quarantine  "), "\(two)")
            for limit in ["0", "-1", "x", "1000000"] {
                let wrong = try await ledger.pawl(["history", "--limit", limit])
                #expect(wrong.status == 2, "\(wrong)")
            }
        }
    }

    @Test("words from outside cannot leave their line, whatever shows them")
    func hostileText() async throws {
        try await LedgerWorld.with { ledger in
            try await story(ledger)
            for command in [
                ["history"], ["history", "--all"], ["history", "--json"], ["status"],
                ["ledger", "verify"], ["status", "--json"],
            ] {
                let ran = try await ledger.pawl(command)
                #expect(!ran.stdout.contains("\u{1B}"), "\(command)")
                #expect(!ran.stdout.contains("\u{202E}"), "\(command)")
                #expect(!ran.stdout.contains("\u{7}"), "\(command)")
                #expect(command.contains("--json") || !ran.stdout.contains("##["), "\(command)")
                #expect(ActionLog.commands(in: ran.stdout).isEmpty || command.contains("--json"))
            }
        }
    }

    @Test("on a terminal of 80 columns no line of any report is longer, and colours are put off")
    func eightyColumns() async throws {
        try await LedgerWorld.with { ledger in
            try await story(ledger)
            for command in ["history", "history --all", "ledger verify"] {
                let plain = try await onTerminal(ledger, "pawl \(command)", ["NO_COLOR": "1"])
                #expect(plain.contains("latest"), "\(plain)")
                #expect(!plain.contains("\u{1B}"), "\(plain)")
                for line in plain.split(whereSeparator: \.isNewline) {
                    #expect(line.count <= 80, "\(command): \(line)")
                }
                let coloured = try await onTerminal(ledger, "pawl \(command)", ["TERM": "xterm"])
                #expect(coloured.contains("\u{1B}[1mlatest\u{1B}[0m"), "\(coloured)")
            }
        }
    }

    private func onTerminal(
        _ ledger: LedgerWorld, _ command: String, _ changes: [String: String]
    ) async throws -> String {
        try await Binary(path: "script").run(
            [
                "--quiet", "--return", "--command", "stty cols 80; exec \(command) 2>/dev/null",
                "/dev/null",
            ],
            environment: [
                "GITHUB_API_URL": ledger.world.api, "GITHUB_TOKEN": ActionWorld.token,
                "USER": "mona", "HOME": ledger.world.folder.path, "PAWL_LEDGER": ledger.ledger,
                "PATH": "\(pawlFolder):/usr/bin:/bin",
            ].merging(changes) { _, given in given }, in: ledger.world.folder.path
        ).stdout
    }

    private var pawlFolder: String {
        String(Binary.pawl.path.dropLast("/pawl".count))
    }
}
