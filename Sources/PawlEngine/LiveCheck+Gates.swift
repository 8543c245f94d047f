import PawlCore
import PawlPorts

// What the gates need beyond their runs: the permission to read checks, and a file that could prove
// an absence.

extension Engine {
    func check(_ gate: Gate, at tip: CommitID) async -> LiveCheck? {
        switch gate {
        case .age: nil
        case .check(let name, _): await checkReadable(name, at: tip)
        case .workflow(let gate): gate.absent == .proven ? await checkProof(gate, at: tip) : nil
        }
    }

    /// A check that has not reported on the tip is fine; one that cannot be read is not.
    private func checkReadable(_ name: String, at tip: CommitID) async -> LiveCheck {
        let subject = "check \(name)"
        let answer = await Fact.asking { try await ports.runs.checks(named: name, at: tip) }
        return switch answer {
        case .seen(let results):
            LiveCheck(
                subject: subject,
                result: .fine("\(results.count) reported on \(tip.short)"))
        case .absent: LiveCheck(subject: subject, result: .fine("nothing on \(tip.short)"))
        case .unreadable(let failure): LiveCheck(subject: subject, result: .unreadable(failure))
        }
    }

    /// Whether a commit that the gate leaves out could ever be proved to be one.
    private func checkProof(_ gate: WorkflowGate, at tip: CommitID) async -> LiveCheck {
        let subject = "absence of \(gate.workflow)"
        func wrong(_ text: String) -> LiveCheck {
            LiveCheck(
                subject: subject,
                result: .wrong(
                    text, advice: "Set absent: hold, or let the gate start on pushes by paths."))
        }
        guard let path = gate.workflow.filePath else {
            return wrong("the gate is not named by its file, so no absence can be proved")
        }
        let triggers = await Fact.asking {
            guard let bytes = try await ports.history.file(at: path, of: tip) else {
                return nil as WorkflowTriggers?
            }
            return try ports.workflows.triggers(bytes)
        }
        switch triggers {
        case .unreadable(let failure):
            return LiveCheck(subject: subject, result: .unreadable(failure))
        case .absent:
            return wrong("\(path) is not on \(policy.branch)")
        case .seen(let triggers):
            guard case .on(let branches, let paths) = triggers.push, branches.takes(policy.branch)
            else { return wrong("no push to \(policy.branch) starts it") }
            return LiveCheck(
                subject: subject,
                result: .fine(
                    paths == .all
                        ? "every push starts it: no run is never a pass"
                        : "can be proved by its filter (\(paths))"))
        }
    }
}
