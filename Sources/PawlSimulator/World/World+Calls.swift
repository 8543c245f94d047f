import PawlCore
import Synchronization

// The turnstile: every call of a port waits here for its way there, its effect and its way back.

extension World {
    /// What a question finds when it arrives, as things stood at a moment. The artifact is there for
    /// tags alone.
    typealias Look<Answer> =
        @Sendable (borrowing Trace, _ asOf: Int64) -> (Result<Answer, PortFailure>, Artifact?)

    /// One question of an errand, with everything that may go wrong on its way.
    func ask<Answer: Sendable>(
        _ question: Question, of errand: Errand, _ look: @escaping Look<Answer>
    ) async throws(PortFailure) -> Answer {
        let result = await withCheckedContinuation {
            (asker: CheckedContinuation<Result<Answer, PortFailure>, Never>) in
            guard let draw = self.draw(question, errand) else {
                return asker.resume(returning: .failure(Self.gone))
            }
            let isKilled = draw.happens(.crash)
            if isKilled, draw.key & 1 == 0 {
                self.kill(errand)
                return asker.resume(returning: .failure(Self.gone))
            }
            let slow = draw.happens(.slow) ? draw.number(1, 1_000...60_000) : 0
            self.stage.after(draw.number(2, 20...320) + slow, key: draw.key) {
                let result = self.arrive(question, errand, draw, look)
                if isKilled { self.kill(errand) }
                self.stage.after(draw.number(3, 20...220), key: draw.key) {
                    asker.resume(returning: self.isDead(errand) ? .failure(Self.gone) : result)
                }
            }
        }
        return try result.get()
    }

    private func arrive<Answer>(
        _ question: Question, _ errand: Errand, _ draw: Draw, _ look: Look<Answer>
    ) -> Result<Answer, PortFailure> {
        guard !isDead(errand) else { return .failure(Self.gone) }
        let now = stage.now
        if let code = failure(draw) {
            state.withLock { $0.trace.add(.failed(errand, question, code), at: now) }
            return .failure(Self.failure(code))
        }
        let isStale = draw.happens(question.isForRegistry ? .staleRegistry : .staleHost)
        let asOf = isStale ? max(0, now - draw.number(4, 1_000...Draw.staleMax)) : now
        return state.withLock { state in
            let (result, artifact) = look(state.trace, asOf)
            switch result {
            case .success: state.trace.add(.saw(errand, question, artifact, asOf: asOf), at: now)
            case .failure(let failure):
                state.trace.add(.failed(errand, question, failure.code), at: now)
            }
            return result
        }
    }

    private func failure(_ draw: Draw) -> PortFailure.Code? {
        if draw.happens(.serverFailed) { return .serverFailed }
        if draw.happens(.throttled) { return .throttled }
        return draw.happens(.denied) ? .denied : nil
    }

    /// One write of an errand. It has its effect at most once, at its arrival or later, and what the
    /// writer is told may be another matter.
    func write(_ artifact: Artifact, of errand: Errand) async throws(PortFailure) {
        let result = await withCheckedContinuation {
            (asker: CheckedContinuation<Result<Void, PortFailure>, Never>) in
            guard let draw = self.draw(.write(artifact), errand) else {
                return asker.resume(returning: .failure(Self.gone))
            }
            let isKilled = draw.happens(.crash)
            if isKilled, draw.key & 3 == 0 {
                self.kill(errand)
                return asker.resume(returning: .failure(Self.gone))
            }
            self.record(.sent(errand, artifact))
            let way = draw.number(2, 20...320) + (draw.happens(.slow) ? draw.number(1, 1...20_000) : 0)
            let isLate = draw.happens(.lateWrite)
            let late = isLate ? way + draw.number(5, 1_000...300_000) : way
            self.stage.after(late, key: draw.key) {
                let result = self.land(artifact, errand, draw)
                if isKilled { self.kill(errand) }
                guard !isLate else { return }
                self.answer(asker, result, artifact, errand, after: draw.number(3, 20...220), draw)
            }
            guard isLate else { return }
            let given = PortFailure(code: .timedOut, subject: "write", detail: "no answer came")
            self.answer(asker, .failure(given), artifact, errand, after: way, draw)
        }
        try result.get()
    }

    private func answer(
        _ asker: CheckedContinuation<Result<Void, PortFailure>, Never>,
        _ result: Result<Void, PortFailure>, _ artifact: Artifact, _ errand: Errand,
        after milliseconds: Int64, _ draw: Draw
    ) {
        stage.after(milliseconds, key: draw.key) {
            guard !self.isDead(errand) else { return asker.resume(returning: .failure(Self.gone)) }
            var code: PortFailure.Code?
            if case .failure(let failure) = result { code = failure.code }
            self.record(.answered(errand, artifact, code))
            asker.resume(returning: result)
        }
    }

    /// The write arrives. That its writer is gone by now does not hinder it.
    private func land(
        _ artifact: Artifact, _ errand: Errand, _ draw: Draw
    ) -> Result<Void, PortFailure> {
        if let code = failure(draw) { return .failure(Self.failure(code)) }
        let refusal: PortFailure.Code? = state.withLock { state in
            let truth = state.trace.truth
            if truth.frozen[artifact.image].last == true { return .immutable }
            return truth.hasContent(of: artifact) ? nil : .missing
        }
        if let refusal { return .failure(Self.failure(refusal)) }
        record(.landed(errand, artifact))
        return draw.happens(.lostAnswer) ? .failure(Self.failure(.timedOut)) : .success(())
    }

    /// Sleeps by the world's clock; killed meanwhile, it throws.
    func sleep(_ duration: Duration, _ errand: Errand) async throws(CancellationError) {
        guard let draw = draw(.time, errand) else { throw CancellationError() }
        if draw.happens(.crash) {
            kill(errand)
            throw CancellationError()
        }
        await withCheckedContinuation { (asker: CheckedContinuation<Void, Never>) in
            self.stage.after(duration.milliseconds, key: draw.key) { asker.resume() }
        }
        if isDead(errand) { throw CancellationError() }
    }

    /// The chance of an errand's next call of this kind; `nil` if it has no effect any more.
    private func draw(_ question: Question, _ errand: Errand) -> Draw? {
        let key: UInt64? = state.withLock { state in
            guard !state.errands[errand].isDead else { return nil }
            let count = state.errands[errand].asked[question.key, default: 0]
            state.errands[errand].asked[question.key] = count + 1
            return mixed(mixed(state.errands[errand].key, question.key), UInt64(count))
        }
        return key.map { Draw(key: $0, world: self) }
    }

    func isDead(_ errand: Errand) -> Bool { state.withLock { $0.errands[errand].isDead } }

    private static let gone = PortFailure(
        code: .unreachable, subject: "world", detail: "the process is gone")

    static func failure(_ code: PortFailure.Code) -> PortFailure {
        PortFailure(code: code, subject: "world", detail: "the answer was \(code.rawValue)")
    }
}
