import PawlCore
import PawlEngine
import PawlGit
import PawlGitHub
import PawlHTTP
import PawlPorts
import PawlRegistry
import PawlReport
import PawlWorkflowFile

/// Where ports meet adapters: the only place that knows both.
struct Wiring {
    let policy: Policy
    let environment: [String: String]
    let console: Console

    /// What a person states instead of a code host.
    struct Stated {
        var sha: String?
        var gates: [String] = []
    }

    /// The ports of one run. `mayWrite` is what registries are asked for: a dry run never holds the
    /// right to push.
    func world(
        channels: [Channel], mayWrite: Bool, stated: Stated = Stated()
    ) async throws(WrongUse) -> World {
        let http = AsyncHTTPExchange(
            userAgent: Version.userAgent, proxies: Proxies(environment: environment))
        let registryRequests = RequestCount()
        let hostRequests = RequestCount()
        let hostBudget = RequestBudget()
        let registry = OCIRegistry(
            exchange: exchange(http, counting: registryRequests), clock: .system,
            credentials: DockerCredentials(
                environment: environment, clock: .system, read: Self.credentialFile
            ).source,
            registries: policy.registries,
            repositories: channels.flatMap { channel in
                channel.images.flatMap { [$0.target, $0.source] }
            },
            access: mayWrite ? .pullPush : .pull)
        do throws(WrongUse) {
            let (history, runs) = try await host(
                exchange(BudgetExchange(http, budget: hostBudget), counting: hostRequests), stated)
            return World(
                ports: Ports(
                    registry: registry, history: history, runs: runs,
                    workflows: WorkflowReader { bytes throws(PortFailure) in
                        try WorkflowFile.triggers(of: bytes)
                    }, clock: .system,
                    observer: Observer { tell($0) }),
                http: http, registryRequests: registryRequests, hostRequests: hostRequests,
                hostBudget: hostBudget, begin: PawlPorts.Clock.system.now())
        } catch {
            await http.shutdown()
            throw error
        }
    }

    private func exchange(
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

    private func host(
        _ exchange: RetryingExchange, _ stated: Stated
    ) async throws(WrongUse) -> (any History, any Runs) {
        switch policy.host {
        case .github:
            let host = try gitHubHost(exchange)
            return (host, host)
        case .git:
            let history = GitHistory(folder: ".", environment: environment, clock: .system)
            return (history, try await statedRuns(stated, history))
        }
    }

    /// Gates are stated about one full commit id.
    private func statedRuns(
        _ stated: Stated, _ history: GitHistory
    ) async throws(WrongUse) -> StatedRuns {
        let gates = try statedGates(stated.gates)
        var commit: CommitID?
        if let sha = stated.sha, let name = try? CommitName(sha) {
            if case .full(let full) = name {
                commit = full
            } else {
                commit = try? await history.resolve(name)
            }
        }
        return StatedRuns(
            gates, at: commit, on: policy.branch, by: Environment.actor(in: environment),
            now: PawlPorts.Clock.system.now())
    }

    private func statedGates(_ texts: [String]) throws(WrongUse) -> [StatedGate] {
        do throws(StatedGate.Malformed) {
            return try StatedGate.all(texts)
        } catch {
            throw WrongUse("--gate: \(error.description)")
        }
    }

    /// `nil` where there is no such file; an unreadable one must not fall through to another.
    private static func credentialFile(
        _ path: String
    ) throws(DockerCredentials.Unreadable) -> [UInt8]? {
        do throws(Files.Failure) {
            return try Files.read(path, bytesMax: Limits.policyBytesMax)
        } catch {
            if error.isMissing { return nil }
            throw DockerCredentials.Unreadable(detail: error.text)
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
