/// The state of a run, check or job, in GitHub's words. Open: a word that Pawl does not know is
/// kept.
package enum RunState: Hashable, Sendable, CustomStringConvertible {
    case success
    case failure, timedOut, startupFailure
    case cancelled
    case skipped, neutral, stale, actionRequired
    case queued, requested, waiting, pending, inProgress
    case unknown(String)

    private static let unfinished: [(word: String, state: RunState)] = [
        ("queued", .queued), ("requested", .requested), ("waiting", .waiting),
        ("pending", .pending), ("in_progress", .inProgress),
    ]
    private static let finished: [(word: String, state: RunState)] = [
        ("success", .success), ("failure", .failure), ("timed_out", .timedOut),
        ("startup_failure", .startupFailure), ("cancelled", .cancelled), ("skipped", .skipped),
        ("neutral", .neutral), ("stale", .stale), ("action_required", .actionRequired),
    ]

    /// Every known state, for tables and tests.
    package static let known = (finished + unfinished).map(\.state)
    /// Every known word.
    package static let words = (finished + unfinished).map(\.word)

    /// Reads GitHub's pair. A conclusion counts only on a completed run; words are compared
    /// exactly.
    package init(status: String?, conclusion: String?) {
        guard let status else {
            self = .unknown("no status")
            return
        }
        guard status == "completed" else {
            self = Self.unfinished.first { $0.word == status }?.state ?? .unknown(status)
            return
        }
        guard let conclusion else {
            self = .unknown("completed without a conclusion")
            return
        }
        self = Self.finished.first { $0.word == conclusion }?.state ?? .unknown(conclusion)
    }

    /// Reads one word of either kind, as a person states it.
    package init(word: String) {
        self =
            (Self.finished + Self.unfinished).first { $0.word == word }?.state ?? .unknown(word)
    }

    /// GitHub's word.
    package var description: String {
        if case .unknown(let word) = self { return word }
        return (Self.finished + Self.unfinished).first { $0.state == self }?.word ?? ""
    }
}
