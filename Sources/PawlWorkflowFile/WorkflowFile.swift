package import PawlCore
import PawlYAML

/// Reads workflow files (GitHub, "Workflow syntax").
package enum WorkflowFile {
    /// Only what says what starts the workflow is read. Elsewhere anchors, aliases and whatever
    /// else YAML allows are passed over.
    private static let rules = YAMLRules(
        bytesMax: Limits.workflowBytesMax, depthMax: Limits.workflowDepthMax, takesAnchors: true
    ) { path in
        switch (path.first, path.dropFirst().first) {
        case (nil, _), ("name", _), ("on", nil), ("on", "push"): true
        case ("on", "workflow_run"): path.count < 3 || path[2] == "workflows"
        default: false
        }
    }

    /// What starts the workflow whose file this is.
    ///
    /// - Throws: `garbled` for what is no workflow file, `tooLarge`, and `unsupported` for one that
    ///   GitHub would refuse or whose filters cannot be judged. Details begin with the place.
    package static func triggers(of bytes: [UInt8]) throws(PortFailure) -> WorkflowTriggers {
        let root: Node?
        do throws(YAMLFault) {
            root = try YAMLReader.document(in: bytes, under: rules)
        } catch {
            throw PortFailure(error)
        }
        guard let root, !root.isNull else { throw .garbled("the file is empty", at: .start) }
        guard case .mapping(let entries) = root.content else {
            throw .garbled("expected a mapping of keys, found \(root.kind)", at: root.mark)
        }
        guard let on = entries.first(where: { $0.key == "on" }) else {
            throw .garbled("there is no `on:`, so nothing starts it", at: root.mark)
        }
        let events = try events(of: on)
        return WorkflowTriggers(
            name: try entries.first { $0.key == "name" }.flatMap(name(of:)),
            push: try events.first { $0.name == "push" }.map { event throws(PortFailure) in
                try PushReader.trigger(of: event.value)
            } ?? .never,
            workflowRuns: try events.first { $0.name == "workflow_run" }.map {
                event throws(PortFailure) in try workflows(of: event.value)
            } ?? [],
            hasSchedule: events.contains { $0.name == "schedule" })
    }

    private struct Event {
        let name: String
        /// `nil` where the file gives the name alone.
        let value: Node?
    }

    private static func events(of on: Node.Entry) throws(PortFailure) -> [Event] {
        let items: [Node]
        switch on.value.content {
        case .mapping(let entries) where !entries.isEmpty:
            return entries.map { Event(name: $0.key, value: $0.value) }
        case .sequence(let nodes) where !nodes.isEmpty: items = nodes
        case .scalar where !on.value.isNull: items = [on.value]
        case .mapping, .sequence, .scalar, .unread:
            throw .garbled("`on:` names no event", at: on.keyMark)
        }
        var events: [Event] = []
        for item in items {
            guard case .scalar(let name, _) = item.content, !item.isNull else {
                throw .garbled("`on:`: expected an event's name, found \(item.kind)", at: item.mark)
            }
            events.append(Event(name: name, value: nil))
        }
        return events
    }

    private static func name(of entry: Node.Entry) throws(PortFailure) -> String? {
        guard case .scalar(let name, _) = entry.value.content else {
            throw .unsupported(
                "`name:` must be text, and is \(entry.value.kind)", at: entry.value.mark)
        }
        return entry.value.isNull || name.isEmpty ? nil : name
    }

    /// The display names under `workflow_run: workflows:`.
    private static func workflows(of node: Node?) throws(PortFailure) -> [String] {
        guard let node, !node.isNull else { return [] }
        guard case .mapping(let entries) = node.content else {
            throw .unsupported(
                "`workflow_run:` must be a mapping, and is \(node.kind)", at: node.mark)
        }
        guard let entry = entries.first(where: { $0.key == "workflows" }) else { return [] }
        return try entry.texts().map(\.text)
    }
}
