import ArgumentParser
import PawlCore
import PawlEngine
import PawlReport

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Take the whole group back to an earlier commit, and hold it there.",
        discussion: """
            The tags go to the digests that the ledger recorded for the commit, else to its source \
            tags. Every commit after it, up to the branch's tip, is quarantined, and the channel \
            is held: no event moves it forward again until pawl resume.

            EXAMPLES:
              pawl rollback --to 1a2b3c4 --reason "login is broken"
              pawl rollback --to 1a2b3c4 --reason "login is broken" --dry-run
              pawl rollback --to 1a2b3c4 --reason "it is slow" --once   (no ledger)
            """)

    @Option(help: ArgumentHelp("The commit to go back to, 7 to 40 digits.", valueName: "sha"))
    var to: String

    @Option(help: ArgumentHelp("Why; recorded with your name.", valueName: "text"))
    var reason: String

    @Flag(help: "Without a ledger: only move the tags. The next green commit moves them forward.")
    var once = false

    @Flag(help: "Ask and judge the same, and write nothing.")
    var dryRun = false

    @OptionGroup var channel: ChannelOption
    @OptionGroup var options: Options

    func run() async throws {
        guard !once else { return try await moveOnce() }
        let name = try PersonsOrder.commit(to)
        try await PersonsOrder(
            command: "pawl rollback", channel: channel, options: options, isDryRun: dryRun
        ).run { actor throws(WrongUse) in .rollback(name, try override(by: actor)) }
    }

    private func override(by actor: String) throws(WrongUse) -> Override {
        try PersonsOrder.override(
            actor, reason, advice: "Say in a sentence why the channel goes back.")
    }

    /// A promotion past the rules, to a commit that is older than what is live. Nothing remembers
    /// it.
    private func moveOnce() async throws {
        let start = try Start(options, hooks: dryRun ? .untold : .told)
        if let ledger = start.policy.ledger {
            throw WrongUse(
                "--once is for channels without a ledger, and the run's is \(ledger).",
                advice: "Leave --once out; pawl resume ends the hold that a rollback sets.")
        }
        let channel = try channel.one(of: start.policy, for: "pawl rollback")
        let order = Engine.Order.promote(
            try PersonsOrder.commit(to), try override(by: start.actor))
        let world = try await start.wiring.world(
            channels: [channel], for: dryRun ? .read : .write)
        let (policy, isDryRun) = (start.policy, dryRun)
        let receipt = await world.bounded(options.timeout.duration, channel) {
            let reader = Engine(ports: world.ports, policy: policy, isDryRun: true)
            let look = await reader.carryOut(order, on: channel)
            guard !isDryRun, look.outcome == .promote, look.goesBackOrAside else {
                return look.refusedUnlessBackward
            }
            return await Engine(ports: world.ports, policy: policy).carryOut(order, on: channel)
        }
        await world.shutdown()
        if receipt.outcome == .promote {
            start.console.note(
                "warning: without a ledger nothing remembers this rollback: the next green commit "
                    + "moves \(channel.name) forward again.")
        }
        start.console.tell([receipt], of: order, world, options, showsFindings: dryRun)
        throw ExitCode(receipt.exitStatus)
    }
}

extension Receipt {
    /// Whether the commit is older than what some image is live at, or beside it.
    fileprivate var goesBackOrAside: Bool {
        goesBack
            || findings.contains {
                $0.rule == .forward && $0.judgement.reason?.code == .diverged
            }
    }

    /// The same, or a refusal where it would go forward.
    fileprivate var refusedUnlessBackward: Receipt {
        guard outcome == .promote, !goesBackOrAside else { return self }
        var refused = self
        refused.outcome = .reject
        refused.reasons = [
            Reason(
                .notBehind, commit?.hex ?? "",
                "\(commit?.short ?? "The commit") is not older than what is live.")
        ]
        return refused
    }
}
