package import PawlCore
import Synchronization

/// A workflow that somebody asked for.
package struct GitHubDispatch: Hashable, Sendable {
    /// `deploy.yml`.
    package let file: String
    /// The branch.
    package let branch: String
    /// What was handed to it.
    package let inputs: [String: String]

    /// A dispatch by its parts.
    package init(file: String, branch: String, inputs: [String: String]) {
        self.file = file
        self.branch = branch
        self.inputs = inputs
    }
}

/// How a dispatch is answered, and the ones so far.
struct GitHubDispatching: Sendable {
    var answer = GitHubDouble.DispatchAnswer.details
    /// The server's clock, by which runs are created; `nil` for the double's own time.
    var now: (@Sendable () -> Instant)?
    /// How long lists do not show a run that was asked for.
    var delay = Duration.zero
    var dispatches: [GitHubDispatch] = []
}

extension GitHubDouble {
    /// What a server knows of dispatches.
    package enum DispatchAnswer: Hashable, Sendable, CaseIterable {
        /// It names the run where it is asked to, as GitHub does since 2026.
        case details
        /// It ignores the question and names no run.
        case bare
        /// It refuses the question, as an Enterprise Server does that does not know it.
        case refusesDetails
        /// It names no run, and never makes one.
        case swallows
    }

    /// Makes a workflow that can be dispatched with these inputs, and titles its runs by one.
    package func dispatchable(
        _ file: String, name: String? = nil, inputs: [String] = [], titledBy title: String? = nil
    ) {
        state.withLock { state in
            let id = state.workflow(file, name: name, word: "active").id
            guard let place = state.workflows.firstIndex(where: { $0.id == id }) else { return }
            state.workflows[place].dispatchInputs = inputs
            state.workflows[place].titleInput = title
        }
    }

    /// How dispatches are answered from now on; `delay` is how long lists do not show their runs,
    /// by the clock given.
    package func dispatching(
        _ answer: DispatchAnswer = .details, delay: Duration = .zero,
        now: (@Sendable () -> Instant)? = nil
    ) {
        state.withLock { state in
            state.dispatching.answer = answer
            state.dispatching.delay = delay
            state.dispatching.now = now ?? state.dispatching.now
        }
    }

    /// Every workflow that was asked for.
    package var dispatches: [GitHubDispatch] { state.withLock(\.dispatching.dispatches) }

    /// The statuses of a commit, oldest first.
    package func statuses(at sha: String) -> [GitHubStatus] {
        state.withLock { $0.statuses.filter { $0.sha == sha } }
    }
}

extension GitHubDouble.State {
    /// The runs that lists show already.
    var shownRuns: [GitHubRun] {
        guard let now = dispatching.now?() else { return runs }
        return runs.filter { $0.visibleAt.map { $0 <= now } ?? true }
    }
}
