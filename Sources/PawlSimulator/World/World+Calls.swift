import PawlCore
import Synchronization

// The turnstile: every call of a port waits here for its way there, its effect and its way back.

extension World {
    /// What a call does when it arrives, given the moment that its answer is true of: now, or a
    /// while ago. The artifact is there for answers about tags alone.
    typealias Effect<Answer> =
        @Sendable (inout State, _ asOf: Int64) -> (Result<Answer, PortFailure>, Artifact?)

    /// One call of an errand, with everything that may go wrong on its way.
    func call<Answer: Sendable>(
        _ question: Question, of errand: Errand, _ effect: @escaping Effect<Answer>
    ) async throws(PortFailure) -> Answer {
        let result = await withUnsafeContinuation {
            (asker: UnsafeContinuation<Result<Answer, PortFailure>, Never>) in
            guard let draw = self.draw(question, errand) else {
                return asker.resume(returning: .failure(Self.gone))
            }
            let isKilled = draw.happens(.crash)
            if isKilled, draw.key & 3 == 0 {
                self.kill(errand)
                return asker.resume(returning: .failure(Self.gone))
            }
            self.send(
                Call(question: question, errand: errand, draw: draw, isKilled: isKilled), effect
            ) {
                asker.resume(returning: $0)
            }
        }
        return try result.get()
    }

    /// A call under way.
    private struct Call: Sendable {
        let question: Question
        let errand: Errand
        let draw: Draw
        /// Whether its process dies when it arrives.
        let isKilled: Bool
    }

    private func send<Answer: Sendable>(
        _ call: Call, _ effect: @escaping Effect<Answer>,
        _ resume: @escaping @Sendable (Result<Answer, PortFailure>) -> Void
    ) {
        let draw = call.draw
        if case .write(let artifact) = call.question { record(.sent(call.errand, artifact)) }
        let slow = draw.happens(.slow) ? draw.number(1, 1_000...60_000) : 0
        let way = draw.number(2, 20...320) + slow
        let isLate = call.question.isWrite && draw.happens(.lateWrite)
        let late = isLate ? way + draw.number(5, 1_000...300_000) : way
        stage.after(late, key: draw.key) {
            let result = self.arrive(call, effect)
            if call.isKilled { self.kill(call.errand) }
            guard !isLate else { return }
            self.answer(call, result, after: draw.number(3, 20...220), resume)
        }
        guard isLate else { return }
        answer(call, .failure(Self.failure(.timedOut)), after: way, resume)
    }

    /// The call arrives. That the process of a write is gone by now does not hinder it.
    private func arrive<Answer>(
        _ call: Call, _ effect: Effect<Answer>
    ) -> Result<Answer, PortFailure> {
        let (draw, question, now) = (call.draw, call.question, stage.now)
        guard question.isWrite || !isDead(call.errand) else { return .failure(Self.gone) }
        if let code = fault(call) {
            state.withLock { $0.trace.add(.failed(call.errand, question, code), at: now) }
            return .failure(Self.failure(code))
        }
        let isStale = question.staleness.map(draw.happens) ?? false
        let asOf = isStale ? max(0, now - draw.number(4, 1_000...Draw.staleMax)) : now
        let result = state.withLock { state in
            let (result, artifact) = effect(&state, asOf)
            switch result {
            case .success where question.isWrite: break
            case .success:
                state.trace.add(.saw(call.errand, question, artifact, asOf: asOf), at: now)
            case .failure(let failure):
                state.trace.add(.failed(call.errand, question, failure.code), at: now)
            }
            return result
        }
        guard question.isWrite, case .success = result, draw.happens(.lostAnswer) else {
            return result
        }
        return .failure(Self.failure(.timedOut))
    }

    private func fault(_ call: Call) -> PortFailure.Code? {
        let draw = call.draw
        if call.question == .append, draw.happens(.diskFull) { return .refused }
        if draw.happens(.serverFailed) { return .serverFailed }
        if draw.happens(.throttled) { return .throttled }
        return draw.happens(.denied) ? .denied : nil
    }

    private func answer<Answer: Sendable>(
        _ call: Call, _ result: Result<Answer, PortFailure>, after milliseconds: Int64,
        _ resume: @escaping @Sendable (Result<Answer, PortFailure>) -> Void
    ) {
        stage.after(milliseconds, key: call.draw.key) {
            guard !self.isDead(call.errand) else { return resume(.failure(Self.gone)) }
            if case .write(let artifact) = call.question {
                var code: PortFailure.Code?
                if case .failure(let failure) = result { code = failure.code }
                self.record(.answered(call.errand, artifact, code))
            }
            resume(result)
        }
    }

    /// Sleeps by the world's clock; killed meanwhile, it throws.
    func sleep(_ duration: Duration, _ errand: Errand) async throws(CancellationError) {
        guard let draw = draw(.time, errand) else { throw CancellationError() }
        if draw.happens(.crash) {
            kill(errand)
            throw CancellationError()
        }
        await withUnsafeContinuation { (asker: UnsafeContinuation<Void, Never>) in
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
