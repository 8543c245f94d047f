/// A value over time, by the places of the records that changed it: exact, not sampled.
package struct Timeline<Value: Hashable & Sendable>: Hashable, Sendable {
    /// From one record on.
    package struct Point: Hashable, Sendable {
        /// The record's place in the trace.
        package let place: Int
        /// Its moment.
        package let at: Int64
        /// The value from there on.
        package let value: Value
    }

    /// By place.
    package private(set) var points: [Point] = []

    /// A value that nothing has set yet.
    package init() {}

    /// The value now.
    package var last: Value? { points.last?.value }

    mutating func set(_ value: Value, at: Int64, place: Int) {
        points.append(Point(place: place, at: at, value: value))
    }

    /// The value as a record found it, before anything that it did itself.
    package func value(before place: Int) -> Value? {
        points.last { $0.place < place }?.value
    }

    /// The value at a moment, after everything that happened then.
    package func value(asOf moment: Int64) -> Value? {
        points.last { $0.at <= moment }?.value
    }

    /// Every value that it had between two records, both included: what was there when the first
    /// one happened, and each change up to the second.
    package func values(from first: Int, through last: Int) -> [Value?] {
        [value(before: first + 1)]
            + points.filter { $0.place > first && $0.place <= last }.map { $0.value }
    }
}
