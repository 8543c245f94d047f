import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A program did not do what the demo needs.
struct DemoFailure: Error, CustomStringConvertible {
    let description: String
}

/// The programs that the demo runs: `git` to make a repository, `pawl` to show.
struct Programs: Sendable {
    /// The throw-away repository, which is where both run.
    let folder: FilePath

    /// git's output, without the machine's own settings.
    @discardableResult
    func git(_ arguments: String...) async throws -> String {
        let environment: Subprocess.Environment = .inherit.updating([
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_AUTHOR_NAME": "Demo", "GIT_AUTHOR_EMAIL": "demo@example.com",
            "GIT_COMMITTER_NAME": "Demo", "GIT_COMMITTER_EMAIL": "demo@example.com",
        ])
        let result = try await run(
            .name("git"), arguments: Arguments(arguments), environment: environment,
            workingDirectory: folder, output: .string(limit: 1024 * 1024),
            error: .string(limit: 1024 * 1024))
        guard case .exited(0) = result.terminationStatus else {
            throw DemoFailure(description: "git \(arguments): \(result.standardError)")
        }
        return result.standardOutput.split(separator: "\n").last.map(String.init) ?? ""
    }

    /// Runs `pawl` with its output where ours goes; gives its exit status.
    func pawl(_ arguments: [String]) async throws -> Int32 {
        let result = try await run(
            .path(Self.folderOfThisProgram.appending("pawl")), arguments: Arguments(arguments),
            environment: .inherit.updating(["GITHUB_ACTOR": "demo"]), workingDirectory: folder,
            output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
        guard case .exited(let status) = result.terminationStatus else {
            throw DemoFailure(description: "pawl was ended by a signal")
        }
        return status
    }

    /// `pawl` is built beside this program.
    private static var folderOfThisProgram: FilePath {
        let path = FilePath(CommandLine.arguments.first ?? "")
        let own = realpath("/proc/self/exe", nil) ?? realpath(path.string, nil)
        defer { free(own) }
        return own.map { FilePath(String(cString: $0)).removingLastComponent() } ?? "."
    }
}
