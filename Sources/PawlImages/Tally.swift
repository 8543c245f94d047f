import Synchronization

/// Bytes so far.
final class Tally: Sendable {
    private let count = Mutex(0)

    func add(_ bytes: Int) { count.withLock { $0 += bytes } }

    var value: Int { count.withLock { $0 } }
}
