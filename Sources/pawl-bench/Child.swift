import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a run cost.
struct Spent: Sendable {
    let wall: Duration
    /// Of all its threads, in the program and in the system for it.
    let cpu: Duration
}

/// A program run once, from before it is started until it is waited for.
struct Child: Sendable {
    /// What the system could not do.
    struct Failed: Error, CustomStringConvertible { let description: String }

    /// How it ended.
    struct Ended: Sendable {
        /// The exit status; -1 for a signal.
        let status: Int32
        let spent: Spent
        /// The largest resident set, by the system's own account. The system counts the memory of
        /// the process that started it too, up to the moment of `exec`; see `PeakMemory`.
        let peakKiB: Int
        /// Standard output as text.
        let output: String
        let diagnostics: String
    }

    let program: String
    let environment: [String: String]
    /// Where its output is kept meanwhile.
    let folder: String

    /// As many as run at once at most; the threads only wait.
    private static let threads = {
        let threads = NIOThreadPool(numberOfThreads: 16)
        threads.start()
        return threads
    }()

    /// Runs it on a thread of its own, so that the servers of the benchmark go on.
    func run(_ arguments: [String]) async throws -> Ended {
        try await Self.threads.runIfActive { try runAndWait(arguments) }
    }

    /// Runs it and blocks.
    func runAndWait(_ arguments: [String]) throws -> Ended {
        let name = "\(folder)/\(UInt64.random(in: .min ... .max))"
        let (output, diagnostics) = (name + ".out", name + ".err")
        defer {
            unlink(output)
            unlink(diagnostics)
        }
        let begin = ContinuousClock.now
        let process = try start(arguments, output, diagnostics)
        var status: Int32 = 0
        var usage = rusage()
        while wait4(process, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw Failed(description: "wait4: \(errno)") }
        }
        let wall = ContinuousClock.now - begin
        let hasExited = status & 0x7F == 0
        return Ended(
            status: hasExited ? status >> 8 & 0xFF : -1,
            spent: Spent(wall: wall, cpu: duration(usage.ru_utime) + duration(usage.ru_stime)),
            peakKiB: Int(usage.ru_maxrss), output: try Files.text(output),
            diagnostics: try Files.text(diagnostics))
    }

    private func duration(_ time: timeval) -> Duration {
        .seconds(time.tv_sec) + .microseconds(time.tv_usec)
    }

    /// Starts it with both outputs in files.
    func start(
        _ arguments: [String], _ output: String, _ diagnostics: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, diagnostics, flags, 0o600)

        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var process: pid_t = 0
        let error = posix_spawn(&process, program, &actions, nil, words, variables)
        guard error == 0 else {
            throw Failed(description: "\(program) could not be started: error \(error)")
        }
        return process
    }
}
