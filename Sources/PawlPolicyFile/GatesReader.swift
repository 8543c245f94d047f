import PawlCore
import PawlYAML

/// Reads `gates:`.
enum GatesReader {
    private static let kinds = [WorkflowGateKeys.workflow, CheckGateKeys.check, AgeGateKeys.age]

    /// Events whose runs are for a commit of the branch itself. A pull request's never are: their
    /// branch is another.
    private static let eventsThatCanCount = [
        "push", "schedule", "workflow_dispatch", "merge_group", "release", "create", "deployment",
        "deployment_status", "registry_package", "dynamic",
    ]
    /// Runs of these events bear the branch tip's id whatever they tested (GitHub, "Events that
    /// trigger workflows").
    private static let eventsOfTheTip = ["workflow_run", "repository_dispatch"]

    /// What makes two gates the same one.
    private struct Identity: Hashable {
        let kind: String
        let name: String
        let part: String?
    }

    /// The gates that could be read, in the file's order. `channels` are the names of all channels
    /// of the file.
    static func read(
        _ reader: SectionReader, channels: [String], _ review: inout Review
    ) -> [Gate] {
        var gates: [Gate] = []
        var lines: [Identity: Int] = [:]
        for node in reader.list(ChannelKeys.gates, &review) ?? [] {
            guard let gate = gate(node, channels, &review) else { continue }
            if let line = lines.updateValue(node.mark.line, forKey: identity(of: gate)) {
                review.refuse(
                    "the gate \(quoted(gate.name)) stands twice, in lines \(line) and "
                        + "\(node.mark.line)",
                    at: node.mark, advice: "Keep one of them.")
            }
            gates.append(gate)
        }
        return gates
    }

    private static func identity(of gate: Gate) -> Identity {
        switch gate {
        case .workflow(let gate):
            Identity(kind: "workflow", name: gate.workflow.text, part: gate.job)
        case .check(let name, let app): Identity(kind: "check", name: name, part: app)
        case .age: Identity(kind: "age", name: "", part: nil)
        }
    }

    private static func gate(
        _ node: Node, _ channels: [String], _ review: inout Review
    ) -> Gate? {
        let advice =
            "Write one of " + kinds.map { "`- \($0.example)`" }.joined(separator: ", ") + "."
        guard case .mapping(let entries) = node.content else {
            review.refuse(
                "expected a gate as a mapping of keys, found \(node.kind)", at: node.mark,
                advice: advice)
            return nil
        }
        let found = kinds.filter { kind in entries.contains { $0.key == kind.name } }
        guard found.count == 1, let kind = found.first else {
            return refuseKind(entries, found: found, at: node.mark, advice: advice, &review)
        }
        switch kind {
        case WorkflowGateKeys.workflow: return workflowGate(node, &review)
        case CheckGateKeys.check: return checkGate(node, channels, &review)
        default:
            let reader = SectionReader(node, as: AgeGateKeys.section, at: node.mark, &review)
            return reader?.value(AgeGateKeys.age, &review, read: DurationText.read).map(Gate.age)
        }
    }

    private static func refuseKind(
        _ entries: [Node.Entry], found: [Key], at mark: Mark, advice: String,
        _ review: inout Review
    ) -> Gate? {
        guard found.isEmpty else {
            let names = found.map(\.name).joined(separator: " and ")
            review.refuse(
                "a gate with \(names)", at: mark,
                advice: "Make a gate of each: every `- ` of the list is one gate.")
            return nil
        }
        let names = kinds.map(\.name)
        for entry in entries {
            guard let nearest = nearestWord(to: entry.key, among: names) else { continue }
            review.refuse(
                "unknown key \(quoted(entry.key)); did you mean \"\(nearest)\"?",
                at: entry.keyMark)
            return nil
        }
        review.refuse("a gate without \(alternatives(names))", at: mark, advice: advice)
        return nil
    }

    private static func workflowGate(_ node: Node, _ review: inout Review) -> Gate? {
        let keys = WorkflowGateKeys.section
        guard let reader = SectionReader(node, as: keys, at: node.mark, &review) else { return nil }
        let workflow = reader.workflow(WorkflowGateKeys.workflow, &review)
        let absent = reader.word(
            WorkflowGateKeys.absent, &review, byDefault: WorkflowGate.Absent.proven)
        let cancelled = reader.word(
            WorkflowGateKeys.cancelled, &review, byDefault: WorkflowGate.Cancelled.hold)
        let events = events(in: reader, &review)
        let job = reader.text(WorkflowGateKeys.job, &review)?.value
        return workflow.map {
            .workflow(
                WorkflowGate(
                    workflow: $0, absent: absent, cancelled: cancelled, events: events, job: job))
        }
    }

    private static func checkGate(
        _ node: Node, _ channels: [String], _ review: inout Review
    ) -> Gate? {
        let keys = CheckGateKeys.section
        guard let reader = SectionReader(node, as: keys, at: node.mark, &review) else { return nil }
        let name = reader.text(CheckGateKeys.check, &review)
        if let name, channels.contains(where: { name.value == "pawl/\($0)" }) {
            review.refuse(
                "check: \(quoted(name.value)) is the status that Pawl itself reports",
                at: name.mark,
                advice: "Name what the channel waits for; it cannot wait for Pawl's own verdict.")
        }
        let app = reader.text(CheckGateKeys.app, &review)?.value
        return name.map { .check(name: $0.value, app: app) }
    }

    private static func events(in reader: SectionReader, _ review: inout Review) -> [String] {
        guard reader.has(WorkflowGateKeys.events) else { return WorkflowGate.usualEvents }
        var events: [String] = []
        for node in reader.list(WorkflowGateKeys.events, &review) ?? [] {
            guard let event = Text(node, of: WorkflowGateKeys.events, &review) else { continue }
            if eventsOfTheTip.contains(event.value) {
                review.refuse(
                    "runs of \(event.value) bear the branch tip's id, whatever they tested",
                    at: event.mark,
                    advice: "Report a commit status on the tested commit from that workflow, and "
                        + "name it as a `check:` gate.")
            } else if !eventsThatCanCount.contains(event.value) {
                let nearest = nearestWord(to: event.value, among: eventsThatCanCount)
                review.refuse(
                    "runs of \(quoted(event.value)) never count for a commit of the branch",
                    at: event.mark,
                    advice: nearest.map { "Did you mean \($0)?" }
                        ?? "Use one of \(eventsThatCanCount.joined(separator: ", ")).")
            } else if events.contains(event.value) {
                review.refuse("the event \(event.value) stands twice", at: event.mark)
            } else {
                events.append(event.value)
            }
        }
        return events
    }
}
