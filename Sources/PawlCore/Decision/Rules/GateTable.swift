// Rule 5, the table: each word of the host is its own row.

/// The build and a gate differ in nothing but the words for red and unfinished.
enum GateWords {
    case build, gate

    var failed: ReasonCode { self == .build ? .buildFailed : .gateFailed }
    var running: ReasonCode { self == .build ? .buildRunning : .gateRunning }
}

func judgement(
    of state: RunState, subject: String, words: GateWords, cancelled: WorkflowGate.Cancelled
) -> Finding.Judgement {
    switch state {
    case .success:
        .pass
    case .failure, .timedOut, .startupFailure:
        .reject(Reason(words.failed, subject, "\(subject) ended in \(state)."))
    case .cancelled:
        switch cancelled {
        case .hold:
            .hold(
                Reason(.gateCancelled, subject, "\(subject) was cancelled, which proves nothing."))
        case .reject:
            .reject(
                Reason(
                    .gateCancelled, subject,
                    "\(subject) was cancelled, which the policy takes for red.",
                    advice: "Run it again for this commit."))
        }
    case .skipped, .neutral, .stale, .actionRequired:
        .hold(
            Reason(.gateSkipped, subject, "\(subject) ended in \(state), which is no verdict."))
    case .queued, .requested, .waiting, .pending, .inProgress:
        .hold(Reason(words.running, subject, "\(subject) is \(state)."))
    case .unknown(let word):
        .reject(
            Reason(
                .gateUnknown, subject,
                "\(subject) is in a state that Pawl does not know: \(word)."))
    }
}
