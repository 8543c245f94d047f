import PawlCore
import PawlGit
import PawlPorts
import Testing

@Suite("Gates may be stated where no host records them")
struct StatedRunsTests {
    private let commit: CommitID
    private let now = Instant(millisecondsSinceEpoch: 1_700_000_000_000)

    init() throws { commit = try CommitID(String(repeating: "a", count: 40)) }

    private func runs(_ statements: String...) throws -> StatedRuns {
        StatedRuns(
            try StatedGate.all(statements), at: .success(commit), on: try BranchName("main"),
            by: "ada", now: now)
    }

    @Test("a stated gate is a run of the commit that counts")
    func counts() async throws {
        let stated = try runs("e2e.yml=success", "End to end=failure")
        let found = try await stated.runs(at: commit)
        #expect(found.map(\.state) == [.success, .failure])
        #expect(found.allSatisfy { $0.isOwn && $0.commit == commit && $0.branch == "main" })
        #expect(found.allSatisfy { $0.statedBy == "ada" && $0.createdAt == now })
        #expect(Set(found.map(\.id)).count == 2)
        for (name, run) in zip(["e2e.yml", "End to end"], found) {
            #expect(WorkflowName(name).names(path: run.path, displayName: run.workflowName))
        }
        #expect(stated.actor == "ada")
    }

    @Test("what is not stated is absent: another gate, another commit")
    func absent() async throws {
        let stated = try runs("scan=success")
        let other = try CommitID(String(repeating: "b", count: 40))
        #expect(try await stated.runs(at: other) == [])
        #expect(try await stated.checks(named: "scan", at: other) == [])
        #expect(try await stated.checks(named: "lint", at: commit) == [])
        var scan = CheckResult(name: "scan", app: nil, state: .success, at: now)
        scan.statedBy = "ada"
        #expect(try await stated.checks(named: "scan", at: commit) == [scan])
        #expect(try await stated.state(of: WorkflowName("lint.yml")) == .active)
    }

    @Test("the runs of a workflow are what is stated of it, by the name that it is stated by")
    func runsOfWorkflow() async throws {
        let stated = try runs("e2e.yml=success", "End to end=failure")
        let all = try await stated.runs(at: commit)
        #expect(try await stated.runs(of: WorkflowName("e2e.yml"), since: nil) == [all[0]])
        #expect(try await stated.runs(of: WorkflowName("End to end"), since: now) == [all[1]])
        let later = now + .milliseconds(1)
        #expect(try await stated.runs(of: WorkflowName("e2e.yml"), since: later) == [])
        #expect(try await stated.runs(of: WorkflowName("lint.yml"), since: nil) == [])
        let none = StatedRuns(
            try StatedGate.all(["e2e.yml=success"]), at: .success(nil),
            on: try BranchName("main"), by: "ada", now: now)
        #expect(try await none.runs(of: WorkflowName("e2e.yml"), since: nil) == [])
    }

    @Test("a commit that could not be told leaves no stated gate absent: every question fails")
    func commitNotTold() async throws {
        let lost = PortFailure(
            code: .serverFailed, subject: "commit aaaaaaa", detail: "git was ended by a signal")
        let stated = StatedRuns(
            try StatedGate.all(["e2e.yml=failure"]), at: .failure(lost),
            on: try BranchName("main"), by: "ada", now: now)
        let failures = [
            await failure { () throws(PortFailure) in _ = try await stated.runs(at: commit) },
            await failure { () throws(PortFailure) in
                _ = try await stated.runs(of: WorkflowName("e2e.yml"), since: nil)
            },
            await failure { () throws(PortFailure) in
                _ = try await stated.checks(named: "e2e.yml", at: commit)
            },
        ]
        #expect(failures == [lost, lost, lost])
    }

    @Test("a stated gate has no jobs, and that is a failure, not an empty list")
    func jobs() async throws {
        let stated = try runs("e2e.yml=success")
        let run = try #require(try await stated.runs(at: commit).first)
        let failed = await failure { () throws(PortFailure) in _ = try await stated.jobs(of: run) }
        #expect(failed?.code == .unsupported)
        #expect(failed?.subject == "jobs of e2e.yml")
    }

    @Test("every known word can be stated", arguments: RunState.words)
    func words(word: String) throws {
        let gate = try StatedGate("a=b.yml=\(word)")
        #expect(gate.name == "a=b.yml")
        #expect(gate.state.description == word)
    }

    @Test(
        "anything else is refused in words",
        arguments: zip(
            [
                "e2e.yml", "=success", "e2e.yml=", "e2e.yml=green", "e2e.yml=Success",
                "a=\u{1B}[31m",
            ],
            [
                "\"e2e.yml\" is not NAME=STATE, like e2e.yml=success.",
                "\"=success\" names no gate; write NAME=STATE, like e2e.yml=success.",
                "\"\" is not a state of e2e.yml. The states are success, failure, timed_out,",
                "\"green\" is not a state of e2e.yml. The states are success,",
                "\"Success\" is not a state of e2e.yml. The states are success,",
                "\"[31m\" is not a state of a. The states are success,",
            ]))
    func malformed(text: String, words: String) {
        do {
            let gate = try StatedGate(text)
            Issue.record("\(gate) was read")
        } catch {
            #expect(error.description.hasPrefix(words))
        }
    }

    @Test("a gate is stated once")
    func twice() {
        #expect(throws: StatedGate.Malformed.self) {
            try StatedGate.all(["e2e.yml=success", "e2e.yml=failure"])
        }
    }
}
