/// A moving tag on a group of images, with the rules for moving it. One-way.
package struct Channel: Hashable, Sendable {
    /// `[a-z0-9][a-z0-9-]{0,62}`: it becomes part of refs, addresses and output names.
    package struct Name: Hashable, Sendable, CustomStringConvertible {
        /// The text does not have the form.
        package struct Malformed: Error, Hashable, Sendable {}

        /// The checked name.
        package let text: String

        /// Reads a channel's name.
        package init(_ text: some StringProtocol) throws(Malformed) {
            guard let first = text.utf8.first, text.utf8.count <= 63,
                isDigit(first) || isLowercaseLetter(first),
                text.utf8.allSatisfy({
                    isDigit($0) || isLowercaseLetter($0) || $0 == UInt8(ascii: "-")
                })
            else { throw Malformed() }
            self.text = String(text)
        }

        /// The name.
        package var description: String { text }
    }

    /// One member of the group: where its tag moves, and where its source tags are.
    package struct Image: Hashable, Sendable {
        /// The repository whose tag moves.
        package let target: Repository
        /// The repository that has the source tags; the same one unless the policy says otherwise.
        package let source: Repository

        /// A member whose source tags are in `source`.
        package init(target: Repository, source: Repository) {
            self.target = target
            self.source = source
        }
    }

    /// Its name in the policy.
    package let name: Name
    /// At least one; no repository twice.
    package let images: [Image]
    /// How the source tags of a commit are named.
    package let from: TagPattern
    /// The tag that moves.
    package let to: Tag
    /// The workflow whose success publishes the source tags. `nil` only with `host: git`.
    package let build: WorkflowName?
    /// What must be green, in the order of the file.
    package let gates: [Gate]
    /// The rules for what is live.
    package let forward: ForwardRules
    /// Who is told of every move, in the order of the file. They are told from a ledger's entries.
    package let hooks: [Hook]

    /// Takes parts that a reader has checked.
    package init(
        name: Name, images: [Image], from: TagPattern, to: Tag, build: WorkflowName?,
        gates: [Gate] = [], forward: ForwardRules = ForwardRules(), hooks: [Hook] = []
    ) {
        self.name = name
        self.images = images
        self.from = from
        self.to = to
        self.build = build
        self.gates = gates
        self.forward = forward
        self.hooks = hooks
    }

    /// The workflows that concern this channel: its build and its gates.
    package var workflows: [WorkflowName] {
        (build.map { [$0] } ?? [])
            + gates.compactMap { if case .workflow(let gate) = $0 { gate.workflow } else { nil } }
    }
}

/// How a candidate is compared with what is live.
package struct ForwardRules: Hashable, Sendable {
    /// A target that says no revision.
    package enum Unlabelled: String, Hashable, Sendable, CaseIterable { case reject, accept }
    /// A candidate older than what is live.
    package enum Behind: String, Hashable, Sendable, CaseIterable { case reject, settle }
    /// A tag that somebody else moved; needs a ledger to be told.
    package enum MovedByOthers: String, Hashable, Sendable, CaseIterable { case hold, restore }

    /// The annotation or label that names an image's commit.
    package let label: String
    /// For targets only; a source without a revision is always refused.
    package let unlabelled: Unlabelled
    /// `settle` for busy branches, where late events are normal.
    package let behind: Behind
    /// What to do about drift.
    package let movedByOthers: MovedByOthers

    /// The defaults are the contract's.
    package init(
        label: String = "org.opencontainers.image.revision", unlabelled: Unlabelled = .reject,
        behind: Behind = .reject, movedByOthers: MovedByOthers = .hold
    ) {
        self.label = label
        self.unlabelled = unlabelled
        self.behind = behind
        self.movedByOthers = movedByOthers
    }
}
