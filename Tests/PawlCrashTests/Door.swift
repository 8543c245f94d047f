import FoundationEssentials
import PawlLoopback
import Synchronization

/// One run's own way to everything that it asks, where it can be stopped at each step. Runs of one
/// channel must call everything by the same names; they are told from others by the user's name
/// that they give the registry, by their token at the code host, and by the path of their hook.
final class Door: Sendable {
    /// Asked at every step of every request; `false` drops it there.
    typealias Gate = @Sendable (StepProxy.Step, String) async -> Bool

    /// Counted from 0.
    let number: Int
    private let folder: String
    private let git: GitGate?
    private let gate: GateBox

    final class GateBox: Sendable {
        let gate = Mutex<Gate?>(nil)

        func ask(_ step: StepProxy.Step, _ line: String) async -> Bool {
            guard let asked = gate.withLock({ $0 }) else { return true }
            return await asked(step, line)
        }
    }

    /// `gatesGit`: the git command asks too.
    static func open(
        _ number: Int, folder: String, gatesGit: Bool
    ) async throws -> Door {
        let gate = GateBox()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let git: GitGate? =
            gatesGit ? try await GitGate.start(in: folder) { await gate.ask($0, $1) } : nil
        return Door(number, folder: folder, git: git, gate: gate)
    }

    private init(_ number: Int, folder: String, git: GitGate?, gate: GateBox) {
        self.number = number
        self.folder = folder
        self.git = git
        self.gate = gate
    }

    private var token: String { "ghs_aSecretOfTheRun\(number)" }

    /// Whether a request to the registry or the code host came this way.
    func isWay(of request: RecordedRequest) -> Bool {
        request.user == "door-\(number)" || request.header("Authorization") == "Bearer \(token)"
    }

    /// Gives it a name at the registry.
    func signIn(to registry: String) throws {
        let login = Data("door-\(number):any".utf8).base64EncodedString()
        try "{\"auths\": {\"\(registry)\": {\"auth\": \"\(login)\"}}}".write(
            toFile: "\(folder)/config.json", atomically: true, encoding: .utf8)
    }

    /// From now on every step is asked about; `nil`: none.
    func setGate(_ new: Gate?) { gate.gate.withLock { $0 = new } }

    func ask(_ step: StepProxy.Step, _ line: String) async -> Bool { await gate.ask(step, line) }

    /// What leads a run through it.
    var variables: [String: String] {
        var variables = ["DOCKER_CONFIG": folder, "GITHUB_TOKEN": token]
        if let git { variables["PATH"] = git.path }
        return variables
    }

    func close() async { await git?.stop() }
}
