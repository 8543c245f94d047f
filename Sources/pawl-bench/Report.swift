#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Figures as JSON lines on stdout, as they come; for people a table on stderr.
struct Report {
    private var hasHeading = false

    /// A line for people.
    func say(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        // A table that nobody can see is no reason to stop.
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    mutating func add(_ row: Row) {
        for figure in row.figures { print(figure.json) }
        fflush(nil)
        if !hasHeading {
            hasHeading = true
            say(
                Self.line(
                    "what", "delay", "wall ms (min to max)", "cpu", "reg.", "host", "chain",
                    "waits", "targets"))
        }
        let figures = row.figures
        say(
            Self.line(
                row.subject, "\(row.delay)", short(row.wall) + range(row.wall),
                figures.first { $0.name == "cpu" }.map(short) ?? "", "\(row.registryRequests)",
                "\(row.hostRequests)",
                row.trips.map { "\($0.registry)+\($0.all - $0.registry)" } ?? "",
                row.waits.map(short) ?? "", Self.targets(of: figures)))
    }

    private func short(_ figure: Figure) -> String { short(figure.median) }

    private func range(_ figure: Figure) -> String {
        guard figure.values.count > 1, let least = figure.values.min(),
            let most = figure.values.max()
        else { return "" }
        return " (\(short(least)) to \(short(most)))"
    }

    func add(_ figure: Figure) {
        print(figure.json)
        fflush(nil)
        say(
            Self.padded("\(figure.subject), \(figure.name)", 46)
                + "\(short(figure)) \(figure.unit)\(range(figure))  \(Self.targets(of: [figure]))")
    }

    /// `wall <= 500`, or `wall > 500 MISSED`.
    private static func targets(of figures: [Figure]) -> String {
        figures.compactMap { figure -> String? in
            let (met, missed) = figure.atMost == nil ? (">=", "<") : ("<=", ">")
            return (figure.atMost ?? figure.atLeast).map { bound in
                figure.isMet == true
                    ? "\(figure.name) \(met) \(Int(bound))"
                    : "\(figure.name) \(missed) \(Int(bound)) MISSED"
            }
        }.joined(separator: ", ")
    }

    private static let widths = [46, 7, 22, 6, 6, 6, 7, 7]

    private static func line(_ cells: String...) -> String {
        cells.enumerated().map { index, cell in
            index < widths.count ? padded(cell, widths[index]) : cell
        }.joined()
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private func short(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths >= 100 || tenths == tenths.rounded()
            ? "\(Int(tenths.rounded()))" : "\(tenths)"
    }
}
