import PawlCore
import PawlEngine
import PawlHTTP
import PawlPorts
import PawlReport

/// The ports of one run, and what must be closed and counted at its end.
struct World: Sendable {
    let ports: Ports
    /// `nil` without a code host.
    let statuses: (any CommitStatuses)?
    /// `nil` without a ledger.
    let ledger: OpenLedger?
    let http: AsyncHTTPExchange
    let registryRequests: RequestCount
    let hostRequests: RequestCount
    let hostBudget: RequestBudget
    /// When the run began.
    let begin: Instant

    var requests: ResultDocument.Requests {
        ResultDocument.Requests(registry: registryRequests.value, host: hostRequests.value)
    }

    func shutdown() async {
        ledger?.close()
        await http.shutdown()
    }

    /// What is left of the run's time limit.
    func left(of limit: Duration) -> Duration {
        max(.zero, limit - ports.clock.now().since(begin))
    }

    /// One channel's work within what is left of the run's time limit.
    func bounded(
        _ limit: Duration, _ channel: Channel,
        _ work: @escaping @Sendable () async -> Receipt
    ) async -> Receipt {
        await TimeLimit.run(left(of: limit), clock: ports.clock, work) ?? timedOut(channel, limit)
    }

    private func timedOut(_ channel: Channel, _ limit: Duration) -> Receipt {
        Receipt(
            channel: channel.name, commit: nil, outcome: .error,
            reasons: [
                Reason(
                    .unfinished, channel.name.text,
                    "The run was not finished within \(limit.inWords).",
                    advice: "Run again, with a longer --timeout if this repeats.")
            ])
    }

    /// Sets the status of every commit that was judged. A status that could not be set is told and
    /// changes nothing.
    func showVerdicts(
        _ receipts: [Receipt], link: String?, within limit: Duration, _ console: Console
    ) async {
        guard let statuses else { return }
        for receipt in receipts.flatMap(\.judged) {
            guard let status = CommitStatus(receipt, link: link), let commit = receipt.commit else {
                continue
            }
            let isTold = await TimeLimit.run(left(of: limit), clock: ports.clock) {
                await statuses.set(status, on: commit, or: console)
            }
            if isTold == nil { console.noteUnset(status, commit, "there was no time left.") }
        }
    }
}

extension Console {
    /// The run's cost, for those who asked for it.
    func tellRequests(of world: World) {
        guard isVerbose else { return }
        let requests = world.requests
        note("requests: \(requests.registry) to registries, \(requests.host) to the host")
        if let budget = world.hostBudget.newest { note("host budget: \(budget)") }
    }
}
