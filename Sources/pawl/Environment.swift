import FoundationEssentials

/// The process's environment, read in one place.
enum Environment {
    static var all: [String: String] { ProcessInfo.processInfo.environment }

    /// Who gives an order at a terminal or in a job.
    static func actor(in environment: [String: String]) -> String {
        value("GITHUB_ACTOR", in: environment) ?? value("USER", in: environment) ?? "unknown"
    }

    /// A variable that is there and not empty.
    static func value(_ name: String, in environment: [String: String]) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
