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
                    "what", "delay", "wall ms (min to max)", "reg.", "host", "trips", "targets"))
        }
        let wall = row.figures[0]
        let range = "\(short(wall.values.min() ?? 0)) to \(short(wall.values.max() ?? 0))"
        say(
            Self.line(
                row.subject, "\(row.delay)", "\(short(wall.median)) (\(range))",
                "\(row.registryRequests)", "\(row.hostRequests)",
                row.trips.map { "\($0.registry)+\($0.all - $0.registry)" } ?? "",
                Self.targets(of: row.figures)))
    }

    func add(_ figure: Figure) {
        print(figure.json)
        fflush(nil)
        let range =
            figure.values.count > 1
            ? " (\(short(figure.values.min() ?? 0)) to \(short(figure.values.max() ?? 0)))" : ""
        say(
            Self.padded("\(figure.subject), \(figure.name)", 46)
                + "\(short(figure.median)) \(figure.unit)\(range)  \(Self.targets(of: [figure]))")
    }

    private static func targets(of figures: [Figure]) -> String {
        figures.compactMap { figure in
            figure.atMost.map { most in
                "\(figure.name) \(figure.isMet == true ? "met" : "MISSED") (\(Int(most)))"
            }
        }.joined(separator: ", ")
    }

    private static func line(
        _ what: String, _ delay: String, _ wall: String, _ registry: String, _ host: String,
        _ trips: String, _ targets: String
    ) -> String {
        padded(what, 46) + padded(delay, 7) + padded(wall, 24) + padded(registry, 6)
            + padded(host, 6) + padded(trips, 7) + targets
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
