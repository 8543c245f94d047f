import FoundationEssentials

/// One measured number: one line of JSON.
struct Figure: Sendable {
    /// What was measured: `wall`, `registry-requests`, …
    let name: String
    /// Of whom doing what.
    let subject: String
    /// Added to each request, in ms; `nil` where no request is sent.
    var delay: Int?
    let unit: String
    /// One for each run.
    let values: [Double]
    /// The most that it should be.
    var atMost: Double?
    /// The least that it should be.
    var atLeast: Double?

    var median: Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    var isMet: Bool? { atMost.map { median <= $0 } ?? atLeast.map { median >= $0 } }

    private struct Line: Encodable {
        let figure: String
        let subject: String
        let delay_ms: Int?
        let unit: String
        let median: Double
        let min: Double
        let max: Double
        let runs: Int
        let at_most: Double?
        let at_least: Double?
        let met: Bool?
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = Line(
            figure: name, subject: subject, delay_ms: delay, unit: unit,
            median: rounded(median), min: rounded(values.min() ?? 0),
            max: rounded(values.max() ?? 0), runs: values.count, at_most: atMost,
            at_least: atLeast, met: isMet)
        return (try? encoder.encode(line)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Tenths are as fine as any of these can be told.
    private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}

extension Duration {
    /// Thousandths of a second.
    var inMilliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }
}
