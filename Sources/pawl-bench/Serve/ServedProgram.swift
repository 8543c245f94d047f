#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `pawl serve` while it runs. What it costs is read from /proc, which Linux alone has.
struct ServedProgram: Sendable {
    let port: Int
    private let process: pid_t
    private let log: String

    /// Starts it and waits until it listens.
    static func start(
        _ pawl: String, in folder: String, policy: String, environment: [String: String]
    ) async throws -> ServedProgram {
        try Files.write(policy, to: "\(folder)/pawl.yaml")
        let log = "\(folder)/serve.log"
        let child = Child(program: pawl, environment: environment, folder: folder)
        let process = try child.start(
            [
                "serve", "--listen", "127.0.0.1:0", "--config", "\(folder)/pawl.yaml",
                "--ledger", "sqlite:\(folder)/pawl.db", "--deliveries", "\(folder)/deliveries.db",
            ], "\(folder)/serve.out", log)
        for _ in 0..<600 {
            try await Volley.pause(.milliseconds(100))
            let line = try Files.text(log).split(separator: "\n").first {
                $0.hasPrefix("listening on ")
            }
            if let port = line?.split(separator: ":").last.flatMap({ Int($0) }) {
                return ServedProgram(port: port, process: process, log: log)
            }
            if waitpid(process, nil, WNOHANG) == process { break }
        }
        kill(process, SIGKILL)
        throw Bench.Failed("pawl serve does not listen: \(try Files.text(log))")
    }

    /// Ends it, and removes what it kept.
    func end(in folder: String) {
        kill(process, SIGTERM)
        waitpid(process, nil, 0)
        for file in ["pawl.db", "deliveries.db"] {
            for ending in ["", ".lock", "-wal", "-shm"] {
                Files.remove("\(folder)/\(file)\(ending)")
            }
        }
    }

    /// Resident memory now, in MiB.
    func resident() throws -> Double {
        let line = try Files.text("/proc/\(process)/status").split(separator: "\n").first {
            $0.hasPrefix("VmRSS:")
        }
        guard let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }),
            words.count > 1, let kilobytes = Double(words[1])
        else { throw Bench.Failed("/proc does not tell the memory of pawl serve") }
        return kilobytes / 1024
    }

    /// Seconds of a core that it has taken so far.
    func cpu() throws -> Double {
        // What stands before the parenthesis may hold blanks (proc(5)).
        let fields =
            try Files.text("/proc/\(process)/stat").split(separator: ")").last?
            .split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { throw Bench.Failed("/proc does not tell the time of pawl serve") }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
