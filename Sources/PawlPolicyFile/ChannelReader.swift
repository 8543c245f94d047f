import PawlCore
import PawlYAML

/// Reads one channel.
struct ChannelReader {
    let entry: Node.Entry
    let host: Policy.Host
    /// The names of all channels of the file, as they are written.
    let names: [String]
    /// Whether the file says where a ledger is.
    let hasLedger: Bool

    /// The channel with the place of each of its images; `nil` after a complaint.
    func read(_ review: inout Review) -> (channel: Channel, imageMarks: [Mark])? {
        let name = Text(value: entry.key, mark: entry.keyMark).read(&review) {
            text throws(Channel.Name.Malformed) in try Channel.Name(text)
        }
        guard
            let reader = SectionReader(
                entry.value, as: ChannelKeys.section, at: entry.keyMark, &review)
        else { return nil }
        let images = ImagesReader.read(reader, &review)
        let from = reader.value(ChannelKeys.from, &review) { text throws(TagPattern.Malformed) in
            try TagPattern(text)
        }
        let to =
            reader.has(ChannelKeys.to)
            ? reader.value(ChannelKeys.to, &review) { text throws(MalformedTag) in
                guard let tag = try? Tag(text) else { throw MalformedTag() }
                return tag
            } : name.flatMap { try? Tag($0.text) }
        let build = build(in: reader, &review)
        let gates = GatesReader.read(reader, channels: names, &review)
        let forward = forward(in: reader, &review)
        let hooks = HooksReader(images: images.map(\.image.target), host: host)
            .read(reader, hasLedger: hasLedger, &review)
        guard let name, let from, let to, !images.isEmpty else { return nil }
        let channel = Channel(
            name: name, images: images.map(\.image), from: from, to: to, build: build,
            gates: gates, forward: forward, hooks: hooks)
        return (channel, images.map(\.mark))
    }

    private func build(in reader: SectionReader, _ review: inout Review) -> WorkflowName? {
        if host == .github, !reader.has(ChannelKeys.build) {
            review.refuse(
                "build is missing", at: entry.keyMark,
                advice: "Add `\(ChannelKeys.build.example)`: the workflow that publishes the "
                    + "source tags.")
        }
        return reader.workflow(ChannelKeys.build, &review)
    }

    private func forward(in reader: SectionReader, _ review: inout Review) -> ForwardRules {
        let usual = ForwardRules()
        guard let node = reader.node(ChannelKeys.forward, &review),
            let rules = SectionReader(node, as: ForwardKeys.section, at: node.mark, &review)
        else { return usual }
        let unlabelled = rules.word(
            ForwardKeys.unlabelled, &review, byDefault: usual.unlabelled)
        if unlabelled == .accept {
            review.warn(
                "unlabelled: accept lets an image that names no commit be overwritten",
                at: rules.mark(of: ForwardKeys.unlabelled) ?? node.mark,
                advice: "Set it back to reject after the first promotion.")
        }
        return ForwardRules(
            label: rules.text(ForwardKeys.label, &review)?.value ?? usual.label,
            unlabelled: unlabelled,
            behind: rules.word(ForwardKeys.behind, &review, byDefault: usual.behind),
            movedByOthers: rules.word(
                ForwardKeys.movedByOthers, &review, byDefault: usual.movedByOthers))
    }
}

extension SectionReader {
    /// A workflow by path, file name or, with a warning, display name.
    func workflow(_ key: Key, _ review: inout Review) -> WorkflowName? {
        guard let text = text(key, &review) else { return nil }
        let workflow = WorkflowName(text.value)
        let path = text.value.split(separator: "/", omittingEmptySubsequences: false)
        guard
            !workflow.isFile || path.count == 1
                || path.count == 3 && path[0] == ".github" && path[1] == "workflows"
        else {
            review.refuse(
                "\(key.name): \(quoted(text.value)) is no path of a workflow", at: text.mark,
                advice: "Workflows are in .github/workflows; its file name is enough.")
            return nil
        }
        if !workflow.isFile {
            review.warn(
                "\(key.name): \(quoted(text.value)) is a workflow's display name, which may change "
                    + "and need not be unique",
                at: text.mark, advice: "Name its file, like `\(key.example)`.")
        }
        return workflow
    }
}
