/// What is to happen, by virtual time: a binary heap. What is due at the same millisecond goes by
/// its key, so that the order does not depend on who asked first.
struct Agenda {
    /// One thing to happen.
    struct Point {
        let at: Int64
        let key: UInt64
        let number: Int
        let action: @Sendable () -> Void

        func comesBefore(_ other: Point) -> Bool {
            (at, key, number) < (other.at, other.key, other.number)
        }
    }

    private var heap: [Point] = []
    private var count = 0

    var isEmpty: Bool { heap.isEmpty }

    mutating func add(at: Int64, key: UInt64, _ action: @escaping @Sendable () -> Void) {
        heap.append(Point(at: at, key: key, number: count, action: action))
        count += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].comesBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func next() -> Point? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].comesBefore(heap[least]) {
                least = child
            }
            guard least != parent else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
