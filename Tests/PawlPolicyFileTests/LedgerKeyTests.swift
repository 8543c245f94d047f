import PawlCore
import Testing

@Suite("`ledger:` says where the log of promotions is")
struct LedgerKeyTests {
    private func ledger(_ value: String, _ environment: [String: String] = [:]) -> Reading {
        Sample.reading(environment: environment) { $0.tail = ["ledger: \(value)"] }
    }

    @Test(
        "each of its forms",
        arguments: [
            ("git", LedgerAddress.git(remote: nil)), ("git:origin", .git(remote: "origin")),
            ("git:https://git.example/a.git", .git(remote: "https://git.example/a.git")),
            ("git:git@git.example:a/b", .git(remote: "git@git.example:a/b")),
            ("sqlite:pawl.db", .sqlite(path: "pawl.db")),
            ("\"sqlite:/var/lib/my pawl/a.db\"", .sqlite(path: "/var/lib/my pawl/a.db")),
            ("\"memory:\"", .memory),
        ])
    func forms(text: String, address: LedgerAddress) {
        let reading = ledger(text)
        #expect(reading.complaints == [])
        #expect(reading.policy?.ledger == address)
    }

    @Test("a password in a remote's address comes from the environment")
    func variable() {
        let reading = ledger("git:https://u:${TOKEN}@git.example/a", ["TOKEN": "hunter2"])
        #expect(reading.policy?.ledger == .git(remote: "https://u:hunter2@git.example/a"))
        #expect(
            ledger("git:https://u:${TOKEN}@git.example/a").onlyComplaint
                == "pawl.yaml:9:9: the environment variable TOKEN is not set. Set it where Pawl "
                + "runs.")
    }

    @Test(
        "PostgreSQL is refused as not in this version, and its address is not shown",
        arguments: ["postgres://u:hunter2@h/d", "postgresql://u:hunter2@h/d", "POSTGRES://h/d"])
    func postgres(text: String) {
        #expect(
            ledger(text).onlyComplaint
                == "pawl.yaml:9:9: ledger: a ledger in PostgreSQL is not in this version. Write "
                + "`git`, `git:REMOTE` or `sqlite:PATH`.")
    }

    @Test(
        "anything else is refused with the forms that there are",
        arguments: [
            "Git", "\"git:\"", "git:-x", "\"git: \"", "sqlite", "\"sqlite:\"", "memory", "file:x",
            "https://u:hunter2@h/x", "mysql:hunter2", "\"git:a b\"", "\"memory:x\"",
        ])
    func refused(text: String) {
        #expect(
            ledger(text).onlyComplaint
                == "pawl.yaml:9:9: ledger: the address is of no known form. Write `git`, "
                + "`git:REMOTE` or `sqlite:PATH`.")
    }

    @Test("an unquoted memory: is a mapping for YAML, and refused where it stands")
    func unquoted() {
        #expect(ledger("memory:").complaints.first?.hasPrefix("pawl.yaml:9:") == true)
    }

    @Test("it is text, and not nothing")
    func kinds() {
        #expect(ledger("[git]").onlyComplaint.hasPrefix("pawl.yaml:9:9: ledger: expected text,"))
        #expect(ledger("").onlyComplaint.hasPrefix("pawl.yaml:9:1: ledger has no value."))
    }
}
