import PawlCore
import PawlEngine
import PawlGit
import PawlGitHub
import PawlHTTP
import PawlPorts
import PawlReport
import PawlWorkflowFile

/// Where ports meet adapters: the only place that knows both.
struct Wiring {
    let policy: Policy
    let environment: [String: String]
    let console: Console
    /// Where a server keeps its open ledgers; a single run opens its own.
    var shelf: LedgerShelf?

    /// What a person states instead of a code host.
    struct Stated {
        var sha: String?
        var gates: [String] = []
    }

    /// What a run is for. Registries are asked for the right to push unless it only reads: a dry
    /// run never holds it. A ledger is opened to be read unless something may be recorded.
    enum Purpose {
        case read
        /// To try rights without using them.
        case check
        case write
    }

    /// The ports of one run.
    func world(
        channels: [Channel], for purpose: Purpose, stated: Stated = Stated()
    ) async throws(WrongUse) -> World {
        let http = AsyncHTTPExchange(
            userAgent: Version.userAgent, proxies: Proxies(environment: environment))
        let registryRequests = RequestCount()
        let hostRequests = RequestCount()
        let hostBudget = RequestBudget()
        let registry = images(
            of: channels, exchange(http, counting: registryRequests), mayWrite: purpose != .read)
        do throws(WrongUse) {
            let begin = PawlPorts.Clock.system.now()
            let host = try await host(
                exchange(BudgetExchange(http, budget: hostBudget), counting: hostRequests), stated)
            let ledger = await openLedger(host.plain, for: purpose)
            return World(
                ports: Ports(
                    registry: registry, history: host.history, runs: host.runs,
                    workflows: WorkflowReader { bytes throws(PortFailure) in
                        try WorkflowFile.triggers(of: bytes)
                    }, ledger: ledger?.access,
                    announcer: purpose == .write ? announcer(host.plain, http) : nil,
                    clock: .system, observer: Observer { tell($0) }),
                statuses: host.plain, ledger: ledger, http: http,
                registryRequests: registryRequests, hostRequests: hostRequests,
                hostBudget: hostBudget, begin: begin)
        } catch {
            await http.shutdown()
            throw error
        }
    }

    func exchange(
        _ http: any Exchange, counting count: RequestCount
    ) -> RetryingExchange {
        let console = console
        let trace = Trace { attempt in
            let answer = attempt.status.map(String.init) ?? attempt.failure ?? ""
            let again = attempt.attempt > 1 ? " (attempt \(attempt.attempt))" : ""
            console.note(
                "\(attempt.method) \(attempt.address) \(answer) \(attempt.milliseconds) ms\(again)")
        }
        return RetryingExchange(
            CountingExchange(http, count: count), clock: .system, jitter: Randomness.fraction,
            trace: console.isVerbose ? trace : .none)
    }

    /// Who answers about commits and runs. `plain` is GitHub without remembered answers, for what
    /// must be as it is now.
    private struct Host {
        let history: any History
        let runs: any Runs
        var plain: GitHubHost?
    }

    private func host(
        _ exchange: RetryingExchange, _ stated: Stated
    ) async throws(WrongUse) -> Host {
        switch policy.host {
        case .github:
            let (remembering, plain) = try gitHubHosts(exchange)
            return Host(history: remembering, runs: remembering, plain: plain)
        case .git:
            let history = GitHistory(folder: ".", environment: environment, clock: .system)
            return Host(history: history, runs: try await statedRuns(stated, history))
        }
    }

    /// Gates are stated about one full commit id.
    private func statedRuns(
        _ stated: Stated, _ history: GitHistory
    ) async throws(WrongUse) -> StatedRuns {
        let gates = try statedGates(stated.gates)
        var commit: Result<CommitID?, PortFailure> = .success(nil)
        if let sha = stated.sha, let name = try? CommitName(sha) {
            do throws(PortFailure) {
                commit = .success(try await Self.resolved(name, history))
            } catch {
                commit = .failure(error)
            }
        }
        return StatedRuns(
            gates, at: commit, on: policy.branch, by: Environment.actor(in: environment),
            now: PawlPorts.Clock.system.now())
    }

    private static func resolved(
        _ name: CommitName, _ history: GitHistory
    ) async throws(PortFailure) -> CommitID? {
        if case .full(let commit) = name { return commit }
        return try await history.resolve(name)
    }

    private func statedGates(_ texts: [String]) throws(WrongUse) -> [StatedGate] {
        do throws(StatedGate.Malformed) {
            return try StatedGate.all(texts)
        } catch {
            throw WrongUse("--gate: \(error.description)")
        }
    }

    private func tell(_ event: EngineEvent) {
        switch event {
        case .waitingForSource(let image, let pause):
            console.note(
                "waiting \(pause.milliseconds) ms for \(image): its build ended a moment ago")
        case .moved(let image, let digest) where console.isVerbose:
            console.note("moved \(image) to \(digest)")
        case .putBack(let image, let digest):
            console.note("put back \(image) to \(digest)")
        case .notMoved(let image, let failure):
            console.note("not moved: \(image): \(failure.detail)")
        case .announced(let hook, .delivered(let answer)) where console.isVerbose:
            console.note("told \(hook): \(answer)")
        case .announced(let hook, .failed(let why)):
            console.note("not told: \(hook): \(why)")
        case .asking(let candidate) where console.isVerbose:
            console.note("asking about \(candidate.commit.short) for \(candidate.channel.name)")
        case .judged(let candidate, let verdict) where console.isVerbose:
            let codes = verdict.reasons.map(\.code.rawValue).joined(separator: ", ")
            console.note("judged \(candidate.commit.short): \(word(verdict)) \(codes)")
        case .asking, .judged, .moved, .announced:
            break
        }
    }

    private func word(_ verdict: Verdict) -> String {
        switch verdict {
        case .promote: "promote"
        case .settled: "settled"
        case .hold: "hold"
        case .reject: "reject"
        case .ignore: "ignore"
        }
    }
}
