/// A place in the file, from 1, as editors count.
package struct Mark: Hashable, Comparable, Sendable {
    package static let start = Mark(line: 1, column: 1)

    package let line: Int
    /// In characters.
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (one: Self, other: Self) -> Bool {
        (one.line, one.column) < (other.line, other.column)
    }
}
