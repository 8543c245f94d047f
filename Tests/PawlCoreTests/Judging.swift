import PawlCore
import PawlTesting

/// A candidate with facts that promote it; a test spoils what it is about.
struct Judging {
    static let commit = CommitID.named("candidate")
    static let build = "publish-image.yml"
    static let gate = "e2e.yml"

    var channel: Channel
    var policy: Policy
    var facts: Facts
    var override: Override?

    init(
        images: [String] = ["app", "worker"], gates: [Gate] = [Self.e2e()],
        forward: ForwardRules = ForwardRules()
    ) {
        channel = Channel(
            name: wellFormed { try Channel.Name("latest") },
            images: images.map { name in
                let repository = wellFormed { try Repository("ghcr.io/acme/\(name)") }
                return Channel.Image(target: repository, source: repository)
            },
            from: wellFormed { try TagPattern("staging-{short_sha}") },
            to: wellFormed { try Tag("latest") }, build: WorkflowName(Self.build), gates: gates,
            forward: forward)
        policy = Policy(
            repository: wellFormed { try CodeRepository("acme/app") }, host: .github,
            branch: wellFormed { try BranchName("main") }, channels: [channel])
        facts = Facts(now: Instant(millisecondsSinceEpoch: 10_000_000), images: channel.images)
        facts.position = .seen(.onBranch)
        facts.runs = .seen([Self.run(Self.build, .success), Self.run(Self.gate, .success)])
        for index in facts.images.indices {
            facts.images[index].source = .seen(Self.source(index))
            facts.images[index].sourceRevision = .seen(.says(Self.commit.hex))
            facts.images[index].target = .seen(Self.target(index))
            facts.images[index].targetRevision = .seen(.says(CommitID.named("live").hex))
            facts.images[index].live = .seen(.named("live"))
            facts.images[index].ancestry = .seen(.ahead)
        }
    }

    static func e2e(
        _ absent: WorkflowGate.Absent = .proven, cancelled: WorkflowGate.Cancelled = .hold,
        job: String? = nil
    ) -> Gate {
        .workflow(
            WorkflowGate(
                workflow: WorkflowName(gate), absent: absent, cancelled: cancelled, job: job))
    }

    static func source(_ image: Int) -> Digest { .named("source \(image)") }
    static func target(_ image: Int) -> Digest { .named("target \(image)") }

    static func run(
        _ workflow: String, _ state: RunState, id: Int64? = nil, created: Int64 = 1000
    ) -> GateRun {
        GateRun(
            id: id ?? (workflow == build ? 1 : 2), path: ".github/workflows/\(workflow)",
            commit: commit, branch: "main", event: "push", repositoryID: 1, headRepositoryID: 1,
            state: state, createdAt: Instant(millisecondsSinceEpoch: created),
            updatedAt: Instant(millisecondsSinceEpoch: created))
    }

    var candidate: Candidate {
        Candidate(channel: channel, commit: Self.commit, override: override)
    }

    /// The verdict now.
    func decided() -> Decision { decide(candidate, given: facts, under: policy) }

    /// The verdict and the reasons' words, as one line.
    var line: String {
        let verdict = decided().verdict
        let codes = verdict.reasons.map(\.code.rawValue).joined(separator: ", ")
        return verdict.word + (codes.isEmpty ? "" : " (\(codes))")
    }
}

extension Verdict {
    var word: String {
        switch self {
        case .promote: "promote"
        case .settled: "settled"
        case .hold: "hold"
        case .reject: "reject"
        case .ignore: "ignore"
        }
    }
}

let unread = PortFailure(code: .serverFailed, subject: "it", detail: "the server answered 502")
