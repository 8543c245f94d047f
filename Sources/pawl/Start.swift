import ArgumentParser
import PawlCore
import PawlPolicyFile
import PawlReport

/// What every command begins with: the environment, the streams and the checked policy.
struct Start {
    let environment: [String: String]
    let console: Console
    let policy: Policy
    let warnings: [String]

    /// What the run has to do with hooks: only one that tells them needs their secrets.
    enum Hooks {
        case told, checked, untold

        fileprivate var lacking: PolicyFile.Circumstances.LackingHook {
            switch self {
            case .told: .refused
            case .checked: .warned
            case .untold: .left
            }
        }
    }

    /// Reads the policy, with the run's ledger in it, and tells its warnings.
    init(_ options: Options, hooks: Hooks = .told) throws(WrongUse) {
        environment = Environment.all
        console = Console(environment: environment, isVerbose: options.verbose)
        (policy, warnings) = try PolicySource.read(
            options, environment: environment, lackingHook: hooks.lacking)
        for warning in warnings { console.note("warning: \(warning)") }
    }

    var wiring: Wiring { Wiring(policy: policy, environment: environment, console: console) }
    var actor: String { Environment.actor(in: environment) }
}
