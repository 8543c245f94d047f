import PawlCore
import Synchronization

/// Bytes of bodies that are in memory at once, over all connections.
final class BodyBudget: Sendable {
    private let used = Mutex(0)

    /// A part of the budget, given back when it goes.
    final class Share: Sendable {
        private let budget: BodyBudget
        private let bytes = Mutex(0)

        init(_ budget: BodyBudget) { self.budget = budget }

        deinit { budget.give(bytes.withLock { $0 }) }

        /// Takes more; false if there is no more.
        func take(_ count: Int) -> Bool {
            guard budget.take(count) else { return false }
            bytes.withLock { $0 += count }
            return true
        }
    }

    private func take(_ count: Int) -> Bool {
        used.withLock { used in
            guard used + count <= Limits.bodyBytesInMemoryMax else { return false }
            used += count
            return true
        }
    }

    private func give(_ count: Int) { used.withLock { $0 -= count } }

    /// How much is taken.
    var bytes: Int { used.withLock { $0 } }
}
