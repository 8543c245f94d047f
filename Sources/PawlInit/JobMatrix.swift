import PawlYAML

/// The combinations that a job's `strategy: matrix:` stands for.
enum JobMatrix {
    /// Own choice: GitHub takes 256; images are rarely more than some tens.
    private static let rowsMax = 64

    /// One row for each combination; one empty row if there is no matrix or no file says it.
    static func rows(of job: Node) -> [[String: String]] {
        guard let matrix = job["strategy"]?["matrix"] else { return [[:]] }
        var rows: [[String: String]] = [[:]]
        var hasAxis = false
        for entry in matrix.entries where entry.key != "include" && entry.key != "exclude" {
            let values = entry.value.items.prefix(rowsMax).map { flat($0, under: entry.key) }
            guard !values.isEmpty else { continue }
            hasAxis = true
            rows = Array(
                rows.flatMap { row in values.map { row.merging($0) { $1 } } }.prefix(rowsMax))
        }
        let included = (matrix["include"]?.items ?? []).prefix(rowsMax).map { row in
            row.entries.reduce(into: [String: String]()) { all, entry in
                all.merge(flat(entry.value, under: entry.key)) { $1 }
            }
        }
        guard hasAxis else { return included.isEmpty ? [[:]] : Array(included) }
        return extended(rows, by: Array(included))
    }

    /// An included row adds to the rows that it contradicts in nothing, or stands alone (GitHub,
    /// "Expanding or adding matrix configurations").
    private static func extended(
        _ rows: [[String: String]], by included: [[String: String]]
    ) -> [[String: String]] {
        var result = rows
        for extra in included {
            var isTaken = false
            for (index, row) in rows.enumerated()
            where extra.allSatisfy({ row[$0.key] == nil || row[$0.key] == $0.value }) {
                result[index].merge(extra) { $1 }
                isTaken = true
            }
            if !isTaken, result.count < rowsMax { result.append(extra) }
        }
        return result
    }

    /// A value by its path: `service`, or `service.name` of a mapping.
    private static func flat(_ node: Node, under path: String) -> [String: String] {
        if let text = node.text { return [path: text] }
        return node.entries.reduce(into: [:]) { all, entry in
            all.merge(flat(entry.value, under: "\(path).\(entry.key)")) { $1 }
        }
    }
}
