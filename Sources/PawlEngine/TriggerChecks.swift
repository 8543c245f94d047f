package import PawlCore

/// A workflow file of the repository, as far as it was read.
package struct WorkflowFileFacts: Hashable, Sendable {
    /// From the repository's root.
    package let path: String
    /// What starts it.
    package let triggers: Fact<WorkflowTriggers>
    /// Whether one of its steps runs Pawl.
    package let runsPawl: Bool

    /// What is known of one file.
    package init(path: String, triggers: Fact<WorkflowTriggers>, runsPawl: Bool) {
        self.path = path
        self.triggers = triggers
        self.runsPawl = runsPawl
    }

    /// What `workflow_run` triggers call it: its name, or its path where it has none.
    var displayName: String { triggers.value?.name ?? path }
}

/// Whether the workflow that runs Pawl would learn of everything that a channel waits for. Nothing
/// else brings an event back that no trigger names.
package func triggerChecks(of channel: Channel, in files: [WorkflowFileFacts]) -> [LiveCheck] {
    let promoting = files.filter(\.runsPawl)
    guard !promoting.isEmpty else { return [] }
    var listed: [String] = []
    for file in promoting {
        guard case .seen(let triggers) = file.triggers else {
            return [unread(file)]
        }
        listed += triggers.workflowRuns
    }
    let names = promoting.map(\.path).joined(separator: ", ")
    var checks = channel.workflows.map { workflow -> LiveCheck in
        let file = files.first { workflow.names(path: $0.path, displayName: $0.displayName) }
        let name = file?.displayName ?? workflow.text
        let subject = "trigger for \(workflow)"
        guard listed.contains(name) else {
            return LiveCheck(
                subject: subject,
                result: .wrong(
                    "\(names) does not start when \"\(name)\" ends",
                    advice: "Add \"\(name)\" to workflow_run: workflows: there."))
        }
        return LiveCheck(subject: subject, result: .fine("\(names) starts when it ends"))
    }
    let isWaiting = channel.gates.contains { gate in
        if case .workflow = gate { false } else { true }
    }
    if isWaiting {
        let isScheduled = promoting.contains { $0.triggers.value?.hasSchedule == true }
        checks.append(
            LiveCheck(
                subject: "schedule for \(channel.name)",
                result: isScheduled
                    ? .fine("\(names) has one")
                    : .wrong(
                        "\(names) has no schedule:, and no event brings an age or check gate back",
                        advice: "Add a schedule: there.")))
    }
    return checks
}

private func unread(_ file: WorkflowFileFacts) -> LiveCheck {
    let subject = "triggers of \(file.path)"
    if case .unreadable(let failure) = file.triggers {
        return LiveCheck(subject: subject, result: .unreadable(failure))
    }
    return LiveCheck(
        subject: subject, result: .wrong("the file is empty", advice: "Write its triggers."))
}
