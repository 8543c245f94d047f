/// Which changed files a `push` trigger takes (`paths`, `paths-ignore`).
package enum PathFilter: Hashable, Sendable, CustomStringConvertible {
    /// There is no filter on paths: every push counts, one without a changed file too.
    case all
    /// `paths`: a file is taken if the last pattern that matches it is not negated.
    case include([FilterPattern])
    /// `paths-ignore`: a file is taken if no pattern matches it.
    case ignore([FilterPattern])

    /// Whether this one changed file would start the workflow.
    package func takes(_ path: String) -> Bool {
        switch self {
        case .all: true
        case .include(let patterns): FilterPattern.lastMatchIncludes(path, patterns)
        case .ignore(let patterns): !patterns.contains { $0.matches(path) }
        }
    }

    /// The filter as a workflow file has it, on one line.
    package var description: String {
        switch self {
        case .all: "no path filter"
        case .include(let patterns): "paths: " + words(patterns)
        case .ignore(let patterns): "paths-ignore: " + words(patterns)
        }
    }

    private func words(_ patterns: [FilterPattern]) -> String {
        patterns.map(\.description).joined(separator: ", ")
    }
}
