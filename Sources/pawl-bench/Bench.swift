import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Measures `pawl` and, beside it, what others do with the same images: `pawl-bench [--runs N]
/// [--pawl PATH]`, and
/// `pawl-bench serve` for the server (`ServeFigures`). JSON lines go to stdout, a table to stderr.
@main
struct Bench {
    struct Failed: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private let runs: Int
    private let pawl: String

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            if arguments.first == PeakMemory.word {
                try PeakMemory.measure(
                    Array(arguments.dropFirst()),
                    environment: ProcessInfo.processInfo.environment)
            } else if arguments.first == "serve" {
                let figures = try ServeFigures(Array(arguments.dropFirst()))
                try await ServeWorld.run { world in try await figures.measure(world) }
            } else {
                let bench = try Bench(arguments)
                try await Rig.run { rig in try await bench.measure(rig) }
            }
        } catch {
            Report().say("pawl-bench: \(error)")
            exit(1)
        }
    }

    private init(_ arguments: [String]) throws {
        var (runs, pawl) = (5, Files.beside("pawl"))
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Failed("\(option) needs a value") }
            switch option {
            case "--runs":
                guard let number = Int(value), number > 0 else { throw Failed("--runs N") }
                runs = number
            case "--pawl": pawl = value
            default: throw Failed("unknown option \(option)")
            }
        }
        guard Files.isThere(pawl) else {
            throw Failed("there is no \(pawl): build the product pawl, or name it with --pawl")
        }
        guard Files.program("docker-registry") != nil else {
            throw Failed("docker-registry is not on PATH (Debian: docker-registry)")
        }
        (self.runs, self.pawl) = (runs, pawl)
    }

    private func measure(_ rig: Rig) async throws {
        var report = Report()
        let programs = ProgramFigures(folder: rig.folder)
        report.add(try await programs.startUp("pawl", pawl, atMost: 15))
        for name in ["skopeo", "gh"] {
            guard let program = Files.program(name) else { continue }
            report.add(try await programs.startUp(name, program))
        }
        if let size = try await programs.strippedSize(of: pawl) { report.add(size) }
        for figure in try MicroFigures.all() { report.add(figure) }
        for figure in try await LedgerFigures(folder: rig.folder).all() { report.add(figure) }

        for figure in try await CopyJobs(rig: rig, pawl: pawl).figures(runs: runs) {
            report.add(figure)
        }

        let jobs = PawlJobs(rig: rig, pawl: pawl)
        for group in [
            ImageGroup(.single, 2), ImageGroup(.index, 1), ImageGroup(.index, 3),
            ImageGroup(.annotated, 3), ImageGroup(.index, 10), ImageGroup(.index, 50),
        ] {
            try await group.push(to: rig)
            let promotion = try jobs.promotion(of: group, Self.targets(of: group))
            for row in try await promotion.rows(rig, runs: runs) { report.add(row) }
            guard group.shape == .index, group.count == 3 else { continue }
            try await more(of: group, jobs, rig, &report)
        }
    }

    /// Everything else is measured with three indexes: settled runs, looks, memory, others.
    private func more(
        of group: ImageGroup, _ jobs: PawlJobs, _ rig: Rig, _ report: inout Report
    ) async throws {
        // Probe and token, and two for each image.
        let settled = Row.Targets(registryRequests: 2 + 2 * group.count)
        // The ledger's own: two to read it, two for each of two entries. It knows where the target
        // is, which saves more requests to the registry than reading the moved tags back costs.
        let recorded = Row.Targets(
            registryRequests: 32, hostRequests: 3 + 6, trips: 7 + 4)
        let all = [
            try jobs.recordedPromotion(of: group, recorded),
            try jobs.settled(group, isLook: false, settled),
            try jobs.settled(group, isLook: true, settled), try jobs.look(of: group),
        ]
        for job in all {
            for row in try await job.rows(rig, runs: runs) { report.add(row) }
        }
        report.add(try await jobs.peakMemory(of: group, runs: runs))

        let peers = PeerJobs(rig: rig)
        let others: [(name: String, jobs: (String) -> [Job])] = [
            ("skopeo", { peers.skopeo($0, group) }), ("crane", { peers.crane($0, group) }),
            ("gh", { [peers.gh($0)] }),
        ]
        for (name, jobs) in others {
            guard let program = Files.program(name) else {
                report.say("\(name) is not on PATH: left out")
                continue
            }
            for job in jobs(program) {
                do {
                    for row in try await job.rows(rig, runs: runs) { report.add(row) }
                } catch let failed as Failed {
                    report.say("\(job.subject): left out: \(failed)")
                }
            }
        }
    }

    /// The most that a promotion should cost: what can be reached with one probe, one token, and
    /// no question asked twice.
    private static func targets(of group: ImageGroup) -> Row.Targets {
        switch (group.shape, group.count) {
        case (.index, 3):
            .init(wall: 500, registryRequests: 32, hostRequests: 3, trips: 7, chain: 7)
        case (.annotated, 3):
            .init(registryRequests: 14, hostRequests: 3, trips: 5, chain: 5)
        case (.single, 2): .init(wall: 450, hostRequests: 3)
        // Nothing grows with the number of images but the requests.
        case (.index, let count):
            .init(registryRequests: 2 + 10 * count, hostRequests: 3, trips: 7)
        default: .init(hostRequests: 3)
        }
    }
}
