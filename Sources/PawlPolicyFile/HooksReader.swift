import PawlCore
import PawlYAML

/// Reads `after:`.
struct HooksReader {
    /// The images of the channel whose tags move.
    let images: [Repository]
    let host: Policy.Host

    private static let kinds = [DispatchKeys.dispatch, WebhookKeys.webhook]
    /// Own choice: a shorter key is guessed from one signed message.
    private static let secretBytesMin = 16

    /// The hooks that could be read, in the file's order.
    func read(
        _ reader: SectionReader, hasLedger: Bool, _ review: inout Review
    ) -> [Hook] {
        var hooks: [Hook] = []
        var lines: [Hook: Int] = [:]
        for node in reader.list(ChannelKeys.after, &review) ?? [] {
            guard let hook = hook(node, &review) else { continue }
            if let line = lines.updateValue(node.mark.line, forKey: hook) {
                review.refuse(
                    "the same hook stands twice, in lines \(line) and \(node.mark.line)",
                    at: node.mark, advice: "Keep one of them.")
            }
            hooks.append(hook)
        }
        if !hooks.isEmpty, !hasLedger {
            review.warn(
                "after: hooks are told from a ledger's entries, and the policy names no ledger",
                at: reader.mark(of: ChannelKeys.after) ?? .start,
                advice: "Add `\(PolicyKeys.ledger.example)`, or name one with --ledger; nobody is "
                    + "told without one.")
        }
        return hooks
    }

    private func hook(_ node: Node, _ review: inout Review) -> Hook? {
        let examples = alternatives(Self.kinds.map { "`- \($0.example)`" })
        guard case .mapping(let entries) = node.content else {
            review.refuse(
                "expected a hook as a mapping of keys, found \(node.kind)", at: node.mark,
                advice: "Write \(examples).")
            return nil
        }
        let found = Self.kinds.filter { kind in entries.contains { $0.key == kind.name } }
        switch found {
        case [DispatchKeys.dispatch]: return dispatch(node, &review)
        case [WebhookKeys.webhook]: return webhook(node, &review)
        case []:
            let near = entries.lazy.compactMap { entry in
                nearestWord(to: entry.key, among: Self.kinds.map(\.name)).map { (entry, $0) }
            }.first
            if let (entry, nearest) = near {
                review.refuse(
                    "unknown key \(quoted(entry.key)); did you mean \"\(nearest)\"?",
                    at: entry.keyMark)
            } else {
                review.refuse(
                    "a hook without dispatch or webhook", at: node.mark,
                    advice: "Write \(examples).")
            }
        default:
            review.refuse(
                "a hook with dispatch and webhook", at: node.mark,
                advice: "Make a hook of each: every `- ` of the list is one hook.")
        }
        return nil
    }

    private func dispatch(_ node: Node, _ review: inout Review) -> Hook? {
        let keys = DispatchKeys.section
        guard let reader = SectionReader(node, as: keys, at: node.mark, &review) else { return nil }
        if host == .git {
            review.refuse(
                "dispatch: with host: git there is no code host that could start a workflow",
                at: reader.mark(of: DispatchKeys.dispatch) ?? node.mark,
                advice: "Tell a webhook instead.")
        }
        let inputs = inputs(in: reader, &review)
        guard let text = reader.text(DispatchKeys.dispatch, &review) else { return nil }
        guard WorkflowName(text.value).isFile else {
            review.refuse(
                "dispatch: \(quoted(text.value)) is not a workflow's file", at: text.mark,
                advice: "Write it like `\(DispatchKeys.dispatch.example)`.")
            return nil
        }
        return reader.workflow(DispatchKeys.dispatch, &review).map {
            .dispatch($0, inputs: inputs)
        }
    }

    private func inputs(in reader: SectionReader, _ review: inout Review) -> [Hook.Input] {
        guard reader.has(DispatchKeys.inputs) else { return [] }
        let entries = reader.entries(of: DispatchKeys.inputs, &review) ?? []
        if entries.count > Limits.hookInputsMax {
            review.refuse(
                "inputs: \(entries.count) inputs; a dispatch takes at most "
                    + "\(Limits.hookInputsMax)",
                at: entries[Limits.hookInputsMax].keyMark,
                advice: "Let one input hold several values.")
        }
        return entries.compactMap { entry in
            guard let text = Text(entry.value, of: DispatchKeys.inputs, &review),
                let template = template(text, &review)
            else { return nil }
            return Hook.Input(name: entry.key, template: template)
        }
    }

    /// The text with every image in it named in full, as entries name it.
    private func template(_ text: Text, _ review: inout Review) -> String? {
        var template = ""
        var rest = text.value[...]
        var isWhole = true
        while let open = rest.firstIndex(of: "{") {
            let close = rest[open...].firstIndex(of: "}") ?? rest.index(before: rest.endIndex)
            let placeholder = placeholder(String(rest[open...close]), at: text.mark, &review)
            isWhole = isWhole && placeholder != nil
            template += rest[..<open] + (placeholder ?? "")
            rest = rest[close...].dropFirst()
        }
        return isWhole ? template + rest : nil
    }

    private func placeholder(
        _ found: String, at mark: Mark, _ review: inout Review
    ) -> String? {
        let known = ["{sha}", "{short_sha}", "{tag}", "{entry}"]
        if known.contains(found) { return found }
        guard found.hasPrefix("{digest:"), found.hasSuffix("}") else {
            review.refuse(
                "inputs: \(quoted(found)) is no placeholder", at: mark,
                advice: "Use \(alternatives(known + ["{digest:IMAGE}"])).")
            return nil
        }
        let name = String(found.dropFirst("{digest:".count).dropLast())
        guard let image = try? Repository(name), images.contains(image) else {
            // Without images there is a complaint about that already.
            guard !images.isEmpty else { return nil }
            let nearest = nearestWord(to: name, among: images.map { "\($0)" })
            review.refuse(
                "inputs: \(quoted(found)) names no image of the channel"
                    + (nearest.map { "; did you mean \"{digest:\($0)}\"?" } ?? ""),
                at: mark,
                advice: nearest == nil ? "Name one as `images:` does, without a tag." : nil)
            return nil
        }
        return "{digest:\(image)}"
    }

    private func webhook(_ node: Node, _ review: inout Review) -> Hook? {
        let keys = WebhookKeys.section
        guard let reader = SectionReader(node, as: keys, at: node.mark, &review) else { return nil }
        guard !isLeft(reader, &review) else { return nil }
        var address = reader.text(WebhookKeys.webhook, &review)
        if let text = address, let problem = Address.problem(in: text.value) {
            review.refuse("webhook: " + problem.what, at: text.mark, advice: problem.advice)
            address = nil
        }
        let secret = secret(in: reader, &review)
        return address.map { .webhook(Secret($0.value), secret: secret) }
    }

    /// Whether a run that tells no hook reads the channel without this one.
    private func isLeft(_ reader: SectionReader, _ review: inout Review) -> Bool {
        guard review.circumstances.lackingHook != .refused else { return false }
        for key in [WebhookKeys.webhook, WebhookKeys.secret] where reader.has(key) {
            guard let node = reader.node(key, &review), case .scalar(let text, _) = node.content,
                let name = Variables.lacking(in: text, review)
            else { continue }
            if review.circumstances.lackingHook == .warned {
                review.warn(
                    "the environment variable \(name) is not set", at: node.mark,
                    advice: "Set it where Pawl moves tags; nobody is told without it.")
            }
            return true
        }
        return false
    }

    private func secret(in reader: SectionReader, _ review: inout Review) -> Secret? {
        guard let written = reader.node(WebhookKeys.secret, &review) else { return nil }
        if case .scalar(let text, _) = written.content, !text.contains("${") {
            review.refuse(
                "the secret is written out in the file", at: written.mark,
                advice: "Write `\(WebhookKeys.secret.example)`, set the variable where Pawl runs, "
                    + "and choose a new secret.")
            return nil
        }
        guard let secret = reader.text(WebhookKeys.secret, &review) else { return nil }
        if secret.value.utf8.count < Self.secretBytesMin {
            review.warn(
                "the secret has fewer than \(Self.secretBytesMin) bytes", at: secret.mark,
                advice: "Choose a longer one.")
        }
        return Secret(secret.value)
    }
}
