import FoundationEssentials
import PawlCore
import PawlLoopback

/// What is measured of `pawl`, the whole process each time.
struct PawlJobs: Sendable {
    let rig: Rig
    let pawl: String

    private struct Result: Decodable {
        struct Requests: Decodable {
            let registry: Int
            let host: Int
        }
        let verdict: String
        let promoted: Bool
        let requests: Requests
    }

    /// A promotion of a group to the branch's tip, by an explicit commit.
    func promotion(of group: ImageGroup, _ targets: Row.Targets = .init()) throws -> Job {
        let arguments = ["promote", Rig.newer.hex] + (try options(group))
        return Job(
            subject: "pawl promote, \(group.words)", targets: targets,
            prepare: { try await group.moveBack(rig) },
            run: { try await run(arguments, verdict: "promote", promoted: true) },
            expect: { try await group.expectMoved(rig) })
    }

    /// The same promotion with its entries in a git ledger at the host. Each run finds a ledger
    /// with one entry: what is live.
    func recordedPromotion(of group: ImageGroup, _ targets: Row.Targets) throws -> Job {
        let options = try options(group) + ["--ledger", "git"]
        return Job(
            subject: "pawl promote, \(group.words), ledger git", targets: targets,
            prepare: {
                try await group.moveBack(rig)
                rig.github.ref("refs/pawl/latest", at: nil)
                let child = Child(program: pawl, environment: rig.environment, folder: rig.folder)
                let ended = try await child.run(["adopt"] + options)
                guard ended.status == 0 else {
                    throw Bench.Failed("pawl adopt: \(ended.output)\(ended.diagnostics)")
                }
            },
            run: {
                try await run(
                    ["promote", Rig.newer.hex] + options, verdict: "promote", promoted: true)
            },
            expect: { try await group.expectMoved(rig) })
    }

    /// A look that finds the tip and promotes it.
    func look(of group: ImageGroup) throws -> Job {
        let arguments = ["promote"] + (try options(group))
        return Job(
            subject: "pawl promote, a look that promotes \(group.words)",
            prepare: { try await group.moveBack(rig) },
            run: { try await run(arguments, verdict: "promote", promoted: true) },
            expect: { try await group.expectMoved(rig) })
    }

    /// The same again: nothing is left to do. The group must have been promoted.
    func settled(
        _ group: ImageGroup, isLook: Bool, _ targets: Row.Targets = .init()
    ) throws -> Job {
        let arguments = ["promote"] + (isLook ? [] : [Rig.newer.hex]) + (try options(group))
        return Job(
            subject: "pawl promote, " + (isLook ? "a look, " : "") + "\(group.words) in place",
            targets: targets,
            run: { try await run(arguments, verdict: "settled", promoted: nil) },
            expect: {
                guard !rig.registry.requests.contains(where: { $0.hasPrefix("PUT") }) else {
                    throw Bench.Failed("a run with nothing to do wrote to the registry")
                }
            })
    }

    /// What the system counts as the process's largest resident set.
    func peakMemory(of group: ImageGroup, runs: Int) async throws -> Figure {
        var values: [Double] = []
        let arguments = [pawl, "promote", Rig.newer.hex] + (try options(group))
        for _ in 0..<runs {
            try await group.moveBack(rig)
            values.append(
                try await PeakMemory.inMiB(
                    of: arguments, environment: rig.environment, folder: rig.folder))
        }
        return Figure(
            name: "peak memory", subject: "pawl promote, \(group.words)", unit: "MiB",
            values: values, atMost: 40)
    }

    private func options(_ group: ImageGroup) throws -> [String] {
        let file = "\(rig.folder)/\(group.shape)-\(group.count).yaml"
        try Files.write(
            group.policy(registry: rig.registry.host, authHost: rig.tokens.host), to: file)
        return ["--config", file, "--json"]
    }

    /// Runs it, and holds what it says of itself against what the proxies saw.
    private func run(
        _ arguments: [String], verdict: String, promoted: Bool?
    ) async throws -> Spent {
        let child = Child(program: pawl, environment: rig.environment, folder: rig.folder)
        let ended = try await child.run(arguments)
        let said = try? JSONDecoder().decode(Result.self, from: Data(ended.output.utf8))
        guard ended.status == 0, let said, said.verdict == verdict,
            promoted.map({ $0 == said.promoted }) ?? true
        else {
            throw Bench.Failed(
                "pawl \(arguments.joined(separator: " ")) ended with \(ended.status): "
                    + ended.output + ended.diagnostics)
        }
        guard said.requests.registry == rig.registryRequests,
            said.requests.host == rig.hostRequests
        else {
            throw Bench.Failed(
                "pawl counted \(said.requests.registry) and \(said.requests.host) requests, the "
                    + "proxies \(rig.registryRequests) and \(rig.hostRequests)")
        }
        return ended.spent
    }
}
