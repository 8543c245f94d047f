import FoundationEssentials
import PawlLoopback
import Synchronization

/// One run's own way to everything that it asks, where it can be stopped at each step. Runs of the
/// same world give the registry and the hook the same names, as runs of one channel must: the
/// registry is reached through a forward proxy, and the hook under a path of its own.
final class Door: Sendable {
    /// Asked at every step of every request; `false` drops it there.
    typealias Gate = @Sendable (StepProxy.Step, String) async -> Bool

    /// A name that leads nowhere but through the proxy.
    static let registryHost = "registry.test:5000"

    /// Counted from 0.
    let number: Int
    private let registry: StepProxy
    private let api: StepProxy
    private let git: GitGate?
    private let gate: GateBox

    final class GateBox: Sendable {
        let gate = Mutex<Gate?>(nil)

        func ask(_ step: StepProxy.Step, _ line: String) async -> Bool {
            guard let asked = gate.withLock({ $0 }) else { return true }
            return await asked(step, line)
        }
    }

    /// `folder` is for a `git` that asks too; `nil` for none.
    static func open(
        _ number: Int, registry: String, api: String, gitFolder folder: String?
    ) async throws -> Door {
        let gate = GateBox()
        let ask: StepProxy.Gate = { await gate.ask($0, $1.line) }
        let git: GitGate? =
            if let folder {
                try await GitGate.start(in: folder) { await gate.ask($0, $1) }
            } else { nil }
        return Door(
            number, registry: try await StepProxy.start(upstream: registry, gate: ask),
            api: try await StepProxy.start(upstream: api, gate: ask), git: git, gate: gate)
    }

    private init(
        _ number: Int, registry: StepProxy, api: StepProxy, git: GitGate?, gate: GateBox
    ) {
        self.number = number
        self.registry = registry
        self.api = api
        self.git = git
        self.gate = gate
    }

    /// From now on every step is asked about; `nil`: none.
    func setGate(_ new: Gate?) { gate.gate.withLock { $0 = new } }

    func ask(_ step: StepProxy.Step, _ line: String) async -> Bool { await gate.ask(step, line) }

    /// What leads a run through it.
    var variables: [String: String] {
        var variables = ["HTTP_PROXY": registry.url, "GITHUB_API_URL": api.url]
        if let git { variables["PATH"] = git.path }
        return variables
    }

    func close() async {
        await registry.stop()
        await api.stop()
        await git?.stop()
    }
}
