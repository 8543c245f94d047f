import FoundationEssentials

/// How much of what there is to try is tried.
enum Cycles {
    /// `PAWL_CRASH_CYCLES`: so many of each kind of ledger; `nil` for what everyday tests take.
    static let wanted = ProcessInfo.processInfo.environment["PAWL_CRASH_CYCLES"].flatMap(Int.init)

    /// So many of them, spread evenly; all of them where cycles were asked for.
    static func sample<Item>(of items: [Item], _ count: Int) -> [Item] {
        guard wanted == nil, items.count > count else { return items }
        return (0..<count).map { items[$0 * items.count / count] }
    }

    /// Works on each, so many at the same time: most of a cycle is waiting for other programs.
    static func each<Item: Sendable, Value: Sendable>(
        of items: [Item], atOnce: Int,
        _ work: @escaping @Sendable (Int, Item) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var values: [Int: Value] = [:]
            for (index, item) in items.enumerated() {
                if index >= atOnce, let (done, value) = try await group.next() {
                    values[done] = value
                }
                group.addTask { (index, try await work(index, item)) }
            }
            for try await (done, value) in group { values[done] = value }
            return items.indices.compactMap { values[$0] }
        }
    }

    /// One line about what was done, beside the test runner's own.
    static func tell(_ line: String) {
        print("  \(line)")
    }
}
