/// Told of every attempt of every request, for `-v` and for logs.
package struct Trace: Sendable {
    /// One attempt.
    package struct Attempt: Sendable {
        /// `GET`, `PUT` and so on.
        package let method: String
        /// The address without its query, which may hold secrets.
        package let address: String
        /// The answer's status; `nil` if there was none.
        package let status: Int?
        /// What became of it instead of an answer: a failure's stable word.
        package let failure: String?
        /// How long it took.
        package let milliseconds: Int64
        /// 1 for the first.
        package let attempt: Int
    }

    /// Called from any task.
    package var tell: @Sendable (Attempt) -> Void

    /// A trace by its function.
    package init(_ tell: @escaping @Sendable (Attempt) -> Void) { self.tell = tell }

    /// One that does nothing.
    package static let none = Trace { _ in }
}
