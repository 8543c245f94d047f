import PawlCore
import Synchronization

/// The open pages that are told of changes: at most `Limits.pageListenersMax` at once. A slow one
/// is woken once for all that it missed, and nobody waits for it.
final class Listeners: Sendable {
    /// One page's place. It is given back when `leave` is called, or when nobody holds it any more.
    final class Place: Sendable {
        /// When the page is to be told what is newest, until it leaves.
        let wakings: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation
        private let onLeave: @Sendable () -> Void

        fileprivate init(onLeave: @escaping @Sendable () -> Void) {
            (wakings, continuation) = AsyncStream.makeStream(
                of: Void.self, bufferingPolicy: .bufferingNewest(1))
            self.onLeave = onLeave
        }

        deinit { onLeave() }

        func wake() { continuation.yield() }

        func leave() { continuation.finish() }
    }

    private struct State {
        var places: [Int: @Sendable () -> Void] = [:]
        var next = 0
        var isStopped = false
    }

    private let state = Mutex(State())

    /// A place for one more page; `nil` if there is none.
    func enter() -> Place? {
        state.withLock { state in
            guard !state.isStopped, state.places.count < Limits.pageListenersMax else { return nil }
            let id = state.next
            state.next += 1
            let place = Place { [weak self] in self?.forget(id) }
            state.places[id] = { [weak place] in place?.leave() }
            return place
        }
    }

    /// Sends everybody away, and lets nobody in any more.
    func stop() {
        let leaving = state.withLock { state in
            state.isStopped = true
            return Array(state.places.values)
        }
        for leave in leaving { leave() }
    }

    /// How many there are.
    var count: Int { state.withLock { $0.places.count } }

    private func forget(_ id: Int) { state.withLock { $0.places[id] = nil } }
}
