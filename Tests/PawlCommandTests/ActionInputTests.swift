import PawlLoopback
import Testing

@Suite("pawl action given what it cannot use")
struct ActionInputTests {
    let commits = ActionWorld.commits

    /// Every refusal: status 2, an error beside the run that says what is wrong and what to do, the
    /// outputs and the summary written, nothing asked and nothing moved.
    private func expectRefusal(
        _ step: ActionStep, in world: ActionWorld, saying words: [String],
        location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(step.status == 2, "\(step)", sourceLocation: location)
        for word in words {
            #expect(step.ran.stderr.contains(word), "\(step)", sourceLocation: location)
        }
        #expect(step.ran.stderr.contains("\n  -> "), "no advice: \(step)", sourceLocation: location)
        let errors = step.commands.filter { $0.name == "error" }
        #expect(errors.count == 1, "\(step)", sourceLocation: location)
        #expect(try step.outputs()["verdict"] == "error", sourceLocation: location)
        #expect(try step.outputs()["promoted"] == "false", sourceLocation: location)
        #expect(try step.outputs()["reason"] == "wrong-use", sourceLocation: location)
        #expect(
            try step.result().reasons.map(\.code) == ["wrong-use"], sourceLocation: location)
        #expect(step.summary.hasPrefix("## "), sourceLocation: location)
        #expect(world.github.requests.isEmpty, sourceLocation: location)
        #expect(world.registry.log.isEmpty, sourceLocation: location)
    }

    @Test(
        "a variable of the runner that is not set or empty is named",
        arguments: [
            "GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY",
        ], [String?.none, ""])
    func missingVariable(name: String, value: String?) async throws {
        try await ActionWorld.with { world in
            let step = try await world.step(after: world.built(commits[1]), [name: value])
            try expectRefusal(step, in: world, saying: ["\(name) is not set", "pawl promote"])
        }
    }

    @Test("an event file that is not there is named, whether missing or a folder")
    func eventFileNotThere() async throws {
        try await ActionWorld.with { world in
            let run = world.built(commits[1])
            for path in [world.folder.path(of: "nowhere.json"), world.folder.path] {
                let step = try await world.step(after: run, ["GITHUB_EVENT_PATH": path])
                try expectRefusal(step, in: world, saying: ["could not be read", path])
            }
        }
    }

    /// Payloads that are none, and which event they are given for.
    static let payloads: [(event: String, text: String)] = [
        ("workflow_run", ""), ("workflow_run", " \n"), ("workflow_run", "null"),
        ("workflow_run", "[]"), ("workflow_run", "{}"), ("workflow_run", "\"text\""),
        ("workflow_run", "<!DOCTYPE html><html></html>"), ("workflow_run", "{\"action\":"),
        ("workflow_run", "\u{0}\u{1}"), ("workflow_dispatch", ""), ("workflow_dispatch", "{}"),
        ("workflow_dispatch", #"{"inputs": 5, "workflow": "a", "repository": {}}"#),
        ("schedule", ""), ("schedule", "no JSON"),
        ("workflow_run", String(repeating: "[", count: 100_000)),
    ]

    @Test("an event file with no payload of that event is refused", arguments: payloads)
    func notAPayload(event: String, text: String) async throws {
        try await ActionWorld.with { world in
            let step = try await world.step(event, Array(text.utf8))
            try expectRefusal(step, in: world, saying: ["event.json", event])
        }
    }

    @Test("a payload that is cut anywhere is refused")
    func truncated() async throws {
        try await ActionWorld.with { world in
            let payload = world.github.event(for: world.built(commits[1]))
            for part in [1, payload.count / 3, payload.count / 2, payload.count - 1] {
                let step = try await world.step("workflow_run", Array(payload.prefix(part)))
                try expectRefusal(step, in: world, saying: ["could not be used"])
            }
        }
    }

    @Test("the payload of another event is refused")
    func otherEventsPayload() async throws {
        try await ActionWorld.with { world in
            let run = world.github.event(for: world.built(commits[1]))
            let dispatch = world.github.dispatchEvent(inputs: [("sha", commits[1])])
            let swapped = try await world.step("workflow_run", dispatch)
            try expectRefusal(swapped, in: world, saying: ["could not be used"])
            let other = try await world.step("workflow_dispatch", run)
            #expect(other.status == 2, "\(other)")
            #expect(world.writes == 0)
        }
    }

    @Test("a payload larger than GitHub sends is refused")
    func tooLarge() async throws {
        try await ActionWorld.with { world in
            let bytes = [UInt8](repeating: UInt8(ascii: " "), count: 26 * 1024 * 1024)
            let step = try await world.step("workflow_run", bytes)
            try expectRefusal(step, in: world, saying: ["larger than"])
        }
    }

    /// Commits that are none.
    static let notCommits = [
        "2a2a2a", String(repeating: "2a", count: 20) + "2", String(repeating: "2a", count: 32),
        "2A2A2A2", "main", "HEAD~1", "refs/heads/main", "--help", "-n", "2a2a2a2\n", " 2a2a2a2",
        "2a2a2a2; touch /tmp/x", "$(touch /tmp/x)", "`touch /tmp/x`", "2a2a2a2 2a2a2a2",
        "../../../../user", "2a2a2a2?x=1", "2a2a2a2\u{200B}", "２a2a2a2",
    ]

    @Test("a commit that is no 7 to 40 hex digits is refused", arguments: notCommits)
    func notACommit(text: String) async throws {
        try await ActionWorld.with { world in
            world.built(commits[1])
            let typed = try await world.step(dispatched: [("sha", text)])
            try expectRefusal(typed, in: world, saying: ["is not a commit id"])
            let given = try await world.step("schedule", Array("{}".utf8), ["PAWL_SHA": text])
            try expectRefusal(given, in: world, saying: ["is not a commit id"])
        }
    }

    @Test(
        "a commit that the repository does not have is exit 2",
        arguments: [
            "abcdef0", String(repeating: "9f", count: 20),
        ])
    func unknownCommit(sha: String) async throws {
        try await ActionWorld.with { world in
            let step = try await world.step(dispatched: [("sha", sha)])
            #expect(step.status == 2, "\(step)")
            #expect(try step.outputs()["reason"] == "bad-candidate")
            #expect(world.writes == 0)
        }
    }

    @Test(
        "inputs that make no sense are refused, with what would",
        arguments: [
            ("PAWL_DRY_RUN", "maybe", "true or false"), ("PAWL_CHANNEL", "stable", "latest"),
            ("PAWL_CONFIG", "elsewhere.yaml", "elsewhere.yaml"),
            ("PAWL_LEDGER", "svn", "PAWL_LEDGER"),
            ("PAWL_LEDGER", "memory:", "forgotten"), ("PAWL_COMMAND", "deploy", "rollback"),
            ("PAWL_COMMIT_STATUS", "yes", "true or false"),
            ("GITHUB_REPOSITORY", "acme/other", "acme/other"),
            ("GITHUB_REPOSITORY", "acme", "acme"),
            ("GITHUB_API_URL", "http://api.example", "GITHUB_API_URL"),
            ("GITHUB_API_URL", "not an address", "GITHUB_API_URL"),
        ])
    func badInput(name: String, value: String, word: String) async throws {
        try await ActionWorld.with { world in
            let step = try await world.step(after: world.built(commits[1]), [name: value])
            try expectRefusal(step, in: world, saying: [word])
        }
    }

    @Test("a policy that is wrong is refused with its line and the nearest key")
    func badPolicy() async throws {
        try await ActionWorld.with { world in
            let text = try world.policy().replacing("  cancelled:", with: "  canceled:")
            try world.folder.write(text, to: "pawl.yaml")
            let step = try await world.step(after: world.built(commits[1]))
            try expectRefusal(step, in: world, saying: ["pawl.yaml:", "canceled", "cancelled"])
        }
    }

    @Test("a policy that is not there is refused with the places that were looked at")
    func noPolicy() async throws {
        try await ActionWorld.with { world in
            let run = world.built(commits[1])
            try await ActionFolder.with { empty in
                let ran = try await Binary.pawl.run(
                    ["action"],
                    environment: try world.variables("workflow_run", world.github.event(for: run)),
                    in: empty.path)
                #expect(ran.status == 2, "\(ran)")
                #expect(ran.stderr.contains(".github/pawl.yaml"), "\(ran)")
            }
        }
    }

    @Test(
        "where the outputs or the summary cannot be written, nothing is asked and nothing moved",
        arguments: ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"], ["", "/nowhere/file"])
    func notWritable(name: String, place: String) async throws {
        try await ActionWorld.with { world in
            let run = world.built(commits[1])
            let path = place.isEmpty ? world.folder.path : place
            let step = try await world.step(after: run, [name: path])
            #expect(step.status == 2, "\(step)")
            #expect(step.ran.stderr.contains(path), "\(step)")
            #expect(step.commands.map(\.name) == ["error"], "\(step)")
            #expect(world.github.requests.isEmpty)
            #expect(world.registry.log.isEmpty)
        }
    }

    @Test("more arguments than there are is wrong use")
    func moreArguments() async throws {
        try await ActionWorld.with { world in
            let step = try await world.step(
                "schedule", Array("{}".utf8), [:], arguments: [commits[1]])
            #expect(step.status == 2, "\(step)")
            #expect(world.registry.log.isEmpty)
        }
    }
}
