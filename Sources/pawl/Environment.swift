import FoundationEssentials
import PawlCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The process's environment, read in one place.
enum Environment {
    static var all: [String: String] { ProcessInfo.processInfo.environment }

    /// Who gives an order at a terminal or in a job.
    static func actor(in environment: [String: String]) -> String {
        value("GITHUB_ACTOR", in: environment) ?? value("USER", in: environment) ?? gitUser
            ?? "unknown"
    }

    /// Who commits here; asked once, and only where the environment names nobody, as in jobs of
    /// cron and in containers.
    private static let gitUser: String? = {
        guard let answer = popen("git config user.name 2>/dev/null", "re") else { return nil }
        defer { pclose(answer) }
        var bytes = [UInt8](repeating: 0, count: Limits.actorBytesMax)
        let count = fread(&bytes, 1, bytes.count, answer)
        let name = String(decoding: bytes.prefix(count), as: UTF8.self)
            .split(whereSeparator: \.isNewline).first.map(String.init)
        return name.flatMap { $0.isEmpty ? nil : $0 }
    }()

    /// A variable that is there and not empty.
    static func value(_ name: String, in environment: [String: String]) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
