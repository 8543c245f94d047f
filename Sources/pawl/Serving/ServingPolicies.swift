import PawlCore
import PawlPolicyFile
import PawlReport
import PawlServer
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The policy files of a server, read again when they change. What did not change keeps its world
/// and all that it remembers.
final class ServingPolicies: Sendable {
    /// What the system says of a file; another one means that it was written.
    private struct Stamp: Hashable, Sendable {
        var seconds = 0
        var nanoseconds = 0
        var bytes = 0
        var inode: UInt64 = 0

        init(of path: String) {
            var entry = stat()
            guard stat(path, &entry) == 0 else { return }
            seconds = entry.st_mtim.tv_sec
            nanoseconds = entry.st_mtim.tv_nsec
            bytes = Int(entry.st_size)
            inode = UInt64(entry.st_ino)
        }
    }

    private struct Loaded {
        let bytes: [UInt8]
        let served: Served
        let world: World
    }

    private struct State {
        var stamps: [String: Stamp] = [:]
        var loaded: [String: Loaded] = [:]
        var retired: [World] = []
    }

    private let files: [String]
    private let ledger: String?
    private let environment: [String: String]
    private let console: Console
    private let shelf = LedgerShelf()
    private let state = Mutex(State())

    init(
        files: [String], ledger: String?, environment: [String: String], console: Console
    ) {
        self.files = files
        self.ledger = ledger
        self.environment = environment
        self.console = console
    }

    /// Whether a file looks other than when it was read last.
    var haveChanged: Bool {
        let now = stamps()
        return state.withLock { $0.stamps != now }
    }

    private func stamps() -> [String: Stamp] {
        var stamps: [String: Stamp] = [:]
        for file in files { stamps[file] = Stamp(of: file) }
        return stamps
    }

    /// Reads every file. What is wrong with one keeps its last good policy.
    func read() async -> (served: [Served], complaints: [Board.Complaint]) {
        let stamps = stamps()
        state.withLock { $0.stamps = stamps }
        var served: [Served] = []
        var complaints: [Board.Complaint] = []
        for file in files {
            do throws(WrongUse) {
                served.append(try await read(file))
            } catch {
                let advice = error.advice.map { " \($0)" } ?? ""
                complaints.append(Board.Complaint(file: file, text: error.text + advice))
            }
        }
        return (served, complaints)
    }

    private func read(_ file: String) async throws(WrongUse) -> Served {
        let bytes: [UInt8]
        do throws(Files.Failure) {
            bytes = try Files.read(file, bytesMax: Limits.policyBytesMax)
        } catch {
            throw WrongUse("The policy file could not be read: \(error.text).")
        }
        if let loaded = state.withLock({ $0.loaded[file] }), loaded.bytes == bytes {
            return loaded.served
        }
        let policy = try policy(file, bytes)
        var environment = environment
        // Who moved a channel when no person did.
        environment["GITHUB_ACTOR"] = "pawl serve"
        let wiring = Wiring(
            policy: policy, environment: environment, console: console, shelf: shelf)
        let world = try await wiring.world(channels: policy.channels, for: .write)
        let served = try wiring.served(world, file: file)
        state.withLock { state in
            // A step under way may still use the world before.
            if let old = state.loaded[file] { state.retired.append(old.world) }
            state.loaded[file] = Loaded(bytes: bytes, served: served, world: world)
        }
        return served
    }

    private func policy(_ file: String, _ bytes: [UInt8]) throws(WrongUse) -> Policy {
        let read: (policy: Policy, warnings: [Complaint])
        do {
            read = try PolicyFile.read(
                bytes, name: file, repositoryDefault: environment["GITHUB_REPOSITORY"],
                environment: { [environment] in environment[$0] })
        } catch {
            throw WrongUse("\(error)")
        }
        for warning in read.warnings { console.note("warning: \(warning)") }
        guard read.policy.host == .github else {
            throw WrongUse(
                "\(file): a server needs a code host, and the policy has host: git.",
                advice: "Use pawl promote for this policy.")
        }
        let applied = try LedgerChoice.applied(ledger, environment, to: read.policy)
        guard applied.ledger == nil else { return applied }
        return Policy(
            repository: applied.repository, host: applied.host, branch: applied.branch,
            channels: applied.channels, registries: applied.registries,
            ledger: .sqlite(path: "pawl.db"))
    }

    /// Gives back everything that is held.
    func close() async {
        let worlds = state.withLock { state in
            defer { (state.loaded, state.retired) = ([:], []) }
            return state.loaded.values.map(\.world) + state.retired
        }
        for world in worlds { await world.shutdown() }
        shelf.close()
    }
}
