/// Who waits for whom. Errands of one lane exclude each other and go in the order of arrival.
struct Lanes: Sendable {
    /// An errand that has not begun.
    struct Waiting: Sendable {
        let order: Order
        let key: UInt64
    }

    private var waiting: [Int: [Waiting]] = [:]
    private var taken: Set<Int> = []

    /// Whether it may start now. `keepsOne`: of those that wait, only the newest is kept.
    mutating func enter(_ lane: Int, _ errand: Waiting, keepsOne: Bool) -> Bool {
        guard !taken.insert(lane).inserted else { return true }
        if keepsOne { waiting[lane] = [] }
        waiting[lane, default: []].append(errand)
        return false
    }

    /// Frees the lane, and gives the next one that may start.
    mutating func leave(_ lane: Int) -> Waiting? {
        guard var queue = waiting[lane], !queue.isEmpty else {
            taken.remove(lane)
            return nil
        }
        let next = queue.removeFirst()
        waiting[lane] = queue
        return next
    }
}

extension Shape.Door {
    /// How many processes look by themselves.
    var lookers: Int { self == .servers ? 2 : 1 }

    /// The lane of an order that names none.
    func lane(for order: Order, key: UInt64) -> Int {
        switch self {
        case .queue: 0
        case .servers: Int(key % 2)
        case .racing: Int(key >> 2)
        case .perCommit:
            switch order {
            case .event(let run): run.slot
            case .promote(let slot, _, _): slot
            default: 0
            }
        }
    }
}
