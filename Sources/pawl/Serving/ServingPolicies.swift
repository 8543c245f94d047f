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
    }

    private struct State {
        var stamps: [String: Stamp] = [:]
        var loaded: [String: Loaded] = [:]
        /// Every world that is open, and those of them that nobody works in any more.
        var open: [Int: World] = [:]
        var left: Set<Int> = []
        var worldsMade = 0
    }

    /// The ledger of policies that name none.
    private static let usualLedger = LedgerAddress.sqlite(path: "pawl.db")

    private let files: [String]
    private let ledger: String?
    private let environment: [String: String]
    private let showsStatus: Bool
    private let console: Console
    private let shelf = LedgerShelf()
    private let state = Mutex(State())

    init(
        files: [String], ledger: String?, environment: [String: String], showsStatus: Bool,
        console: Console
    ) {
        self.files = files
        self.ledger = ledger
        self.environment = environment
        self.showsStatus = showsStatus
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
            throw WrongUse(
                "The policy file could not be read: \(error.text).",
                advice: "Give a readable file with --config.")
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
        let number = state.withLock { state in
            state.worldsMade += 1
            state.open[state.worldsMade] = world
            return state.worldsMade
        }
        let served = try wiring.served(
            world, file: file, showsStatus: showsStatus,
            lifetime: Lifetime { [weak self] in
                self?.state.withLock { _ = $0.left.insert(number) }
            })
        // What was served before ends outside the lock: its lifetime takes it.
        let before = state.withLock { state in
            defer { state.loaded[file] = Loaded(bytes: bytes, served: served) }
            return state.loaded[file]
        }
        withExtendedLifetime(before) {}
        return served
    }

    private func policy(_ file: String, _ bytes: [UInt8]) throws(WrongUse) -> Policy {
        let (policy, warnings) = try PolicySource.policy(
            in: bytes, of: file, ledger: ledger, usual: Self.usualLedger,
            environment: environment, lackingHook: .refused)
        for warning in warnings { console.note("warning: \(warning)") }
        guard policy.host == .github else {
            throw WrongUse(
                "\(file): a server needs a code host, and the policy has host: git.",
                advice: "Use pawl promote for this policy.")
        }
        return policy
    }

    /// Gives back what policies held that changed, once the last step with them has ended.
    func closeLeft() async {
        let worlds = state.withLock { state in
            defer { state.left = [] }
            return state.left.compactMap { state.open.removeValue(forKey: $0) }
        }
        for world in worlds { await world.shutdown() }
    }

    /// Gives back everything that is held.
    func close() async {
        let (worlds, loaded) = state.withLock { state in
            defer { (state.open, state.loaded) = ([:], [:]) }
            return (Array(state.open.values), state.loaded)
        }
        withExtendedLifetime(loaded) {}
        for world in worlds { await world.shutdown() }
        shelf.close()
    }
}
