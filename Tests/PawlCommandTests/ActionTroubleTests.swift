import PawlLoopback
import Testing

@Suite("pawl action when somebody gives no usable answer")
struct ActionTroubleTests {
    let commits = ActionWorld.commits

    /// Could not tell: status 3, an error beside the run that advises, nothing written, no secret
    /// anywhere.
    private func expectTrouble(
        _ step: ActionStep, in world: ActionWorld, codes: Set<String>,
        location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(step.status == 3, "\(step)", sourceLocation: location)
        let result = try step.result()
        #expect(
            result.reasons.contains { codes.contains($0.code) }, "\(step)",
            sourceLocation: location)
        #expect(result.reasons.allSatisfy { !$0.advice.isEmpty }, sourceLocation: location)
        #expect(step.commands.contains { $0.name == "error" }, "\(step)", sourceLocation: location)
        #expect(!"\(step)".contains(ActionWorld.token), "\(step)", sourceLocation: location)
        #expect(world.writes == 0, sourceLocation: location)
        #expect(world.live == ActionWorld.both(at: commits[0]), sourceLocation: location)
    }

    @Test("a token that GitHub does not know, or none")
    func wrongToken() async throws {
        try await ActionWorld.with { world in
            let run = world.built(commits[1])
            for token in ["ghs_another", nil] {
                let step = try await world.step(after: run, ["GITHUB_TOKEN": token])
                try expectTrouble(
                    step, in: world, codes: ["ancestry-unreadable", "gate-unreadable"])
            }
        }
    }

    @Test("a token without a permission", arguments: ["actions", "contents"])
    func noPermission(permission: String) async throws {
        try await ActionWorld.with { world in
            let run = world.built(commits[1])
            world.github.revoke(permission)
            let step = try await world.step(after: run)
            try expectTrouble(step, in: world, codes: ["ancestry-unreadable", "gate-unreadable"])
            #expect(step.ran.stdout.contains(permission), "\(step)")
        }
    }

    @Test("a page for people in place of JSON, and JSON that is cut", arguments: [true, false])
    func garbledHost(isPage: Bool) async throws {
        try await ActionWorld.with { world in
            let run = world.built(commits[1])
            world.github.fault(isPage ? .html() : .truncated, on: "/actions/runs")
            let step = try await world.step(after: run)
            try expectTrouble(step, in: world, codes: ["gate-unreadable"])
        }
    }

    @Test("a GitHub that is not there")
    func noHost() async throws {
        try await ActionWorld.with { world in
            // Nobody listens on port 1.
            let step = try await world.step(
                after: world.built(commits[1]), ["GITHUB_API_URL": "http://127.0.0.1:1"])
            try expectTrouble(step, in: world, codes: ["ancestry-unreadable", "gate-unreadable"])
        }
    }

    @Test("a registry that is not there")
    func noRegistry() async throws {
        try await ActionWorld.with { world in
            let run = world.built(commits[1])
            try world.folder.write(
                try world.policy().replacing(world.registry.host, with: "127.0.0.1:1"),
                to: "pawl.yaml")
            let step = try await world.step(after: run)
            try expectTrouble(step, in: world, codes: ["registry-unreadable"])
        }
    }

    @Test("a registry that wants a login")
    func registryDenies() async throws {
        try await ActionWorld.with(
            authentication: .basic(user: "robot", password: "aPasswordThatNobodyMaySee")
        ) { world in
            let step = try await world.step(after: world.built(commits[1]))
            try expectTrouble(step, in: world, codes: ["registry-denied", "registry-unreadable"])
        }
    }

    @Test("a workflow that the repository does not have cannot report")
    func noSuchWorkflow() async throws {
        try await ActionWorld.with { world in
            let run = world.built(commits[1])
            world.github.removeWorkflow(ActionWorld.gate)
            let step = try await world.step(after: run)
            try expectTrouble(step, in: world, codes: ["gate-inactive"])
            #expect(step.summary.contains(ActionWorld.gate), "\(step)")
        }
    }

    @Test("the token of the job reaches GitHub and no registry")
    func tokenStays() async throws {
        try await ActionWorld.with { world in
            let step = try await world.step(after: world.built(commits[1]))
            #expect(step.status == 0, "\(step)")
            #expect(
                world.github.requests.allSatisfy {
                    $0.header("Authorization")?.hasSuffix(" \(ActionWorld.token)") == true
                })
            #expect(world.registry.log.allSatisfy { $0.header("Authorization") == nil })
            #expect(!"\(step)".contains(ActionWorld.token))
        }
    }
}
