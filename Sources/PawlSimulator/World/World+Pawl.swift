import PawlCore
import PawlEngine
import PawlPorts
import Synchronization

extension World {
    /// Pawl itself: the engine as it is, with the ports of a world.
    package static let pawl: Design = { world, errand, order in
        let engine = Engine(ports: world.ports(of: errand), policy: world.policy)
        return switch order {
        case .look: await engine.carryOut(.look, on: world.channel)
        case .event(let run):
            await engine.carryOut(world.observation(of: run), on: world.channel)
        case .promote(let slot, let digits, let isOverride):
            if let name = try? CommitName(world.names.commits[slot].hex.prefix(digits)) {
                await engine.carryOut(
                    .promote(name, isOverride ? world.override : nil), on: world.channel)
            } else {
                nil
            }
        }
    }

    private var override: Override? { try? Override(actor: "ada", reason: "she says so") }

    /// The event of a run's end, with the run as it was then.
    private func observation(of run: Run) -> Observation {
        let line = state.withLock { state in
            state.trace.truth.runs.first { $0.id == run.id }
        }
        let ended = line?.states.points.first { $0.value == run }
        return .runEnded(
            StagedHost.gateRun(
                run, createdAt: line?.createdAt ?? 0, updatedAt: ended?.at ?? 0, names),
            repository: Shape.repository)
    }

    func ports(of errand: Errand) -> Ports {
        let host = StagedHost(world: self, errand: errand)
        return Ports(
            registry: StagedRegistry(world: self, errand: errand), history: host, runs: host,
            workflows: StagedHost.reader, clock: clock(of: errand),
            observer: Observer { event in self.note(event, errand) })
    }

    private func clock(of errand: Errand) -> Clock {
        let skew = state.withLock { $0.errands[errand].clockSkew }
        return Clock(
            now: { StagedHost.start + .milliseconds(self.stage.now + skew) },
            sleep: { (duration) async throws(CancellationError) in
                try await self.sleep(duration, errand)
            })
    }

    private func note(_ event: EngineEvent, _ errand: Errand) {
        guard case .judged(let candidate, let verdict) = event, !isDead(errand),
            let slot = names.slot(of: candidate.commit)
        else { return }
        let isOverride = candidate.override != nil
        let judgement: Judgement =
            switch verdict {
            case .promote(let plan, _):
                Judgement(
                    slot, .promote, moves: plan.moves.compactMap(move), isOverride: isOverride)
            case .settled: Judgement(slot, .settled, isOverride: isOverride)
            case .hold: Judgement(slot, .hold, isOverride: isOverride)
            case .reject: Judgement(slot, .reject, isOverride: isOverride)
            case .ignore: Judgement(slot, .ignore, isOverride: isOverride)
            }
        record(.judged(errand, judgement))
    }

    private func move(_ move: Plan.Move) -> Judgement.Move? {
        names.artifact(of: move.digest).map { artifact in
            Judgement.Move(artifact, before: move.before.flatMap { names.artifact(of: $0) })
        }
    }
}
