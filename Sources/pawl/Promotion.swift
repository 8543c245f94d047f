import ArgumentParser
import PawlCore
import PawlEngine
import PawlReport

/// What `promote` and `explain` have in common: they differ in whether anything is written and in
/// the exit status.
struct Promotion {
    let sha: String?
    let channel: ChannelOption
    let override: String?
    let isDryRun: Bool
    let showsFindings: Bool
    let gates: [String]
    let options: Options
    /// Whether the verdict is shown beside the commit; `explain` never does.
    var commitStatus: CommitStatusOption?
    /// `explain` exits 0 whenever it could tell.
    var exitsByVerdict = true

    func run() async throws {
        let start = try Start(options, hooks: isDryRun ? .untold : .told)
        let channels = try channel.channels(of: start.policy)
        let order = try order(channels, start.actor)
        try checkGates(start.policy, channels)
        let showsVerdict =
            try commitStatus?.isWanted(start.environment, start.policy) == true && !isDryRun

        let world = try await start.wiring.world(
            channels: channels, for: isDryRun ? .read : .write,
            stated: Wiring.Stated(sha: sha, gates: gates))
        let receipts = await carryOut(order, channels, start.policy, world)
        if showsVerdict {
            await world.showVerdicts(
                receipts, link: nil, within: options.timeout.duration, start.console)
        }
        await world.shutdown()
        start.console.tell(receipts, of: order, world, options, showsFindings: showsFindings)
        throw ExitCode(status(of: receipts))
    }

    private func order(
        _ channels: [Channel], _ actor: String
    ) throws(WrongUse) -> Engine.Order {
        guard let sha else {
            guard override == nil else {
                throw WrongUse(
                    "--override is an order about one commit, and none was given.",
                    advice: "Give the SHA.")
            }
            return .look
        }
        let name = try PersonsOrder.commit(sha)
        guard let override else { return .promote(name, nil) }
        guard channels.count == 1 else {
            throw WrongUse(
                "--override is an order about one channel, and the policy has \(channels.count).",
                advice: "Name it with --channel.")
        }
        let order = try PersonsOrder.override(
            actor, override, advice: "Say in a sentence why the rules are passed.")
        return .promote(name, order)
    }

    private func checkGates(_ policy: Policy, _ channels: [Channel]) throws(WrongUse) {
        guard !gates.isEmpty else { return }
        guard policy.host == .git else {
            throw WrongUse(
                "--gate states what nobody can look up, and the policy's host is github.",
                advice: "Leave --gate out, or set host: git.")
        }
        guard sha != nil else {
            throw WrongUse(
                "--gate is about one commit, and none was given.", advice: "Give the SHA.")
        }
        let known = channels.flatMap { channel in
            channel.workflows.map(\.text)
                + channel.gates.compactMap {
                    if case .check(let name, _) = $0 { name } else { nil }
                }
        }
        for gate in gates {
            let name = gate.lastIndex(of: "=").map { String(gate[..<$0]) } ?? gate
            guard known.contains(name) else {
                throw WrongUse(
                    "--gate \(gate): the policy has no gate \"\(name)\".",
                    advice: "It has: \(known.joined(separator: ", ")).")
            }
        }
    }

    private func carryOut(
        _ order: Engine.Order, _ channels: [Channel], _ policy: Policy, _ world: World
    ) async -> [Receipt] {
        let engine = Engine(ports: world.ports, policy: policy, isDryRun: isDryRun)
        var receipts: [Receipt] = []
        for channel in channels {
            receipts.append(
                await world.bounded(options.timeout.duration, channel) {
                    await engine.carryOut(order, on: channel)
                })
        }
        return policy.host == .git ? receipts.map(\.advisingToState) : receipts
    }

    private func status(of receipts: [Receipt]) -> Int32 {
        let worst = receipts.map(\.exitStatus).max() ?? 0
        return exitsByVerdict || worst >= 2 ? worst : 0
    }
}
