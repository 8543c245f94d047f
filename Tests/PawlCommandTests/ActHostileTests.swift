import PawlLoopback
import Testing

@Suite("Hostile inputs through the published workflow, run by act")
struct ActHostileTests {
    let commits = ActionWorld.commits

    static let commands = [
        "2a2a2a2; touch FORGED", "2a2a2a2$(touch FORGED)", "2a2a2a2`touch FORGED`",
        "2a2a2a2\" && touch FORGED && echo \"", "2a2a2a2' ; touch FORGED ; '",
        "2a2a2a2\ntouch FORGED", "${{ github.token }}", "${IFS}touch${IFS}FORGED",
    ]

    @Test(
        "a commit with a command in it runs nothing and promotes nothing", arguments: commands,
        [true, false])
    func commit(text: String, isPassed: Bool) async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            let job = try await ActJob(in: world, passesInputs: isPassed)
            let outcome = try await job.run(dispatched: [("sha", text)])
            #expect(outcome.result == "failure", "\(outcome)")
            #expect(outcome.ran.stdout.contains("exit status 2\""), "\(outcome)")
            #expect(outcome.outputs["verdict"] == "error", "\(outcome)")
            #expect(world.writes == 0)
            try await expectNoTrace(of: "FORGED", in: world)
        }
    }

    static let reasons = [
        "line\n::error::FORGED\n::set-output name=promoted::FORGED",
        "`touch FORGED` $(touch FORGED)", "\"; touch FORGED; \"", "x ##[error]FORGED",
        "x\nverdict=FORGED\nresult<<E\nFORGED\nE", "::add-mask::promote", "${{ secrets.FORGED }}",
        "::stop-commands::FORGED\n::error::FORGED",
    ]

    @Test(
        "a reason is recorded as text: no command, no output and no file comes of it",
        arguments: reasons, [true, false])
    func reason(text: String, isPassed: Bool) async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            let job = try await ActJob(in: world, passesInputs: isPassed)
            let outcome = try await job.run(
                dispatched: [("sha", commits[1]), ("reason", text)])
            #expect(outcome.result == "success", "\(outcome)")
            #expect(outcome.outputs.count == 8, "\(outcome)")
            #expect(outcome.outputs["verdict"] == "promote", "\(outcome)")
            #expect(outcome.outputs["promoted"] == "true", "\(outcome)")
            #expect(outcome.commands.keys.sorted() == ["notice"], "\(outcome)")
            #expect(outcome.commands["notice"]?.count == 1, "\(outcome)")
            #expect(world.live == ActionWorld.both(at: commits[1]))
            try await expectNoTrace(of: "FORGED", in: world)
        }
    }

    /// No file of that name anywhere in the world's folder, where the job's workspace is too.
    private func expectNoTrace(of name: String, in world: ActionWorld) async throws {
        let found = try await Binary(path: "find").run([world.folder.path, "-name", name])
        #expect(found.status == 0 && found.stdout.isEmpty, "\(found)")
    }
}
