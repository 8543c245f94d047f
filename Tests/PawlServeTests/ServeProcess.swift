import Crypto
import FoundationEssentials
import PawlLoopback
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A server did not do in time what a test waits for.
struct NotInTime: Error, CustomStringConvertible {
    let description: String
}

/// A new folder of its own, for one test.
final class Folder: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appendingPathComponent("pawl-serve-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"), options: .atomic)
    }

    func text(of name: String) -> String {
        let data = try? Data(contentsOf: URL(filePath: "\(path)/\(name)"))
        return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// The real `pawl serve`, in a folder of its own.
final class ServeProcess: Sendable {
    static let secret = "aWebhookSecretNobodyMaySee"
    static let adminToken = "anAdminTokenNobodyMaySee"

    let pid: pid_t
    let folder: Folder
    let url: String

    private init(pid: pid_t, folder: Folder, url: String) {
        (self.pid, self.folder, self.url) = (pid, folder, url)
    }

    /// Starts it in the folder and waits until it listens. `files` are the options that name its
    /// files; by default all of them.
    static func start(
        in folder: Folder, environment: [String: String] = [:], files: [String]? = nil,
        options: [String] = []
    ) async throws -> ServeProcess {
        let files =
            files ?? [
                "--config", "\(folder.path)/pawl.yaml",
                "--ledger", "sqlite:\(folder.path)/pawl.db",
                "--deliveries", "\(folder.path)/pawl-deliveries.db",
            ]
        let (pid, log) = try spawn(
            in: folder, environment, ["serve", "--listen", "127.0.0.1:0"] + files + options)
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            let text = folder.text(of: log)
            if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("listening on ") }
            ) {
                let url = String(line.dropFirst("listening on ".count))
                return ServeProcess(pid: pid, folder: folder, url: url)
            }
            var status: Int32 = 0
            if waitpid(pid, &status, WNOHANG) == pid {
                throw NotInTime(description: "pawl serve ended: \(text)")
            }
            try await Task.sleep(for: .milliseconds(3))
        }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        throw NotInTime(description: "pawl serve does not listen: \(folder.text(of: log))")
    }

    /// What it and those before it in the folder told.
    var log: String { folder.text(of: "log") }

    private static func spawn(
        in folder: Folder, _ environment: [String: String], _ arguments: [String]
    ) throws -> (pid_t, String) {
        var variables = [
            "PATH": String(cString: getenv("PATH")), "HOME": folder.path,
            "PAWL_WEBHOOK_SECRETS": "another, \(secret)", "PAWL_ADMIN_TOKEN": adminToken,
        ]
        variables.merge(environment) { _, given in given }
        try folder.write("", to: "log")
        // The shell gives its place, and its process, to the program.
        let words =
            ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder.path, binary] + arguments
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 2, "\(folder.path)/log", O_WRONLY | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 2, 1)
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] =
            variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: pid_t = 0
        let error = posix_spawn(&pid, words[0], &actions, nil, &argv, &envp)
        guard error == 0 else { throw NotInTime(description: String(cString: strerror(error))) }
        return (pid, "log")
    }

    /// The `pawl` beside the test bundle.
    private static var binary: String {
        let own = realpath("/proc/self/exe", nil)
        defer { free(own) }
        let path = own.map { String(cString: $0) } ?? ""
        return path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/pawl"
    }

    /// Runs another command of the same program in the folder; gives its exit status and what it
    /// told.
    static func command(
        _ arguments: [String], in folder: Folder, environment: [String: String] = [:]
    ) async throws -> (status: Int32, text: String) {
        let (pid, log) = try spawn(in: folder, environment, arguments)
        let status = try await ServeProcess(pid: pid, folder: folder, url: "").wait(.seconds(120))
        return (status, folder.text(of: log))
    }

    /// Sends a signal, waits for the end, and gives the exit status; 128 and the number where a
    /// signal ended it.
    @discardableResult
    func end(by signal: Int32 = SIGTERM, within limit: Duration = .seconds(60)) async throws
        -> Int32
    {
        kill(pid, signal)
        return try await wait(limit)
    }

    private func wait(_ limit: Duration) async throws -> Int32 {
        let end = ContinuousClock.now + limit
        var status: Int32 = 0
        while waitpid(pid, &status, WNOHANG) == 0 {
            guard ContinuousClock.now < end else {
                kill(pid, SIGKILL)
                waitpid(pid, nil, 0)
                throw NotInTime(description: "pawl does not end: \(log)")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// The signature of a body.
    static func signature(_ body: [UInt8], _ secret: String = secret) -> String {
        let key = SymmetricKey(data: Array(secret.utf8))
        let digits = HMAC<SHA256>.authenticationCode(for: body, using: key).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return "sha256=" + digits.joined()
    }

    /// Sends an event as GitHub does; gives the status.
    func deliver(
        _ body: [UInt8], id: String, event: String = "workflow_run", by client: LoopbackClient
    ) async throws -> Int {
        try await client.send(
            "POST", "\(url)/webhooks/github",
            headers: [
                ("Content-Type", "application/json"), ("X-GitHub-Event", event),
                ("X-GitHub-Delivery", id), ("X-Hub-Signature-256", Self.signature(body)),
            ], body: body
        ).status
    }

    /// Reads from the API; gives status and text.
    func ask(_ path: String, by client: LoopbackClient) async throws -> (status: Int, text: String)
    {
        try await ask("GET", path, by: client)
    }

    /// Asks the API; gives status and text.
    func ask(
        _ method: String, _ path: String, _ body: String = "", token: String? = nil,
        by client: LoopbackClient
    ) async throws -> (status: Int, text: String) {
        let answer = try await client.send(
            method, url + path, headers: token.map { [("Authorization", "Bearer \($0)")] } ?? [],
            body: Array(body.utf8))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }
}

/// Waits until something holds.
func eventually(
    _ what: String, within limit: Duration = .seconds(60), _ holds: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !holds() {
        guard ContinuousClock.now < end else { throw NotInTime(description: what) }
        try await Task.sleep(for: .milliseconds(10))
    }
}
