/// Values sorted into buckets by their upper bounds, as Prometheus has them.
package struct Histogram: Hashable, Sendable {
    /// Seconds: from a tenth of the aim for event to tag up to what a person would call broken.
    package static let seconds: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
    ]

    /// Upper bounds, rising; values above the last are in no bucket of these.
    package let bounds: [Double]
    /// Values of each bucket alone.
    package private(set) var counts: [Int]
    /// How many values there are.
    package private(set) var count = 0
    /// All values added up.
    package private(set) var sum = 0.0

    /// A histogram of nothing.
    package init(bounds: [Double] = seconds) {
        self.bounds = bounds
        counts = bounds.map { _ in 0 }
    }

    /// Adds a value.
    package mutating func add(_ value: Double) {
        count += 1
        sum += value
        if let bucket = bounds.firstIndex(where: { value <= $0 }) { counts[bucket] += 1 }
    }
}
