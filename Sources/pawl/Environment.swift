import FoundationEssentials

/// The process's environment, read in one place.
enum Environment {
    static var all: [String: String] { ProcessInfo.processInfo.environment }
}
