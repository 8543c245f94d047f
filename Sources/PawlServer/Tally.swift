import Synchronization

/// Counters, gauges and histograms by name and labels, for Prometheus. Adding is cheap and never
/// waits for a reader.
package final class Tally: Sendable {
    /// What a series is called and labelled; labels in the order in which they are written.
    package struct Series: Hashable, Sendable {
        /// The metric's name: `pawl_promotions_total`.
        package let name: String
        /// Names and values of the labels.
        package let labels: [Label]

        /// A series in full.
        package init(_ name: String, _ labels: [Label] = []) {
            self.name = name
            self.labels = labels
        }
    }

    /// One label.
    package struct Label: Hashable, Sendable {
        /// Its name.
        package let name: String
        /// Its value, unescaped.
        package let value: String

        /// A label in full.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    private let counts = Mutex<[Series: Double]>([:])
    private let observed = Mutex<[Series: Histogram]>([:])

    /// A tally of nothing.
    package init() {}

    /// Adds to a counter.
    package func add(_ amount: Double = 1, to series: Series) {
        counts.withLock { $0[series, default: 0] += amount }
    }

    /// Sets a gauge.
    package func set(_ value: Double, _ series: Series) {
        counts.withLock { $0[series] = value }
    }

    /// Adds a value to a histogram.
    package func observe(_ value: Double, in series: Series) {
        observed.withLock { $0[series, default: Histogram()].add(value) }
    }

    /// Takes away every series of a name that has one of these labels: what it told of is gone.
    package func forget(_ name: String, where isGone: (Label) -> Bool) {
        counts.withLock { counts in
            for series in counts.keys
            where series.name == name && series.labels.contains(where: isGone)
            {
                counts[series] = nil
            }
        }
    }

    /// Everything counted so far.
    package var values: [Series: Double] { counts.withLock { $0 } }

    /// Every histogram so far.
    package var histograms: [Series: Histogram] { observed.withLock { $0 } }
}
