import PawlCore
import Testing

@Suite("States of runs, in the host's words")
struct RunStateTests {
    static let conclusions: [(String, RunState)] = [
        ("success", .success), ("failure", .failure), ("timed_out", .timedOut),
        ("startup_failure", .startupFailure), ("cancelled", .cancelled), ("skipped", .skipped),
        ("neutral", .neutral), ("stale", .stale), ("action_required", .actionRequired),
    ]
    static let statuses: [(String, RunState)] = [
        ("queued", .queued), ("requested", .requested), ("waiting", .waiting),
        ("pending", .pending), ("in_progress", .inProgress),
    ]

    @Test("a conclusion counts on a completed run", arguments: conclusions)
    func conclusion(word: String, state: RunState) {
        #expect(RunState(status: "completed", conclusion: word) == state)
        #expect(RunState(word: word) == state)
        #expect("\(state)" == word)
    }

    @Test("a run that is not completed has no conclusion, whatever stands there")
    func status() {
        for (word, state) in Self.statuses {
            #expect(RunState(status: word, conclusion: nil) == state)
            #expect(RunState(status: word, conclusion: "success") == state)
            #expect(RunState(word: word) == state)
            #expect("\(state)" == word)
        }
    }

    @Test("known words are exactly these")
    func known() {
        #expect(Set(RunState.words) == Set((Self.conclusions + Self.statuses).map(\.0)))
        #expect(Set(RunState.known) == Set((Self.conclusions + Self.statuses).map(\.1)))
    }

    @Test(
        "a word of another case, another kind or tomorrow is kept, and is not a success",
        arguments: ["SUCCESS", "Success", " success", "success ", "", "passed", "green", "queued"])
    func unknownConclusion(word: String) {
        #expect(RunState(status: "completed", conclusion: word) == .unknown(word))
    }

    @Test("a status of another case or tomorrow is kept", arguments: ["COMPLETED", "", "done"])
    func unknownStatus(word: String) {
        #expect(RunState(status: word, conclusion: "success") == .unknown(word))
        #expect("\(RunState(status: word, conclusion: "success"))" == word)
    }

    @Test("a pair with a hole is no success")
    func holes() {
        for (status, conclusion) in [("completed", nil), (nil, "success"), (nil, nil)]
            as [(String?, String?)]
        {
            guard case .unknown = RunState(status: status, conclusion: conclusion) else {
                Issue.record("\(status ?? "-") \(conclusion ?? "-") was taken for a known state")
                continue
            }
        }
        #expect(RunState(word: "SUCCESS") == .unknown("SUCCESS"))
    }
}
