import PawlCore
import PawlLoopback

/// What others do with the same images on the same servers. None of them does all of the job: no
/// program but `pawl` looks at what it is about to overwrite.
struct PeerJobs: Sendable {
    let rig: Rig

    /// `skopeo copy --all`, which moves and checks nothing.
    func skopeo(_ program: String, _ group: ImageGroup) -> [Job] {
        let commands = group.paths.map { path in
            let image = "docker://\(rig.registry.host)/\(path)"
            return [
                program, "copy", "--all", "--quiet", "--insecure-policy", "--authfile",
                "\(rig.folder)/config.json", "--src-tls-verify=false", "--dest-tls-verify=false",
                "\(image):staging-\(Rig.newer.short)", "\(image):latest",
            ]
        }
        return [
            job("skopeo copy --all, \(group.words) in a row", group, rows: commands.map { [$0] }),
            job("skopeo copy --all, \(group.words) at once", group, rows: [commands]),
        ]
    }

    /// The calls of a hand-written promotion job: all sources there, what the first image is live
    /// at, then the tags.
    func crane(_ program: String, _ group: ImageGroup) -> [Job] {
        let images = group.paths.map { "\(rig.registry.host)/\($0)" }
        let source = "staging-\(Rig.newer.short)"
        let checks = images.map { [program, "digest", "--insecure", "\($0):\(source)"] }
        let live = [[program, "config", "--insecure", "\(images[0]):latest"]]
        let tags = images.map { [program, "tag", "--insecure", "\($0):\(source)", "latest"] }
        return [
            job(
                "crane digest, config, tag, \(group.words) in a row", group,
                rows: (checks + live + tags).map { [$0] }),
            job(
                "crane digest, config, tag, \(group.words) at once", group,
                rows: [checks, live, tags]),
        ]
    }

    /// The questions of such a job to the host: the gate's newest run, and which commit is ahead.
    /// `gh` speaks plain HTTP to `github.localhost` alone, and finds it through a proxy.
    func gh(_ program: String) -> Job {
        let environment = [
            "HOME": rig.folder, "PATH": "/usr/bin:/bin", "GH_CONFIG_DIR": rig.folder,
            "GH_HOST": "github.localhost", "GH_TOKEN": Rig.hostToken,
            "GH_ENTERPRISE_TOKEN": Rig.hostToken, "GH_NO_UPDATE_NOTIFIER": "1",
            "HTTP_PROXY": rig.host.url,
        ]
        let commands = [
            [
                program, "run", "list", "--repo", "github.localhost/\(Rig.repository)",
                "--workflow", "e2e.yml", "--branch", "main", "--commit", Rig.newer.hex, "--limit",
                "1", "--json", "status,conclusion",
            ],
            [
                program, "api",
                "repos/\(Rig.repository)/compare/\(Rig.older.hex)...\(Rig.newer.hex)", "--jq",
                ".status",
            ],
        ]
        return Job(
            subject: "gh run list and gh api compare, in a row",
            run: { try await run(commands.map { [$0] }, environment) })
    }

    private func job(_ subject: String, _ group: ImageGroup, rows: [[[String]]]) -> Job {
        Job(
            subject: subject, prepare: { try await group.moveBack(rig) },
            run: { try await run(rows, rig.environment) },
            expect: { try await group.expectMoved(rig) })
    }

    /// Rows of commands: those of one row at once, the rows one after another.
    private func run(
        _ rows: [[[String]]], _ environment: [String: String]
    ) async throws -> Spent {
        let begin = ContinuousClock.now
        var cpu = Duration.zero
        for row in rows {
            cpu += try await withThrowingTaskGroup(of: Duration.self) { group in
                for command in row {
                    group.addTask { try await self.run(command, environment) }
                }
                return try await group.reduce(.zero, +)
            }
        }
        return Spent(wall: ContinuousClock.now - begin, cpu: cpu)
    }

    /// The CPU time of one command.
    private func run(
        _ command: [String], _ environment: [String: String]
    ) async throws -> Duration {
        let child = Child(program: command[0], environment: environment, folder: rig.folder)
        let ended = try await child.run(Array(command.dropFirst()))
        guard ended.status == 0 else {
            throw Bench.Failed("\(command.joined(separator: " ")): \(ended.diagnostics)")
        }
        return ended.spent.cpu
    }
}
