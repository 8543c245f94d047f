package import PawlCore
package import PawlPorts
import Synchronization

/// Deliveries in memory, with a dial for each call that can fail.
package final class MemoryDeliveries: Deliveries {
    /// What was asked of it.
    package enum Call: Hashable, Sendable, CaseIterable { case keep, waiting, finish, forget }

    private struct Row: Sendable {
        let waiting: WaitingDelivery
        var word: String?
    }

    private struct State: Sendable {
        var rows: [Row] = []
        var marks = 0
        var faults: [Call: PortFailure.Code] = [:]
        var calls: [Call] = []
        var hidden: Set<String> = []
    }

    private let state = Mutex(State())

    /// A store without a delivery.
    package init() {}

    /// Everything that was asked so far.
    package var calls: [Call] { state.withLock { $0.calls } }

    /// What each finished delivery led to, by its id.
    package var words: [String: String] {
        state.withLock { state in
            state.rows.reduce(into: [:]) { $0[$1.waiting.delivery.id] = $1.word }
        }
    }

    /// The ids of those that wait in truth, oldest first.
    package var waitingIDs: [String] {
        state.withLock { $0.rows.filter { $0.word == nil }.map(\.waiting.delivery.id) }
    }

    /// A call fails from now on; `nil` ends that.
    package func fail(_ call: Call, with code: PortFailure.Code?) {
        state.withLock { $0.faults[call] = code }
    }

    /// A delivery is not shown yet, although later ones are: its write took longer than theirs.
    /// `nil`: all are shown from now on.
    package func hide(_ id: String?) {
        state.withLock { $0.hidden = id.map { [$0] } ?? [] }
    }

    package func keep(_ delivery: Delivery) async throws(PortFailure) -> Kept {
        try arrive(.keep)
        return state.withLock { state in
            guard !state.rows.contains(where: { $0.waiting.delivery.id == delivery.id }) else {
                return .known
            }
            state.marks += 1
            state.rows.append(
                Row(waiting: WaitingDelivery(mark: state.marks, delivery: delivery)))
            return .added(mark: state.marks)
        }
    }

    package func waiting(
        after mark: Int?, limit: Int
    ) async throws(PortFailure) -> [WaitingDelivery] {
        try arrive(.waiting)
        return state.withLock { state in
            let found = state.rows.filter { row in
                row.word == nil && !state.hidden.contains(row.waiting.delivery.id)
                    && mark.map { row.waiting.mark > $0 } ?? true
            }
            return found.prefix(limit).map(\.waiting)
        }
    }

    package func finish(_ ids: [String], as word: String) async throws(PortFailure) {
        try arrive(.finish)
        state.withLock { state in
            for index in state.rows.indices where state.rows[index].word == nil {
                guard ids.contains(state.rows[index].waiting.delivery.id) else { continue }
                state.rows[index].word = word
            }
        }
    }

    package func forget(before moment: Instant) async throws(PortFailure) {
        try arrive(.forget)
        state.withLock { state in
            state.rows.removeAll { $0.word != nil && $0.waiting.delivery.received < moment }
        }
    }

    private func arrive(_ call: Call) throws(PortFailure) {
        let fault = state.withLock { state in
            state.calls.append(call)
            return state.faults[call]
        }
        guard let fault else { return }
        throw PortFailure(
            code: fault, subject: "deliveries", detail: "the store answered \(fault.rawValue)")
    }
}
