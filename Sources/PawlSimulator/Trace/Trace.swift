import PawlCore

/// Everything that happened in one world, from its beginning to the end of its calm.
package struct Trace: Hashable, Sendable {
    /// What did not change.
    package let shape: Shape
    /// The commits that there came to be.
    package let chart: Chart
    /// How far back an outdated answer may reach, in milliseconds; 0 if none is.
    package var staleness: Int64 = 0
    /// How far the clocks of processes are off at most, in milliseconds.
    package var clockSkew: Int64 = 0
    /// In the order of happening.
    package private(set) var records: [Record] = []
    /// The records folded.
    package private(set) var truth = Truth()

    /// A trace that nothing has happened in.
    package init(shape: Shape, chart: Chart) {
        self.shape = shape
        self.chart = chart
    }

    /// Adds what happened.
    package mutating func add(_ what: Happening, at: Int64) {
        let record = Record(at: at, what)
        truth.note(record, place: records.count)
        records.append(record)
    }
}
