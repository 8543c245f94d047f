import FoundationEssentials

/// The process's environment, read in one place.
enum Environment {
    static var all: [String: String] { ProcessInfo.processInfo.environment }

    /// Who gives an order at a terminal or in a job.
    static func actor(in environment: [String: String]) -> String {
        environment["GITHUB_ACTOR"] ?? environment["USER"] ?? "unknown"
    }
}
