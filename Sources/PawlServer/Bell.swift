import Synchronization

/// Wakes one task that waits. Rings while nobody waits are one ring for the next who does; nothing
/// runs while nothing rings.
final class Bell: Sendable {
    private enum State {
        case quiet
        case rung
        case waited(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    func ring() { take(leaving: .rung)?.resume() }

    /// Returns at the next ring, or when the task is cancelled. One task waits at a time.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if case .quiet = state, !Task.isCancelled {
                        state = .waited(continuation)
                        return false
                    }
                    state = .quiet
                    return true
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            take(leaving: .quiet)?.resume()
        }
    }

    /// Whoever waits; if nobody does, the state becomes the one given.
    private func take(leaving next: State) -> CheckedContinuation<Void, Never>? {
        state.withLock { state in
            if case .waited(let continuation) = state {
                state = .quiet
                return continuation
            }
            // A ring that nobody heard yet stays.
            if case .rung = next { state = .rung }
            return nil
        }
    }
}
