import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a program that was run to its end left behind.
struct Ran: Sendable, CustomStringConvertible {
    /// Its exit status; 128 and the signal's number for a program that a signal ended, as a shell
    /// tells it.
    let status: Int32
    let stdout: String
    let stderr: String

    /// For the message of an expectation that failed.
    var description: String { "exit \(status)\n\(stdout)\n\(stderr)" }
}

/// A program did not end in the time that it was given.
struct NotInTime: Error, CustomStringConvertible {
    let program: String
    let limit: Duration

    var description: String { "\(program) was ended because it took longer than \(limit)" }
}

/// A program that a test needs is not on this machine. That is never a reason to leave the test
/// out.
struct NotThere: Error, CustomStringConvertible {
    let program: String

    var description: String {
        "\(program) is not on PATH. make test installs every program that the tests need."
    }
}

/// A program of this machine, above all the `pawl` that was built with these tests.
struct Binary: Sendable {
    /// A path, or a name to be looked for in `PATH`.
    let path: String

    /// The `pawl` beside the test bundle: the test target depends on it, so it is there.
    static let pawl = Binary(path: bundleFolder.appending("pawl").string)

    /// Runs it with its output taken up.
    ///
    /// Nothing is inherited but `PATH` and `HOME`, and `environment` goes before both. Whatever the
    /// program started is ended with it when `limit` has passed.
    func run(
        _ arguments: [String] = [], environment: [String: String] = [:], in folder: String? = nil,
        limit: Duration = .seconds(600)
    ) async throws -> Ran {
        var platform = PlatformOptions()
        platform.processGroupID = 0
        platform.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        let configuration = Configuration(
            executable: path.contains("/") ? .path(FilePath(path)) : .name(path),
            arguments: Arguments(arguments),
            environment: .custom(Self.variables(environment)),
            workingDirectory: folder.map { FilePath($0) }, platformOptions: platform)
        let program = path
        return try await withThrowingTaskGroup(of: Ran.self) { group in
            group.addTask {
                let result = try await Subprocess.run(
                    configuration, output: .string(limit: Self.outputBytesMax),
                    error: .string(limit: Self.outputBytesMax))
                return Ran(
                    status: Self.status(result.terminationStatus), stdout: result.standardOutput,
                    stderr: result.standardError)
            }
            group.addTask {
                try await Task.sleep(for: limit)
                throw NotInTime(program: program, limit: limit)
            }
            defer { group.cancelAll() }
            do {
                while let ran = try await group.next() { return ran }
            } catch let error as SubprocessError where error.code == .executableNotFound {
                throw NotThere(program: program)
            }
            throw CancellationError()
        }
    }

    private static let outputBytesMax = 16 * 1024 * 1024

    /// The folder of the program that runs these tests: SwiftPM puts every product there.
    private static var bundleFolder: FilePath {
        #if os(Linux)
            let own = realpath("/proc/self/exe", nil)
        #else
            let own = realpath(CommandLine.arguments[0], nil)
        #endif
        defer { free(own) }
        return own.map { FilePath(String(cString: $0)).removingLastComponent() } ?? "."
    }

    private static func variables(
        _ given: [String: String]
    ) -> [Subprocess.Environment.Key: String] {
        var variables: [Subprocess.Environment.Key: String] = [:]
        for name in ["PATH", "HOME"] {
            guard let key = Subprocess.Environment.Key(rawValue: name), let value = getenv(name)
            else { continue }
            variables[key] = String(cString: value)
        }
        for (name, value) in given {
            if let key = Subprocess.Environment.Key(rawValue: name) { variables[key] = value }
        }
        return variables
    }

    private static func status(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
