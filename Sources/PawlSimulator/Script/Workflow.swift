package import PawlCore
import PawlTesting

/// The workflows of every world, and what their files say at each version.
package enum Workflow: Int, Hashable, Sendable, CaseIterable {
    /// Publishes the images.
    case publish
    /// The gate with a path filter.
    case e2e
    /// The gate that every push starts.
    case lint

    /// Its file name.
    package var fileName: String { "\(self).yml" }
    /// Where its file is in a tree.
    package var path: Int {
        switch self {
        case .e2e: 4
        case .lint: 5
        case .publish: 6
        }
    }
    /// As a policy names it.
    package var name: WorkflowName { WorkflowName(fileName) }

    /// What pushes start it, by the version of its file.
    package enum Filter: Hashable, Sendable {
        case every, source, sourceWithoutLib, notDocs, never

        /// Whether a changed file starts it. Written apart from the product's own patterns, so that
        /// one can be held against the other.
        package func takes(_ path: String) -> Bool {
            switch self {
            case .every: true
            case .source: path.hasPrefix("src/")
            case .sourceWithoutLib: path.hasPrefix("src/") && path != "src/lib.swift"
            case .notDocs: !path.hasPrefix("docs/")
            case .never: false
            }
        }
    }

    /// What the file says at a version.
    package func filter(at version: UInt8) -> Filter {
        switch self {
        case .publish, .lint: .every
        case .e2e: [.source, .sourceWithoutLib, .notDocs, .source, .never][Int(version - 1) % 5]
        }
    }

    /// The same in the product's terms.
    func triggers(at version: UInt8) -> WorkflowTriggers {
        switch filter(at: version) {
        case .every: Self.everyPush
        case .source: Self.source
        case .sourceWithoutLib: Self.sourceWithoutLib
        case .notDocs: Self.notDocs
        case .never: Self.never
        }
    }

    private static let everyPush = WorkflowFile.everyPush.triggers
    private static let source = WorkflowFile.paths("src/**").triggers
    private static let sourceWithoutLib = WorkflowFile.paths("src/**", "!src/lib.swift").triggers
    private static let notDocs = WorkflowFile.pathsIgnore("docs/**").triggers
    private static let never = WorkflowFile(push: .never).triggers

    /// Whether a push from one tree to another starts it. The host holds a renamed file's new name
    /// against the filter.
    package func isStarted(byPushFrom before: Tree, to after: Tree) -> Bool {
        let version = after.versions[path]
        guard version > 0 else { return false }
        switch filter(at: version) {
        case .every: return true
        case .never: return false
        case let filter: return after.changes(from: before).contains { filter.takes($0.path) }
        }
    }
}
