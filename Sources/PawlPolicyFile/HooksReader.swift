import PawlCore
import PawlYAML

/// Checks `after:`. Hooks are sent from a ledger's entries; a policy without one only says that it
/// has some.
enum HooksReader {
    private static let placeholders = ["{sha}", "{short_sha}", "{tag}", "{entry}"]

    /// Own choice: a shorter key is guessed from one signed message.
    private static let secretBytesMin = 16

    /// Whether the channel lists hooks.
    static func check(_ reader: SectionReader, _ review: inout Review) -> Bool {
        guard let hooks = reader.list(ChannelKeys.after, &review) else { return false }
        for hook in hooks { check(hook, &review) }
        review.warn(
            "after: hooks are sent from a ledger; without one they are not sent",
            at: reader.mark(of: ChannelKeys.after) ?? .start)
        return true
    }

    private static func check(_ node: Node, _ review: inout Review) {
        let kinds = [DispatchKeys.dispatch, WebhookKeys.webhook]
        let examples = alternatives(kinds.map { "`- \($0.example)`" })
        guard case .mapping(let entries) = node.content else {
            review.refuse(
                "expected a hook as a mapping of keys, found \(node.kind)", at: node.mark,
                advice: "Write \(examples).")
            return
        }
        let found = kinds.filter { kind in entries.contains { $0.key == kind.name } }
        switch found {
        case [DispatchKeys.dispatch]: checkDispatch(node, &review)
        case [WebhookKeys.webhook]: checkWebhook(node, &review)
        case []:
            let near = entries.lazy.compactMap { entry in
                nearestWord(to: entry.key, among: kinds.map(\.name)).map { (entry, $0) }
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
    }

    private static func checkDispatch(_ node: Node, _ review: inout Review) {
        let keys = DispatchKeys.section
        guard let reader = SectionReader(node, as: keys, at: node.mark, &review) else { return }
        if let text = reader.text(DispatchKeys.dispatch, &review),
            !WorkflowName(text.value).isFile
        {
            review.refuse(
                "dispatch: \(quoted(text.value)) is not a workflow's file", at: text.mark,
                advice: "Write it like `\(DispatchKeys.dispatch.example)`.")
        }
        guard reader.has(DispatchKeys.inputs) else { return }
        for entry in reader.entries(of: DispatchKeys.inputs, &review) ?? [] {
            guard let text = Text(entry.value, of: DispatchKeys.inputs, &review) else { continue }
            checkPlaceholders(of: text, &review)
        }
    }

    private static func checkPlaceholders(of text: Text, _ review: inout Review) {
        var rest = text.value[...]
        while let open = rest.firstIndex(of: "{") {
            let close = rest[open...].firstIndex(of: "}") ?? rest.index(before: rest.endIndex)
            let found = String(rest[open...close])
            let isDigest = found.hasPrefix("{digest:") && found.hasSuffix("}")
            if !placeholders.contains(found), !isDigest {
                review.refuse(
                    "inputs: \(quoted(found)) is no placeholder", at: text.mark,
                    advice: "Use \(alternatives(placeholders + ["{digest:IMAGE}"])).")
            }
            rest = rest[close...].dropFirst()
        }
    }

    private static func checkWebhook(_ node: Node, _ review: inout Review) {
        let keys = WebhookKeys.section
        guard let reader = SectionReader(node, as: keys, at: node.mark, &review) else { return }
        if let address = reader.text(WebhookKeys.webhook, &review),
            let problem = Address.problem(in: address.value)
        {
            review.refuse("webhook: " + problem.what, at: address.mark, advice: problem.advice)
        }
        guard let written = reader.node(WebhookKeys.secret, &review) else { return }
        if case .scalar(let text, _) = written.content, !text.contains("${") {
            review.refuse(
                "the secret is written out in the file", at: written.mark,
                advice: "Write `\(WebhookKeys.secret.example)`, set the variable where Pawl runs, "
                    + "and choose a new secret.")
            return
        }
        guard let secret = reader.text(WebhookKeys.secret, &review) else { return }
        if secret.value.utf8.count < secretBytesMin {
            review.warn(
                "the secret has fewer than \(secretBytesMin) bytes", at: secret.mark,
                advice: "Choose a longer one.")
        }
    }
}
