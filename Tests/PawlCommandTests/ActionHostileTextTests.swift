import PawlLoopback
import Testing

@Suite("Outside text cannot forge commands, outputs or Markdown")
struct ActionHostileTextTests {
    let commits = ActionWorld.commits

    /// Each tries to leave the place that it is printed in. `FORGED` is what it would leave behind.
    static let hostile = [
        "x\n::error title=FORGED::FORGED", "x\r::set-output name=FORGED::FORGED",
        "x\r\n::add-mask::FORGED", "::stop-commands::FORGED", "x ##[error]FORGED",
        "##[set-env name=FORGED]x", "x\u{2028}::warning::FORGED", "x\u{85}::notice::FORGED",
        "%0A::error::FORGED", "verdict=FORGED", "x\nverdict=FORGED\npromoted=true",
        "pawl_0\nverdict<<FORGED\nFORGED\nFORGED", "a | b | FORGED |\n|---|",
        "<img src=x onerror=FORGED>", "[click](https://evil.example/FORGED)",
        "`FORGED`**FORGED**\n# FORGED", "@FORGED", "\u{1B}[31mFORGED\u{1B}[0m", "\u{202E}FORGED",
        "</td></table><script>FORGED</script>", "${{ FORGED }}", "$(touch FORGED) `touch FORGED`",
        "\u{0}FORGED", "👻FORGED\u{200D}",
    ]

    private func expectHarmless(
        _ step: ActionStep, in world: ActionWorld, location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(ActionHarm.of(step) == [], "\(step)", sourceLocation: location)
        _ = try step.result()
        #expect(!world.folder.has("FORGED"), sourceLocation: location)
    }

    /// What a step would add if it printed text as it is.
    static let forged: [(stdout: String, stderr: String, outputs: String, summary: String)] = [
        ("::set-output name=x::FORGED", "", "", ""), ("", "x ##[error]FORGED", "", ""),
        ("::error title=FORGED::x", "", "", ""), ("\u{1B}[31mFORGED", "", "", ""),
        ("", "", "verdict=FORGED\n", ""), ("", "", "promoted=true\n", ""),
        ("", "", "FORGED\n", ""), ("", "", "", "<img src=x>"), ("", "", "", "\n# FORGED"),
        ("", "", "", "[x](https://evil.example/)"), ("", "", "", "`FORGED"),
        ("", "", "", "\n| a | b |\n|---|\n"), ("", "", "", "@FORGED"),
        ("", "", "", "\u{202E}x"),
    ]

    @Test("a step that let text through would be found out", arguments: forged)
    func seen(stdout: String, stderr: String, outputs: String, summary: String) async throws {
        try await ActionWorld.with { world in
            let step = try await world.step(after: world.built(commits[1]))
            let forged = ActionStep(
                ran: Ran(
                    status: 0, stdout: step.ran.stdout + stdout, stderr: step.ran.stderr + stderr),
                outputText: step.outputText + outputs, summary: step.summary + summary)
            #expect(ActionHarm.of(step) == [])
            #expect(ActionHarm.of(forged) != [])
        }
    }

    @Test("a reason and an actor", arguments: hostile)
    func reasonAndActor(text: String) async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            // A variable of the environment ends at a zero byte.
            let actor = text.replacing("\u{0}", with: "")
            let step = try await world.step(
                dispatched: [("sha", commits[1]), ("reason", text)], ["GITHUB_ACTOR": actor])
            #expect(step.status == 0, "\(step)")
            #expect(world.live == ActionWorld.both(at: commits[1]))
            try expectHarmless(step, in: world)
        }
    }

    @Test("a commit and a channel as typed", arguments: hostile)
    func commitAndChannel(text: String) async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            let commit = try await world.step(dispatched: [("sha", text)])
            #expect(commit.status == 2, "\(commit)")
            try expectHarmless(commit, in: world)
            let channel = try await world.step(
                dispatched: [("sha", commits[1])],
                ["PAWL_CHANNEL": text.replacing("\u{0}", with: "")])
            #expect(channel.status == 2, "\(channel)")
            try expectHarmless(channel, in: world)
            #expect(world.writes == 0)
        }
    }

    @Test("the words of a run: conclusion, branch, event, workflow", arguments: hostile)
    func wordsOfARun(text: String) async throws {
        try await ActionWorld.with { world in
            let build = world.built(commits[1])
            world.github.run(ActionWorld.gate, at: commits[1], conclusion: text)
            let unknown = try await world.step(after: build)
            #expect(unknown.status == 1, "\(unknown)")
            #expect(try unknown.outputs()["reason"] == "gate-unknown")
            try expectHarmless(unknown, in: world)

            let branch = world.github.run(ActionWorld.build, at: commits[1], branch: text)
            try expectHarmless(try await world.step(after: branch), in: world)
            let path = world.github.run("\(text).yml", at: commits[1])
            try expectHarmless(try await world.step(after: path), in: world)
            #expect(world.writes == 0)
        }
    }

    @Test("an image's label and a registry's error", arguments: hostile)
    func wordsOfARegistry(text: String) async throws {
        try await ActionWorld.with { world in
            // The label is put into JSON by hand, so it must be printable there.
            let label = String(
                text.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) })
            world.publish(commits[1], labelled: label)
            let build = world.github.run(ActionWorld.build, at: commits[1])
            let mismatch = try await world.step(after: build)
            #expect(mismatch.status == 1, "\(mismatch)")
            try expectHarmless(mismatch, in: world)

            let message = label.filter { $0 != "\"" }
            let body = "{\"errors\": [{\"code\": \"DENIED\", \"message\": \"\(message)\"}]}"
            world.registry.plan(.instead(.json(body, status: 403)), "GET", times: 100)
            world.registry.plan(.instead(.json(body, status: 403)), "HEAD", times: 100)
            let denied = try await world.step(after: build)
            #expect(denied.status == 3, "\(denied)")
            try expectHarmless(denied, in: world)
            #expect(world.writes == 0)
        }
    }

    @Test("GitHub's error, and the name of the event", arguments: hostile)
    func wordsOfTheHost(text: String) async throws {
        try await ActionWorld.with { world in
            let build = world.built(commits[1])
            world.github.fault(.error(403, text), on: "/actions/runs")
            let denied = try await world.step(after: build)
            #expect(denied.status == 3, "\(denied)")
            try expectHarmless(denied, in: world)

            let name = text.replacing("\u{0}", with: "")
            let event = try await world.step(name, Array("no JSON".utf8))
            #expect(event.status == 2, "\(event)")
            try expectHarmless(event, in: world)
        }
    }

    @Test("an order that is too long or blank is refused, one at the limit is kept whole")
    func lengthOfAReason() async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            for reason in [String(repeating: "x", count: 1001), " ", "\n\n"] {
                let step = try await world.step(
                    dispatched: [("sha", commits[1]), ("reason", reason)])
                #expect(step.status == 2, "\(step)")
                #expect(world.writes == 0)
            }
            let longest = String(repeating: "é", count: 1000)
            let step = try await world.step(
                dispatched: [("sha", commits[1]), ("reason", longest)])
            #expect(step.status == 0, "\(step)")
            #expect(try step.result().override?.reason == longest)
        }
    }
}
