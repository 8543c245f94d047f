/// A tally in Prometheus' text format, version 0.0.4. The order is the same for the same content.
package struct Exposition: Sendable {
    /// What goes into `Content-Type`.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The lines, each ended.
    package let text: String

    /// Writes everything that a tally has. Metrics that `Metric` does not know are told by their
    /// names: a counter's ends in `_total`.
    package init(_ tally: Tally) {
        var lines: [String] = []
        let values = Dictionary(grouping: tally.values) { $0.key.name }
        let histograms = Dictionary(grouping: tally.histograms) { $0.key.name }
        for name in Set(values.keys).union(histograms.keys).sorted() {
            let metric = Metric(rawValue: name)
            let kind = Self.kind(of: name, metric, isHistogram: histograms[name] != nil)
            if let metric { lines.append("# HELP \(name) \(Self.help(metric.help))") }
            lines.append("# TYPE \(name) \(kind.rawValue)")
            if kind == .histogram {
                lines += (histograms[name] ?? []).map(Self.rows).sorted {
                    $0.sortKey < $1.sortKey
                }.flatMap(\.lines)
            } else {
                lines += (values[name] ?? []).map { series, value in
                    "\(name)\(Self.braced(series.labels)) \(Self.number(value))"
                }.sorted()
            }
        }
        text = lines.map { $0 + "\n" }.joined()
    }

    private static func kind(
        of name: String, _ metric: Metric?, isHistogram: Bool
    ) -> Metric.Kind {
        if isHistogram { return .histogram }
        return metric?.kind ?? (name.hasSuffix("_total") ? .counter : .gauge)
    }

    /// One histogram: its buckets, each with all that is below it, then sum and count.
    private static func rows(
        _ series: Tally.Series, _ histogram: Histogram
    ) -> (sortKey: String, lines: [String]) {
        var below = 0
        var lines: [String] = []
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            below += count
            let labels = series.labels + [Tally.Label("le", number(bound))]
            lines.append("\(series.name)_bucket\(braced(labels)) \(below)")
        }
        let all = series.labels + [Tally.Label("le", "+Inf")]
        lines.append("\(series.name)_bucket\(braced(all)) \(histogram.count)")
        lines.append("\(series.name)_sum\(braced(series.labels)) \(number(histogram.sum))")
        lines.append("\(series.name)_count\(braced(series.labels)) \(histogram.count)")
        return (braced(series.labels), lines)
    }

    private static func braced(_ labels: [Tally.Label]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    /// A label's value: backslash, quotation mark and line feed are escaped, and nothing else.
    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A help text: backslash and line feed.
    private static func help(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A whole number without its fraction, others as short as they can be read back.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int(exactly: value) { return "\(whole)" }
        return "\(value)"
    }
}
