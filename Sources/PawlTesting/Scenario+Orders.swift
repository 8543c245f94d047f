package import PawlCore
package import PawlEngine
package import PawlPorts
import Synchronization

// Orders to the engine. The answer is one line: the verdict, the commit, the reasons' words each
// once, the exit status, and the look that followed.

extension Scenario {
    /// `pawl promote`: by name, or by digits where a test gives some.
    @discardableResult
    package func promote(
        _ name: String, digits: String? = nil, override reason: String? = nil,
        dryRun: Bool = false
    ) async -> String {
        let commit = wellFormed { try CommitName(digits ?? CommitID.named(name).hex) }
        let order = reason.map { reason in
            wellFormed { try Override(actor: "ada", reason: reason) }
        }
        return await note(
            engine(dryRun: dryRun).carryOut(.promote(commit, order), on: channel))
    }

    /// `pawl promote` without a commit.
    @discardableResult
    package func look(dryRun: Bool = false) async -> String {
        await note(engine(dryRun: dryRun).carryOut(.look, on: channel))
    }

    /// The newest run of a workflow for a commit ended, and its event arrives now.
    @discardableResult
    package func event(_ workflow: String, _ name: String) async -> String {
        guard let run = newestRun(of: workflow, name) else { return "no such run" }
        return await event(.runEnded(run, repository: policy.repository))
    }

    /// Any event arrives.
    @discardableResult
    package func event(_ observation: Observation) async -> String {
        await note(engine(dryRun: false).carryOut(observation, on: channel))
    }

    /// An engine on this world.
    package func engine(dryRun: Bool) -> Engine {
        Engine(ports: ports(clock: clock.clock), policy: policy, isDryRun: dryRun)
    }

    /// This world, by a clock of the caller's.
    package func ports(clock: Clock) -> Ports {
        Ports(
            registry: registry, history: host, runs: host, workflows: workflowReader,
            ledger: keepsLedger ? ledgerAccess : nil, announcer: announcer, clock: clock,
            observer: Observer { event in self.state.withLock { $0.events.append(event) } })
    }

    /// Every receipt so far.
    package var receipts: [Receipt] { state.withLock { $0.receipts } }
    /// The newest receipt's reasons.
    package var reasons: [Reason] { receipts.last?.reasons ?? [] }
    /// What the engine said that it was doing.
    package var told: [EngineEvent] { state.withLock { $0.events } }

    /// Where the group is, one word for each image: a commit's name, `-` for no tag, `?` for an
    /// image of no known commit.
    package var live: String {
        channel.images.indices.map { image in
            switch registry.currentRevision(target(image)) {
            case nil: "-"
            case .says(let hex)?: (try? CommitID(hex)).map(name) ?? "?"
            case .unlabelled?, .disagrees?: "?"
            }
        }.joined(separator: " ")
    }

    func note(_ receipt: Receipt) -> String {
        state.withLock { $0.receipts.append(receipt) }
        return line(receipt) + ", exit \(receipt.exitStatus)"
    }

    private func line(_ receipt: Receipt) -> String {
        var words = [receipt.outcome.rawValue]
        if let commit = receipt.commit { words.append(name(commit)) }
        var codes: [String] = []
        for reason in receipt.reasons where !codes.contains(reason.code.rawValue) {
            codes.append(reason.code.rawValue)
        }
        let why = codes.isEmpty ? "" : " (\(codes.joined(separator: ", ")))"
        let look = receipt.look.first.map { "; look: \(line($0))" } ?? ""
        return words.joined(separator: " ") + why + look
    }

    func name(_ commit: CommitID) -> String {
        state.withLock { $0.names[commit] } ?? commit.short
    }
}
