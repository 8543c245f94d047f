import PawlCore
import PawlPolicyFile
import PawlReport

/// Finds and reads the policy file.
enum PolicySource {
    static let usualPaths = ["pawl.yaml", ".github/pawl.yaml"]

    /// The policy with the run's ledger in it, and its warnings.
    static func read(
        _ options: Options, environment: [String: String],
        lackingHook: PolicyFile.Circumstances.LackingHook
    ) throws(WrongUse) -> (policy: Policy, warnings: [String]) {
        let (path, bytes) = try file(options.config)
        return try policy(
            in: bytes, of: path, ledger: options.ledger, environment: environment,
            lackingHook: lackingHook)
    }

    /// The policy that a file's bytes say, with the ledger in it that counts for every door, and
    /// its warnings. Everything that is wrong with the file is said at once. `ledger` is what
    /// `--ledger` names; `usual` counts where neither the file nor the run names one.
    static func policy(
        in bytes: [UInt8], of path: String, ledger: String?, usual: LedgerAddress? = nil,
        environment: [String: String], lackingHook: PolicyFile.Circumstances.LackingHook
    ) throws(WrongUse) -> (policy: Policy, warnings: [String]) {
        let read: (policy: Policy, warnings: [Complaint])
        do {
            read = try PolicyFile.read(
                bytes, name: path, repositoryDefault: environment["GITHUB_REPOSITORY"],
                circumstances: PolicyFile.Circumstances(
                    lackingHook: lackingHook,
                    namesLedger: usual != nil || LedgerChoice.isGiven(ledger, environment)),
                environment: { environment[$0] })
        } catch {
            throw WrongUse("\(error)", advice: "Correct \(path); pawl check reads it again.")
        }
        let policy = try LedgerChoice.applied(
            ledger, environment, to: LedgerChoice.located(read.policy, beside: path), usual: usual)
        return (policy, read.warnings.map(\.description))
    }

    private static func file(_ config: String?) throws(WrongUse) -> (String, [UInt8]) {
        for path in config.map({ [$0] }) ?? usualPaths {
            do throws(Files.Failure) {
                return (path, try Files.read(path, bytesMax: Limits.policyBytesMax))
            } catch {
                guard error.isMissing, config == nil else {
                    throw WrongUse(
                        "The policy file could not be read: \(error.text).",
                        advice: "Give a readable file with --config.")
                }
            }
        }
        throw WrongUse(
            "There is no policy file: neither \(usualPaths.joined(separator: " nor ")) is here.",
            advice: "Write one, or name it with --config.")
    }
}
