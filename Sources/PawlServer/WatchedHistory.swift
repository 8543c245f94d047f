import PawlCore
import PawlPorts
import Synchronization

/// A history that notes the newest page of a branch's log, and whether the host answered: what was
/// asked for a look serves the page that people see.
final class WatchedHistory: History {
    private struct State {
        var newest: CommitGraph?
        var failure: PortFailure?
        var wasAsked = false
    }

    private let history: any History
    private let state = Mutex(State())

    init(_ history: any History) { self.history = history }

    /// The newest page that was read.
    var newest: CommitGraph? { state.withLock { $0.newest } }

    /// What is wrong with the host, as far as its newest answer tells.
    var trouble: String? {
        state.withLock { state in
            guard state.wasAsked else { return "It was not asked yet." }
            return state.failure.map { "It could not be read: \($0.detail)." }
        }
    }

    /// Notes another answer of the host.
    func note(_ failure: PortFailure?) {
        state.withLock { state in
            state.wasAsked = true
            state.failure = failure
        }
    }

    func log(of branch: BranchName) async throws(PortFailure) -> CommitGraph {
        do throws(PortFailure) {
            let graph = try await history.log(of: branch)
            state.withLock { $0.newest = graph }
            note(nil)
            return graph
        } catch {
            note(error)
            throw error
        }
    }

    func ancestry(
        of commit: CommitID, from base: CommitID
    ) async throws(PortFailure) -> Ancestry {
        try await history.ancestry(of: commit, from: base)
    }

    func position(
        of commit: CommitID, on branch: BranchName
    ) async throws(PortFailure) -> Facts.Position {
        try await history.position(of: commit, on: branch)
    }

    func resolve(_ name: CommitName) async throws(PortFailure) -> CommitID? {
        try await history.resolve(name)
    }

    func changes(
        from base: CommitID, to commit: CommitID
    ) async throws(PortFailure) -> ChangedFiles {
        try await history.changes(from: base, to: commit)
    }

    func file(at path: String, of commit: CommitID) async throws(PortFailure) -> [UInt8]? {
        try await history.file(at: path, of: commit)
    }
}
