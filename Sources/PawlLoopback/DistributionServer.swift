import FoundationEssentials
import Subprocess
import SystemPackage

/// Debian's `docker-registry` (distribution 2.8) on a free port, in memory or in a folder.
package struct DistributionServer: Sendable {
    /// `http://127.0.0.1:PORT`.
    package let url: String
    /// `127.0.0.1:PORT`.
    package var host: String { String(url.dropFirst(7)) }

    /// A program that did not do what was asked of it.
    package struct Failed: Error, CustomStringConvertible {
        /// The program and its words.
        package let description: String
    }

    /// A folder for configuration that is removed after the body.
    package static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "pawl-registry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }

    /// Runs a server while the body runs. `authentication` is the `auth:` part of its file; what is
    /// pushed is kept in the folder `storage` if one is named.
    package static func run(
        in folder: String, authentication: String = "", storage: String? = nil,
        _ body: @escaping @Sendable (DistributionServer) async throws -> Void
    ) async throws {
        let file = "\(folder)/config.yml"
        let driver = storage.map { "filesystem: {rootdirectory: \"\($0)\"}" } ?? "inmemory: {}"
        try write(
            """
            version: 0.1
            log: {level: info, accesslog: {disabled: true}}
            storage: {\(driver)}
            http: {addr: "127.0.0.1:0", secret: a-secret-of-the-test}
            \(authentication)
            """, to: file)
        _ = try await Subprocess.run(
            .name("docker-registry"), arguments: ["serve", file], input: .none,
            output: .discarded, error: .sequence
        ) { process in
            let (ports, told) = AsyncStream.makeStream(of: String.self)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                // Its log must be read to the end, or the server stops when the pipe is full.
                tasks.addTask {
                    for try await line in process.standardError.strings() {
                        if let address = listeningAddress(in: line) { told.yield(address) }
                    }
                    told.finish()
                }
                var addresses = ports.makeAsyncIterator()
                let address = await addresses.next()
                var failure: (any Error)?
                do {
                    guard let address else {
                        throw Failed(description: "docker-registry did not start")
                    }
                    try await body(DistributionServer(url: "http://\(address)"))
                } catch {
                    failure = error
                }
                try? process.send(signal: .terminate)
                try await tasks.waitForAll()
                if let failure { throw failure }
            }
        }
    }

    private static func listeningAddress(in line: String) -> String? {
        guard let mark = line.firstRange(of: "listening on ") else { return nil }
        return String(line[mark.upperBound...].prefix { !"\" ,".contains($0) })
    }

    /// Writes a file.
    package static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    /// Reads a file.
    package static func read(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    /// A tool's standard output, to the byte.
    package static func output(of tool: String, _ arguments: [String]) async throws -> [UInt8] {
        let result = try await Subprocess.run(
            .name(tool), arguments: Arguments(arguments), output: .bytes(limit: 1 << 24),
            error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            throw Failed(description: "\(tool) \(arguments): \(result.standardError)")
        }
        return result.standardOutput
    }
}

extension DistributionServer {
    /// Another process holds the lock of a file (`flock`) while the body runs with its id.
    package static func holdingLock(
        _ path: String, _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        _ = try await Subprocess.run(
            .name("flock"),
            arguments: ["--no-fork", path, "sh", "-c", "echo held; exec sleep 600"],
            input: .none, output: .sequence, error: .discarded
        ) { process in
            var failure: (any Error)?
            do {
                for try await _ in process.standardOutput.strings() { break }
                try await body("\(process.processIdentifier.value)")
            } catch let error {
                failure = error
            }
            try process.send(signal: .terminate)
            if let failure { throw failure }
        }
    }
}
