package import PawlCore

/// A workflow file of a test: what starts it, as the text that a repository has and as the triggers
/// that a reader finds there.
package struct WorkflowFile: Hashable, Sendable {
    /// What it says of pushes.
    package enum Push: Hashable, Sendable {
        /// Nothing: there is no `push` trigger.
        case never
        /// Patterns as they are written; an empty list is a filter that is not there.
        case on(
            branches: [String] = [], branchesIgnore: [String] = [], paths: [String] = [],
            pathsIgnore: [String] = [])
    }

    /// Its display name, if it has one.
    package var name: String?
    /// What pushes start it.
    package var push: Push
    /// Whether it has a `schedule:`.
    package var hasSchedule = false
    /// What its one job runs; a file that differs in this alone has the same triggers.
    package var job = "make test"

    /// A file that a push to any branch starts.
    package static let everyPush = Self(push: .on())

    /// A file that a push starts if it changes a file that the patterns take.
    package static func paths(_ patterns: String...) -> Self {
        Self(push: .on(paths: patterns))
    }

    /// A file that a push starts unless the patterns take every file that it changes.
    package static func pathsIgnore(_ patterns: String...) -> Self {
        Self(push: .on(pathsIgnore: patterns))
    }

    /// A file that a push to one of these branches starts.
    package static func branches(_ patterns: String...) -> Self {
        Self(push: .on(branches: patterns))
    }

    /// A file in full.
    package init(name: String? = nil, push: Push, hasSchedule: Bool = false) {
        self.name = name
        self.push = push
        self.hasSchedule = hasSchedule
    }

    /// The same triggers, another job.
    package func running(_ job: String) -> Self {
        var file = self
        file.job = job
        return file
    }

    /// The file as it stands in the repository: a workflow that GitHub would take.
    package var text: String {
        var lines = name.map { ["name: '\($0)'"] } ?? []
        lines += ["on:", "  workflow_dispatch:"]
        if hasSchedule { lines += ["  schedule:", "    - cron: '0 3 * * *'"] }
        if case .on(let branches, let branchesIgnore, let paths, let pathsIgnore) = push {
            lines.append("  push:")
            for (key, patterns) in [
                ("branches", branches), ("branches-ignore", branchesIgnore), ("paths", paths),
                ("paths-ignore", pathsIgnore),
            ] where !patterns.isEmpty {
                lines.append("    \(key):")
                lines += patterns.map { "      - '\($0)'" }
            }
        }
        lines += ["jobs:", "  test:", "    runs-on: ubuntu-latest", "    steps:"]
        lines.append("      - run: \(job)")
        return lines.map { $0 + "\n" }.joined()
    }

    /// What a reader finds in it.
    package var triggers: WorkflowTriggers {
        WorkflowTriggers(name: name, push: pushTrigger, hasSchedule: hasSchedule)
    }

    private var pushTrigger: PushTrigger {
        guard case .on(let branches, let branchesIgnore, let paths, let pathsIgnore) = push else {
            return .never
        }
        let branchFilter: BranchFilter =
            branches.isEmpty
            ? branchesIgnore.isEmpty ? .all : .ignore(patterns(branchesIgnore))
            : .include(patterns(branches))
        let pathFilter: PathFilter =
            paths.isEmpty
            ? pathsIgnore.isEmpty ? .all : .ignore(patterns(pathsIgnore))
            : .include(patterns(paths))
        return .on(branches: branchFilter, paths: pathFilter)
    }

    private func patterns(_ texts: [String]) -> [FilterPattern] {
        texts.map { text in wellFormed { try FilterPattern(text) } }
    }
}
