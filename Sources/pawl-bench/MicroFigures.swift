import PawlCore
import PawlPolicyFile
import PawlTesting

/// What the pure part costs, in this process.
enum MicroFigures {
    private static let rounds = 5
    private static let callsCount = 10_000

    static func all() throws -> [Figure] {
        let text = ImageGroup(.index, 3).policy(registry: "ghcr.io", authHost: "ghcr.io")
        let bytes = Array(text.utf8)
        let (policy, _) = try PolicyFile.read(
            bytes, name: "pawl.yaml", repositoryDefault: nil, environment: { _ in nil })
        guard let channel = policy.channels.first else { throw Bench.Failed("no channel") }
        let candidate = Candidate(channel: channel, commit: Rig.newer)
        let facts = facts(of: channel)
        guard case .promote = decide(candidate, given: facts, under: policy).verdict else {
            throw Bench.Failed("the facts of the benchmark do not promote")
        }
        return [
            try perCall("decide, 3 images and 1 gate") {
                decide(candidate, given: facts, under: policy).findings.count
            },
            try perCall("reading pawl.yaml, \(bytes.count) bytes") {
                try PolicyFile.read(
                    bytes, name: "pawl.yaml", repositoryDefault: nil, environment: { _ in nil }
                ).policy.channels.count
            },
        ]
    }

    private static func facts(of channel: Channel) -> Facts {
        let now = Instant(millisecondsSinceEpoch: 1_775_044_800_000)
        var facts = Facts(now: now, images: channel.images)
        facts.position = .seen(.onBranch)
        facts.runs = .seen(
            ["publish-image.yml", "e2e.yml"].enumerated().map { index, file in
                GateRun(
                    id: Int64(index + 1), path: ".github/workflows/\(file)", commit: Rig.newer,
                    branch: "main", event: "push", repositoryID: 1, headRepositoryID: 1,
                    state: .success, createdAt: now, updatedAt: now)
            })
        for index in facts.images.indices {
            facts.images[index].source = .seen(.named("source \(index)"))
            facts.images[index].sourceRevision = .seen(.says(Rig.newer.hex))
            facts.images[index].target = .seen(.named("target \(index)"))
            facts.images[index].targetRevision = .seen(.says(Rig.older.hex))
            facts.images[index].live = .seen(Rig.older)
            facts.images[index].ancestry = .seen(.ahead)
        }
        return facts
    }

    private static func perCall(
        _ subject: String, _ work: () throws -> Int
    ) throws -> Figure {
        var values: [Double] = []
        for _ in 0..<rounds {
            var sum = 0
            let begin = ContinuousClock.now
            for _ in 0..<callsCount { sum += try work() }
            let spent = ContinuousClock.now - begin
            // The sum is looked at, so that the work cannot be left out.
            guard sum > 0 else { throw Bench.Failed("\(subject): nothing was done") }
            values.append(spent.inMilliseconds * 1000 / Double(callsCount))
        }
        return Figure(name: "time per call", subject: subject, unit: "us", values: values)
    }
}
