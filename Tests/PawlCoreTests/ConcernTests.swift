import PawlCore
import PawlTesting
import Testing

@Suite("Rule 1: whether an event concerns a channel")
struct ConcernTests {
    private let judging = Judging(gates: [Judging.e2e(), .check(name: "scan", app: nil)])

    private func concern(_ observation: Observation) -> Concern {
        PawlCore.concern(of: observation, for: judging.channel, under: judging.policy)
    }

    private func ended(
        _ workflow: String = Judging.gate, in repository: String = "acme/app",
        _ change: (inout GateRun) -> Void = { _ in }
    ) -> Observation {
        var run = Judging.run(workflow, .success)
        change(&run)
        return .runEnded(run, repository: wellFormed { try CodeRepository(repository) })
    }

    private func code(_ observation: Observation) -> ReasonCode? {
        if case .none(let reason) = concern(observation) { reason.code } else { nil }
    }

    @Test("the success of the build or of a gate proposes its commit")
    func concerned() {
        #expect(concern(ended(Judging.build)) == .candidate(Judging.commit))
        #expect(concern(ended(Judging.gate)) == .candidate(Judging.commit))
        #expect(concern(ended(in: "Acme/App")) == .candidate(Judging.commit))
    }

    @Test("every other conclusion is not green")
    func notGreen() {
        for state in RunState.known + [.unknown("evaporated")] where state != .success {
            #expect(code(ended { $0.state = state }) == .upstreamNotGreen)
        }
    }

    @Test("another workflow, repository, branch or a fork is not concerned")
    func others() {
        #expect(code(ended("lint.yml")) == .notConcerned)
        #expect(code(ended(in: "acme/other")) == .notConcerned)
        #expect(code(ended(in: "other/app")) == .notConcerned)
        #expect(code(ended { $0.branch = "feature" }) == .otherBranch)
        #expect(code(ended { $0.branch = nil }) == .otherBranch)
        #expect(code(ended { $0.headRepositoryID = 2 }) == .fromFork)
        #expect(code(ended { $0.headRepositoryID = nil }) == .fromFork)
    }

    @Test("a fork's red run on a foreign branch is called a fork's: the first word that fits")
    func order() {
        #expect(
            code(
                ended("lint.yml") {
                    $0.headRepositoryID = 2
                    $0.branch = "feature"
                    $0.state = .failure
                }) == .fromFork)
    }

    @Test("a run that only changed is not green yet")
    func changed() {
        let run = Judging.run(Judging.gate, .inProgress)
        #expect(
            code(.runChanged(run, repository: judging.policy.repository)) == .upstreamNotGreen)
    }

    @Test("a dispatch is a look, but only of this repository")
    func dispatched() {
        let own = judging.policy.repository
        let other = wellFormed { try CodeRepository("acme/other") }
        #expect(concern(.dispatched(sha: nil, reason: nil, repository: own)) == .look)
        #expect(code(.dispatched(sha: nil, reason: nil, repository: other)) == .notConcerned)
    }

    @Test("any other event is a look")
    func other() {
        #expect(concern(.other("schedule")) == .look)
        #expect(concern(.other("")) == .look)
    }

    @Test("every reason to ignore says something, with advice")
    func reasons() {
        for observation in [
            ended("lint.yml"), ended(in: "acme/other"), ended { $0.branch = nil },
            ended { $0.headRepositoryID = 2 }, ended { $0.state = .failure },
        ] {
            guard case .none(let reason) = concern(observation) else {
                Issue.record("\(observation) concerns the channel")
                continue
            }
            #expect(reason.text.hasSuffix("."))
            #expect(!reason.advice.isEmpty)
        }
    }
}
