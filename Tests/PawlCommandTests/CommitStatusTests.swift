import PawlLoopback
import Testing

@Suite("The verdict beside the commit")
struct CommitStatusTests {
    private static let commits = ActionWorld.commits
    private static let wanted: [String: String?] = ["PAWL_COMMIT_STATUS": "true"]

    @Test("success, pending and failure, with the foremost reason, under pawl/CHANNEL")
    func states() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            let promoted = try await world.pawl(["promote", Self.commits[1], "--commit-status"])
            #expect(promoted.status == 0, "\(promoted)")
            let first = world.github.statuses(at: Self.commits[1]).last
            #expect(first?.context == "pawl/latest")
            #expect(first?.state == "success")
            #expect(first?.description == "promoted")

            world.built(Self.commits[2])
            world.github.run(ActionWorld.gate, at: Self.commits[2], status: "in_progress")
            _ = try await world.pawl(["promote", Self.commits[2]], Self.wanted)
            let second = world.github.statuses(at: Self.commits[2]).last
            #expect(second?.state == "pending")
            #expect(second?.description?.hasPrefix("gate-running: ") == true)

            world.built(Self.commits[3])
            world.github.run(ActionWorld.gate, at: Self.commits[3], conclusion: "failure")
            let red = try await world.pawl(["promote", Self.commits[3], "--commit-status"])
            #expect(red.status == 1, "\(red)")
            let third = world.github.statuses(at: Self.commits[3]).last
            #expect(third?.state == "failure")
            #expect(third?.description?.hasPrefix("gate-failed: ") == true)
        }
    }

    @Test("the action shows it with a link to the run, of the look that followed too")
    func action() async throws {
        try await ActionWorld.with { world in
            let red = world.built(Self.commits[1])
            world.github.run(ActionWorld.gate, at: Self.commits[1], conclusion: "failure")
            world.built(Self.commits[2])
            let step = try await world.step(after: red, Self.wanted)
            #expect(step.status == 0, "\(step)")
            let own = world.github.statuses(at: Self.commits[1]).last
            #expect(own?.state == "failure")
            #expect(own?.link == "https://github.example/acme/platform/actions/runs/77")
            #expect(world.github.statuses(at: Self.commits[2]).last?.state == "success")
        }
    }

    @Test("a status that cannot be set is a warning, and changes neither verdict nor exit status")
    func denied() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            world.github.revoke("statuses: write")
            let ran = try await world.pawl(["promote", Self.commits[1], "--commit-status"])
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.stdout.hasPrefix("promoted  latest"), "\(ran)")
            #expect(
                ran.stderr.contains("warning: the status pawl/latest of 2a2a2a2 was not set"),
                "\(ran)")
            #expect(ran.stderr.contains("statuses: write"), "\(ran)")
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))
        }
    }

    @Test("a dry run sets none, nor does whoever did not ask for it")
    func none() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            _ = try await world.pawl(["promote", Self.commits[1], "--dry-run", "--commit-status"])
            _ = try await world.pawl(["explain", Self.commits[1]], Self.wanted)
            _ = try await world.pawl(["promote", Self.commits[1]])
            #expect(world.github.statuses(at: Self.commits[1]).isEmpty)
            let wrong = try await world.pawl(["promote"], ["PAWL_COMMIT_STATUS": "yes"])
            #expect(wrong.status == 2, "\(wrong)")
        }
    }

    @Test("without a code host there is nowhere to show it")
    func noHost() async throws {
        try await ActionWorld.with { world in
            try world.folder.write(
                try world.policy().replacing("repository: acme/platform", with: "host: git"),
                to: "pawl.yaml")
            let ran = try await world.pawl(["promote", Self.commits[1], "--commit-status"])
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.stderr.contains("nowhere to show"), "\(ran)")
        }
    }
}
