/// One reader of outside text, run on any bytes at all.
package struct FuzzTarget: Sendable {
    /// What it is called on a command line, and its folder of the corpus.
    package let name: String
    /// Reads the bytes, and throws what they came to that no bytes may come to.
    package let run: @Sendable ([UInt8]) async throws(Broken) -> Void

    /// A target by its name and function.
    init(_ name: String, _ run: @escaping @Sendable ([UInt8]) async throws(Broken) -> Void) {
        self.name = name
        self.run = run
    }

    /// Every target.
    package static let all: [FuzzTarget] = [
        .json, .entry, .entryMade, .imageReference, .address, .time, .filterPattern, .policy,
        .workflow, .event, .runs, .checks, .compare, .link, .retryAfter, .challenge, .absence,
        .manifest, .credentials, .escaped, .outsideText, .outputs, .annotations, .summary,
        .textReport,
    ]

    /// The target of that name, if there is one.
    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// A promise that does not hold of some bytes.
package struct Broken: Error, Hashable, Sendable, CustomStringConvertible {
    /// The promise, and what came in its place.
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Holds a promise to what was seen.
func hold(_ isHeld: Bool, _ promise: @autoclosure () -> String) throws(Broken) {
    guard isHeld else { throw Broken(promise()) }
}

/// The value, or why there has to be one.
func needed<Value>(
    _ value: Value?, _ promise: @autoclosure () -> String
) throws(Broken) -> Value {
    guard let value else { throw Broken(promise()) }
    return value
}
