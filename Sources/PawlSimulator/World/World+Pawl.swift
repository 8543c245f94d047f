import PawlCore
import PawlEngine
import PawlPorts
import PawlTesting
import Synchronization

extension World {
    /// Pawl itself: the engine as it is, with the ports of a world.
    package static let pawl: Design = { world, errand, order in
        let engine = Engine(ports: world.ports(of: errand), policy: world.policy)
        if case .event(let run) = order {
            return await engine.carryOut(world.observation(of: run), on: world.channel)
        }
        return await engine.carryOut(world.engineOrder(order), on: world.channel)
    }

    private func engineOrder(_ order: Order) -> Engine.Order {
        func commit(_ slot: Slot) -> CommitName { .full(names.commits[slot]) }
        return switch order {
        case .look, .event: .look
        case .promote(let slot, let digits, let isOverride):
            .promote(
                wellFormed { try CommitName(names.commits[slot].hex.prefix(digits)) },
                isOverride ? Self.override : nil)
        case .rollback(let slot): .rollback(commit(slot), Self.override)
        case .hold: .hold(Self.statement)
        case .resume(let slot): .resume(slot.map(commit), Self.statement)
        case .quarantine(let slot): .quarantine(commit(slot), Self.statement)
        case .adopt: .adopt(Self.statement)
        case .follow: .follow(Self.statement)
        }
    }

    private static let override = wellFormed {
        try Override(actor: "ada", reason: "she says so")
    }
    private static let statement = wellFormed {
        try Statement(actor: "ada", reason: "she says so")
    }

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
            workflows: StagedHost.reader,
            ledger: script.shape.hasLedger
                ? StagedLedger(world: self, errand: errand).access : nil,
            announcer: announcer(of: errand), clock: clock(of: errand),
            observer: Observer { event in self.note(event, errand) })
    }

    private func announcer(of errand: Errand) -> Announcer {
        Announcer { announcement, _, _ throws(PortFailure) in
            let (number, id, stage) = (announcement.number, announcement.entry, self.stage)
            return try await self.call(.tell(number), of: errand) { state, _ in
                state.trace.add(.announced(errand, number: number, id: id), at: stage.now)
                return (.success("200 OK"), nil)
            }
        }
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
