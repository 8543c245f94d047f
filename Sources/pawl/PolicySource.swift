import PawlCore
import PawlPolicyFile
import PawlReport

/// Finds and reads the policy file.
enum PolicySource {
    static let usualPaths = ["pawl.yaml", ".github/pawl.yaml"]

    /// The policy and its warnings. Everything that is wrong is said at once.
    static func read(
        _ options: Options, environment: [String: String]
    ) throws(WrongUse) -> (policy: Policy, warnings: [String]) {
        if let ledger = options.ledger {
            throw WrongUse(
                "--ledger \(ledger): this version keeps no ledger yet.",
                advice: "Leave --ledger out; the truth is the registry then.")
        }
        let (path, bytes) = try file(options.config)
        do {
            let (policy, warnings) = try PolicyFile.read(
                bytes, name: path, repositoryDefault: environment["GITHUB_REPOSITORY"],
                environment: { environment[$0] })
            return (policy, warnings.map(\.description))
        } catch {
            throw WrongUse("\(error)", advice: "Correct \(path); pawl check reads it again.")
        }
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
