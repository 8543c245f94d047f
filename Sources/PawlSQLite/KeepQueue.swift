import PawlCore
import PawlPorts

/// Deliveries on their way to the disk. The one write at a time takes what is there when it begins.
struct KeepQueue: Sendable {
    /// One call of `keep` that waits for its answer.
    struct Entry: Sendable {
        let mark: Int
        let delivery: Delivery
        let answer: CheckedContinuation<Result<Kept, PortFailure>, Never>
    }

    /// What becomes of a call.
    enum Entrance: Hashable, Sendable {
        /// A write is on its way; the next one takes it.
        case waits
        /// Nothing is being written: the caller begins.
        case begins
        case isFull
    }

    private var entries: [Entry] = []
    private var bytes = 0
    private var newest: Int
    private var isWriting = false

    /// A queue whose marks come after the newest one of the file. They are counted here and not by
    /// SQLite, which would give the mark of a delivery that was dropped to another.
    init(newest: Int) { self.newest = newest }

    mutating func enter(
        _ delivery: Delivery, _ answer: CheckedContinuation<Result<Kept, PortFailure>, Never>
    ) -> Entrance {
        guard entries.count < Limits.deliveriesQueuedMax,
            bytes + delivery.body.count <= Limits.deliveryBytesQueuedMax || entries.isEmpty
        else { return .isFull }
        newest += 1
        bytes += delivery.body.count
        entries.append(Entry(mark: newest, delivery: delivery, answer: answer))
        defer { isWriting = true }
        return isWriting ? .waits : .begins
    }

    /// What the next write takes: at least one entry, if there is any.
    mutating func take() -> [Entry] {
        var count = 0
        var taken = 0
        while count < min(entries.count, Limits.deliveriesWrittenAtOnce),
            count == 0
                || taken + entries[count].delivery.body.count <= Limits.deliveryBytesWrittenAtOnce
        {
            taken += entries[count].delivery.body.count
            count += 1
        }
        defer { entries.removeFirst(count) }
        bytes -= taken
        return Array(entries.prefix(count))
    }

    /// Whether something came while a write was on its way.
    mutating func goesOn() -> Bool {
        isWriting = !entries.isEmpty
        return isWriting
    }
}
