import PawlCore
import PawlReport

/// Which ledger a run keeps: the policy's, or the one that `--ledger` or `PAWL_LEDGER` names where
/// the policy names none.
enum LedgerChoice {
    private static let forms = "git, git:REMOTE or sqlite:PATH"

    /// Whether one is named beside the policy.
    static func isGiven(_ option: String?, _ environment: [String: String]) -> Bool {
        option != nil || Environment.value("PAWL_LEDGER", in: environment) != nil
    }

    /// The policy with the path of its ledger as it counts from here: in the file it counts from
    /// the file's own folder.
    static func located(_ policy: Policy, beside file: String) -> Policy {
        guard case .sqlite(let path) = policy.ledger, !path.hasPrefix("/"),
            let end = file.lastIndex(of: "/")
        else { return policy }
        return with(.sqlite(path: String(file[...end]) + path), policy)
    }

    private static func with(_ ledger: LedgerAddress, _ policy: Policy) -> Policy {
        Policy(
            repository: policy.repository, host: policy.host, branch: policy.branch,
            channels: policy.channels, registries: policy.registries, ledger: ledger)
    }

    /// The policy with the ledger of this run; `usual` where none is named. What was given may hold
    /// a password and is not shown.
    static func applied(
        _ option: String?, _ environment: [String: String], to policy: Policy,
        usual: LedgerAddress? = nil
    ) throws(WrongUse) -> Policy {
        let variable = Environment.value("PAWL_LEDGER", in: environment)
        let name = option == nil ? "PAWL_LEDGER" : "--ledger"
        let given = try (option ?? variable).map { text throws(WrongUse) in
            try address(text, name)
        }
        if policy.ledger == .memory || given == .memory {
            throw WrongUse(
                "A ledger in memory is forgotten when the command ends; it is for tests.",
                advice: "Name one that stays: \(forms).")
        }
        guard let given else {
            guard let usual, policy.ledger == nil else { return policy }
            return with(usual, policy)
        }
        guard !isSame(given, policy.ledger) else { return policy }
        if let own = policy.ledger {
            throw WrongUse(
                "\(name) names \(given), and the policy's ledger is \(own).",
                advice: "A channel has one ledger: leave \(name) out, or correct ledger: in the "
                    + "policy.")
        }
        return with(given, policy)
    }

    /// Paths are compared from the working directory, link by link as they are written.
    private static func isSame(_ given: LedgerAddress, _ own: LedgerAddress?) -> Bool {
        guard case .sqlite(let path) = given, case .sqlite(let ownPath) = own else {
            return given == own
        }
        return Files.absolute(path) == Files.absolute(ownPath)
    }

    private static func address(
        _ text: String, _ name: String
    ) throws(WrongUse) -> LedgerAddress {
        do throws(LedgerAddress.Malformed) {
            return try LedgerAddress(text)
        } catch {
            let scheme = text.prefix { $0 != ":" }.lowercased()
            throw WrongUse(
                ["postgres", "postgresql"].contains(scheme)
                    ? "\(name): a ledger in PostgreSQL is not in this version."
                    : "\(name) is of no known form.",
                advice: "Give \(forms).")
        }
    }

    /// Refuses what cannot be done without a ledger.
    static func require(for command: String, in policy: Policy) throws(WrongUse) {
        guard policy.ledger == nil else { return }
        let back =
            command == "pawl rollback"
            ? " To go back without one: pawl rollback --to SHA --reason TEXT --once; the next "
                + "green commit moves the channel forward again." : ""
        throw WrongUse(
            "\(command) needs a ledger, and neither the policy nor --ledger names one.",
            advice: "Name one with ledger: in the policy file, or with --ledger: \(forms).\(back)")
    }
}
