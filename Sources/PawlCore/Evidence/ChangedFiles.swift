/// The files that differ between two commits.
package struct ChangedFiles: Hashable, Sendable {
    /// One of them.
    package struct File: Hashable, Sendable {
        /// Its path in the newer commit, from the root, without a leading slash.
        package let path: String
        /// Its path in the older commit, where it was renamed or copied.
        package let previousPath: String?

        /// A changed file.
        package init(path: String, previousPath: String? = nil) {
            self.path = path
            self.previousPath = previousPath
        }
    }

    /// In the host's order.
    package let files: [File]
    /// Whether these are all. A host may cut the list (GitHub: 300 files), and then it proves
    /// nothing about the others.
    package let isWhole: Bool

    /// A list, and whether it is whole.
    package init(_ files: [File], isWhole: Bool) {
        self.files = files
        self.isWhole = isWhole
    }

    /// The list's files with both their names.
    package var paths: [String] {
        files.flatMap { [$0.path] + ($0.previousPath.map { [$0] } ?? []) }
    }
}
