import Subprocess
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a run left behind.
struct Ran: Sendable, CustomStringConvertible {
    /// The exit status; `nil` if a signal ended it.
    let status: Int32?
    let stdout: String
    let stderr: String

    var description: String {
        "exit \(status.map(String.init) ?? "by signal")\n\(stdout)\n\(stderr)"
    }
}

/// One run of `pawl` that can be ended from outside at any moment, as a runner ends a job: by
/// SIGKILL, without a word.
final class Victim: Sendable {
    /// Whoever waits for a run longer than this waits for nothing.
    private static let limit = Duration.seconds(600)

    private let process = Mutex<pid_t?>(nil)

    /// Ends it at once. What it started goes on.
    func kill() {
        process.withLock { process in
            if let process { _ = signal(process, SIGKILL) }
        }
    }

    private func signal(_ process: pid_t, _ signal: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.kill(process, signal)
        #else
            Darwin.kill(process, signal)
        #endif
    }

    /// Runs a program to its end, or to its kill.
    func run(
        _ program: [String], environment: [String: String], in folder: String
    ) async throws -> Ran {
        var variables: [Subprocess.Environment.Key: String] = [:]
        for (name, value) in environment { variables[.init(stringLiteral: name)] = value }
        let configuration = Configuration(
            executable: program[0].contains("/")
                ? .path(FilePath(program[0])) : .name(program[0]),
            arguments: Arguments(Array(program.dropFirst())),
            environment: .custom(variables), workingDirectory: FilePath(folder))
        let result = try await Subprocess.run(
            configuration, input: .none, output: .sequence, error: .sequence
        ) { execution in
            self.process.withLock { $0 = execution.processIdentifier.value }
            let watch = Task {
                try await Task.sleep(for: Self.limit)
                self.kill()
            }
            defer { watch.cancel() }
            async let stderr = Self.text(of: execution.standardError)
            let stdout = try await Self.text(of: execution.standardOutput)
            return (stdout, try await stderr)
        }
        process.withLock { $0 = nil }
        var status: Int32?
        if case .exited(let code) = result.terminationStatus { status = Int32(code) }
        return Ran(status: status, stdout: result.closureResult.0, stderr: result.closureResult.1)
    }

    private static func text(of sequence: SubprocessOutputSequence) async throws -> String {
        var text = ""
        for try await line in sequence.strings() { text += line + "\n" }
        return text
    }
}

/// The `pawl` beside the test bundle.
enum Program {
    static let pawl: String = {
        let own = realpath("/proc/self/exe", nil)
        defer { free(own) }
        let folder = own.map { FilePath(String(cString: $0)).removingLastComponent() } ?? "."
        return folder.appending("pawl").string
    }()
}
