import ArgumentParser
import PawlCore
import PawlReport

/// What every command begins with: the environment, the streams and the checked policy.
struct Start {
    let environment: [String: String]
    let console: Console
    let policy: Policy
    let warnings: [String]

    /// Reads the policy, with the run's ledger in it, and tells its warnings.
    init(_ options: Options) throws(WrongUse) {
        environment = Environment.all
        console = Console(environment: environment, isVerbose: options.verbose)
        (policy, warnings) = try PolicySource.read(options, environment: environment)
        for warning in warnings { console.note("warning: \(warning)") }
    }

    var wiring: Wiring { Wiring(policy: policy, environment: environment, console: console) }
    var actor: String { Environment.actor(in: environment) }
}
