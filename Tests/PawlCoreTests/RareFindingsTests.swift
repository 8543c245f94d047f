import PawlCore
import PawlTesting
import Testing

@Suite("Findings that are rare")
struct RareFindingsTests {
    private func active(_ judging: inout Judging, _ workflow: String) {
        judging.facts.workflows[WorkflowName(workflow)] = .seen(.active)
    }

    @Test("a build that is switched off and has no run holds")
    func inactiveBuild() {
        var judging = Judging()
        judging.facts.runs = .seen([Judging.run(Judging.gate, .success)])
        active(&judging, Judging.build)
        #expect(judging.line == "promote")
        judging.facts.workflows[WorkflowName(Judging.build)] = .seen(.inactive("disabled_manually"))
        #expect(judging.line == "hold (gate-inactive)")
    }

    @Test("an age cannot be counted without a successful build")
    func noAge() {
        var judging = Judging(gates: [.age(.seconds(60))])
        #expect(judging.line == "promote")
        judging.facts.runs = .seen([])
        active(&judging, Judging.build)
        #expect(judging.line == "hold (gate-young)")
    }

    @Test("a source that is missing after a build that gave no verdict holds")
    func cancelledBuild() {
        var judging = Judging()
        judging.facts.runs = .seen([
            Judging.run(Judging.build, .cancelled), Judging.run(Judging.gate, .success),
        ])
        judging.facts.images[0].source = .absent
        #expect(judging.line.hasPrefix("hold ("))
        #expect(judging.decided().verdict.reasons.contains { $0.code == .buildAbsent })
    }

    @Test("a display name does not say which file could prove that no run was due")
    func noFile() throws {
        var judging = Judging()
        judging.facts.runs = .seen([Judging.run(Judging.build, .success)])
        active(&judging, Judging.gate)
        guard case .workflow(let gate)? = judging.channel.gates.first else { return }
        var absence = Absence(path: nil)
        absence.origin = .seen(.live(.named("live")))
        judging.facts.absences[gate] = absence
        #expect(judging.line == "hold (gate-absent)")
        let reason = try #require(judging.decided().verdict.reasons.first)
        #expect(reason.advice == "Name the gate by its file in the policy.")
    }

    @Test("three words are notes beside a verdict")
    func notes() {
        #expect(ReasonCode.allCases.filter(\.isNote) == [.groupHealed, .adopted, .hookFailed])
    }
}
