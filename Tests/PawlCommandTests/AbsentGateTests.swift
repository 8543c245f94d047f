import PawlLoopback
import Testing

/// The default for a gate without a run, over GitHub's API: the gate's own workflow file and the
/// diff are read, and the proof is shown.
@Suite("An absent gate at a terminal")
struct AbsentGateTests {
    private static let commits = ActionWorld.commits
    private static let workflow = """
        name: E2E Staging SaaS
        on:
          push:
            branches: [main]
            paths: ["workspace/**", "!workspace/**.md"]
        jobs: {}
        """

    /// Four commits: the second changes documents, the third the server, the fourth documents.
    private func prepare(_ world: ActionWorld) throws {
        try world.folder.write(
            world.policy().replacing("absent: pass", with: "absent: proven"), to: "pawl.yaml")
        let gate = ".github/workflows/\(ActionWorld.gate)"
        let trees: [[String: String]] = [
            [gate: Self.workflow, "README.md": "1", "workspace/main.go": "1"],
            [gate: Self.workflow, "README.md": "2", "workspace/main.go": "1"],
            [gate: Self.workflow, "README.md": "2", "workspace/main.go": "3"],
            [gate: Self.workflow, "README.md": "4", "workspace/main.go": "3"],
        ]
        for (index, sha) in Self.commits.enumerated() {
            world.github.commit(
                sha, parents: index > 0 ? [Self.commits[index - 1]] : [], files: trees[index])
            world.built(sha)
        }
    }

    @Test("a commit that the filter provably leaves out goes, and explain shows the proof")
    func proven() async throws {
        try await ActionWorld.with { world in
            try prepare(world)
            let explained = try await world.pawl(["explain", Self.commits[1]])
            #expect(explained.status == 0, "\(explained)")
            #expect(
                explained.stdout.contains("none of the files changed in 1a1a1a1..2a2a2a2 (1)"),
                "\(explained)")
            #expect(explained.stdout.contains("paths: workspace/**, !workspace/**.md"))

            let promoted = try await world.pawl(["promote", Self.commits[1]])
            #expect(promoted.status == 0, "\(promoted)")
            #expect(world.live == ActionWorld.both(at: Self.commits[1]))
        }
    }

    @Test("a commit that should have started the gate is held, and the file is named")
    func due() async throws {
        try await ActionWorld.with { world in
            try prepare(world)
            let ran = try await world.pawl(["promote", Self.commits[2]])
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.stdout.hasPrefix("hold  latest  3a3a3a3"), "\(ran)")
            #expect(ran.stdout.contains("gate-absent"), "\(ran)")
            #expect(ran.stdout.contains("workspace/main.go"), "\(ran)")
            world.expectUntouched(ran)
        }
    }

    @Test("documents on top of a red commit do not carry it to production")
    func redBelow() async throws {
        try await ActionWorld.with { world in
            try prepare(world)
            world.github.run(ActionWorld.gate, at: Self.commits[2], conclusion: "failure")
            let ran = try await world.pawl(["promote", Self.commits[3]])
            #expect(ran.status == 1, "\(ran)")
            #expect(ran.stdout.contains("gate-failed"), "\(ran)")
            #expect(ran.stdout.contains("3a3a3a3"), "\(ran)")
            world.expectUntouched(ran)
        }
    }

    @Test("a diff, a file or a list of runs that cannot be read is no proof")
    func unreadable() async throws {
        for path in ["compare/", "contents/", "workflows/\(ActionWorld.gate)/runs"] {
            try await ActionWorld.with { world in
                try prepare(world)
                world.github.fault(.error(500, "Oops"), on: path)
                let ran = try await world.pawl(["promote", Self.commits[1]])
                #expect(ran.status == 3, "\(path): \(ran)")
                #expect(ran.stdout.contains("gate-unreadable"), "\(path): \(ran)")
                world.expectUntouched(ran)
            }
        }
    }
}
