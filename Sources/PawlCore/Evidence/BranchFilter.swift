/// Which branches a `push` trigger takes (`branches`, `branches-ignore`).
package enum BranchFilter: Hashable, Sendable {
    /// There is no filter on branches.
    case all
    /// There are filters on tags alone: no push to a branch starts the workflow.
    case none
    /// `branches`: taken if the last pattern that matches is not negated.
    case include([FilterPattern])
    /// `branches-ignore`: taken if no pattern matches.
    case ignore([FilterPattern])

    /// Whether a push to the branch passes the filter.
    package func takes(_ branch: BranchName) -> Bool {
        switch self {
        case .all: true
        case .none: false
        case .include(let patterns): FilterPattern.lastMatchIncludes(branch.text, patterns)
        case .ignore(let patterns): !patterns.contains { $0.matches(branch.text) }
        }
    }
}
